#include "network_norm.cuh"

#include "cuda/network_followers.cuh"

namespace whiteline::cuda {

namespace {

kernels::NormTables device_norm(const core::Norm& norm, double* statistics, std::int64_t places) {
  return {norm.kind == core::NormKind::layer,
          norm.before,
          norm.after,
          norm.gamma.data,
          norm.beta.data,
          statistics,
          statistics + places};
}

Grid norm_row_grid(std::int64_t rows) { return row_lane_grid(rows, kernels::norm_threads); }

}  // namespace

void CudaNetwork::norm_forward(ConstMatrixView x, const core::Norm& norm, core::Pass pass,
                               MatrixView moving, core::DeviceSpan<const core::TrainingState> state,
                               MatrixView y) {
  if (x.rows == 0 || x.cols == 0) return;
  const bool layer = norm.kind == core::NormKind::layer, training = pass == core::Pass::training;
  const std::int64_t places = layer ? x.rows : x.cols;
  double* const saved = training ? norm.saved.data : statistics_.at_least(2 * places);
  if (layer)
    launch(queue_, norm_row_grid(x.rows), kernels::row_statistics, table(x), saved, saved + places);
  else if (training)
    pass_columns(
        kernels::BatchStatistics{table(x), saved, saved + places, moving_statistics(moving, state)},
        x.rows, x.cols);
  else
    each_cell(take_moving(moving, saved), 1, x.cols);
  each_cell(kernels::Normalise{device_norm(norm, saved, places), table(x), table(y)}, x.rows,
            x.cols);
}

void CudaNetwork::norm_backward(ConstMatrixView x, ConstMatrixView y, const core::Norm& norm,
                                const core::NormParameters& parameters,
                                const core::Descent& descent, ConstMatrixView dy, MatrixView dz) {
  if (x.rows == 0 || x.cols == 0) return;
  const bool layer = norm.kind == core::NormKind::layer;
  const std::int64_t places = layer ? x.rows : x.cols;
  float* const numbers = columns_.at_least(2 * places + x.cols);
  const kernels::NormBackward pass{device_norm(norm, norm.saved.data, places),
                                   table(x),
                                   table(y),
                                   table(dy),
                                   table(dz),
                                   numbers,
                                   numbers + places};
  const kernels::NormFollowers followers = norm_followers(parameters, descent);
  if (layer) {
    launch(queue_, norm_row_grid(x.rows), kernels::row_products, pass);
    return pass_columns(kernels::LayerGradients{pass, followers}, x.rows, x.cols);
  }
  float* const old_gamma = numbers + 2 * places;
  pass_columns(kernels::BatchProducts{pass, followers, old_gamma}, x.rows, x.cols);
  pass_columns(kernels::BatchGradients{pass, followers, old_gamma}, x.rows, x.cols);
}

}  // namespace whiteline::cuda
