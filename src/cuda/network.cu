#include "network.cuh"

#include <bit>

#include "cuda/cuda_backend.hpp"
#include "cuda/network_ops.cuh"

namespace whiteline::cuda {

std::unique_ptr<core::NetworkOps> make_network(CudaQueue& queue) {
  return std::make_unique<CudaNetwork>(queue);
}

CudaNetwork::CudaNetwork(CudaQueue& queue)
    : queue_(queue),
      sums_(queue),
      statistics_(queue),
      chunks_(queue),
      parts_(queue),
      columns_(queue) {}

Grid CudaNetwork::column_grid(std::int64_t cols, std::int64_t rows) {
  const auto across = unsigned(std::bit_ceil(std::uint64_t(std::clamp<std::int64_t>(cols, 1, 32))));
  return {{blocks_for(cols, across), unsigned(rows)}, {across, kernels::cell_threads / across}};
}

kernels::ParameterTables tables(const core::Parameter& parameter) {
  return {table(parameter.values), table(parameter.gradient), table(parameter.mean),
          table(parameter.square)};
}

kernels::Descent device_descent(const core::Descent& descent) {
  const core::TrainingState* const state = descent.state.data;
  return {descent.rule, descent.learning_rate, state ? &state->step : nullptr,
          state ? &state->diverged : nullptr};
}

void CudaNetwork::gather_batch(ConstMatrixView data, core::DeviceSpan<const std::int32_t> labels,
                               core::DeviceSpan<const std::int32_t> order, MatrixView out,
                               core::DeviceSpan<std::int32_t> out_labels) {
  each_cell(kernels::GatherRows{table(data), order.data, table(out)}, out.rows, out.cols);
  if (labels.size > 0)
    each_cell(kernels::GatherLabels{labels.data, order.data, out_labels.data}, 1, order.size);
}

void CudaNetwork::activation_backward(ConstMatrixView y, Activation activation, ConstMatrixView dy,
                                      const core::Parameter& bias, const core::Descent& descent,
                                      MatrixView dz) {
  pass_columns(kernels::ActivationBackward{table(y), table(dy), activation, table(dz),
                                           bias.values.data != nullptr, tables(bias),
                                           device_descent(descent)},
               y.rows, y.cols);
}

void CudaNetwork::add(ConstMatrixView a, ConstMatrixView b, Activation activation, MatrixView y) {
  each_cell(kernels::AddMaps{table(a), table(b), activation, table(y)}, y.rows, y.cols);
}

void CudaNetwork::end_step(core::DeviceSpan<core::TrainingState> state) {
  launch(queue_, {1, 1}, kernels::end_step, &state.data->step, &state.data->diverged);
}

}  // namespace whiteline::cuda
