#include "network_pointwise.cuh"

#include "cuda/network_followers.cuh"

namespace whiteline::cuda {

namespace {

kernels::PointwiseUnits device_units(const core::PointwiseBranch& branch) {
  return {branch.activation, branch.weights.data, branch.bias.data, branch.weights.cols};
}

}  // namespace

void CudaNetwork::pointwise_forward(ConstMatrixView x, const core::PointwiseBranch& branch,
                                    core::Pass pass, MatrixView moving,
                                    core::DeviceSpan<const core::TrainingState> state,
                                    MatrixView y) {
  const std::int64_t units = branch.weights.cols;
  if (x.rows == 0 || units == 0) return;
  const bool training = pass == core::Pass::training;
  double* const sums = sums_.at_least(2 * x.rows * units);
  launch(queue_, column_grid(units, std::min(x.rows, most_grid_y)), kernels::pointwise_sums,
         device_units(branch), table(x), sums);
  double *means = nullptr, *scales = nullptr;
  if (branch.normalised) {
    means = training ? branch.saved.data : statistics_.at_least(2 * units);
    scales = means + units;
    if (training)
      pass_columns(kernels::PointwiseStatistics{sums, units, double(x.rows) * double(x.cols), means,
                                                scales, moving_statistics(moving, state)},
                   x.rows, units);
    else
      each_cell(take_moving(moving, means), 1, units);
  }
  each_cell(
      kernels::PointwiseMeans{sums, x.cols, units, branch.normalised, means, scales,
                              branch.gamma.data, branch.beta.data, table(branch.sums), table(y)},
      x.rows, units);
}

void CudaNetwork::pointwise_backward(ConstMatrixView x, const core::PointwiseBranch& branch,
                                     const core::PointwiseParameters& parameters,
                                     const core::Descent& descent, ConstMatrixView dy) {
  const std::int64_t units = branch.weights.cols;
  if (units == 0) return;
  const double channels = double(x.cols), numbers = double(x.rows) * channels;
  kernels::PointwiseSlopes slopes{nullptr, nullptr, nullptr};
  if (branch.normalised) {
    double* const terms = statistics_.at_least(2 * units);
    slopes = {terms, terms + units, columns_.at_least(units)};
    const double* const saved = branch.saved.data;
    pass_columns(
        kernels::PointwiseProducts{
            table(dy), table(ConstMatrixView(branch.sums)), channels, numbers, saved, saved + units,
            branch.gamma.data, slopes,
            norm_followers({parameters.gamma, parameters.beta, {}}, descent)},
        x.rows, units);
  }
  double* const sums = sums_.at_least(2 * x.rows * units);
  launch(queue_, column_grid(units, std::min(x.rows, most_grid_y)), kernels::pointwise_gradients,
         device_units(branch), table(x), table(dy), slopes, sums);
  pass_columns(kernels::PointwiseFollow{sums, units, tables(parameters.weights),
                                        tables(parameters.bias), device_descent(descent)},
               x.rows, units);
}

}  // namespace whiteline::cuda
