// What norms and the branch on single channels hand to their kernels.
#pragma once

#include "cuda/network_ops.cuh"
#include "network_statistics.cuh"

namespace whiteline::cuda {

inline kernels::MovingStatistics moving_statistics(
    MatrixView moving, core::DeviceSpan<const core::TrainingState> state) {
  return {moving.data, moving.data ? moving.data + moving.stride : nullptr,
          state.data ? &state.data->diverged : nullptr};
}

inline kernels::TakeMoving take_moving(MatrixView moving, double* statistics) {
  return {moving.data, moving.data + moving.stride, statistics, statistics + moving.cols};
}

inline kernels::NormFollowers norm_followers(const core::NormParameters& parameters,
                                             const core::Descent& descent) {
  return {tables(parameters.gamma), tables(parameters.beta), tables(parameters.bias),
          parameters.bias.values.data != nullptr, device_descent(descent)};
}

}  // namespace whiteline::cuda
