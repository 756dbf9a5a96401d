#include <algorithm>
#include <cassert>
#include <cmath>

#include "cpu/network.hpp"

namespace whiteline::cpu {

namespace {

constexpr std::int64_t units_a_task = 128;

// The units of one task: those of sample `sample` from unit `begin` on.
struct Task {
  std::int64_t sample, begin, count;

  Task(std::int64_t task, std::int64_t units) {
    const std::int64_t parts = (units + units_a_task - 1) / units_a_task;
    sample = task / parts;
    begin = task % parts * units_a_task;
    count = std::min(units_a_task, units - begin);
  }
  static std::int64_t of(std::int64_t samples, std::int64_t units) {
    return samples * ((units + units_a_task - 1) / units_a_task);
  }
  PointwiseUnits some(const core::PointwiseBranch& branch) const {
    return {branch.activation, branch.weights.data + begin, branch.bias.data + begin, count};
  }
};

// Mean and 1 / sqrt(variance + 1e-3) over samples and channels, from sums of a and a a.
void take_statistics(const ColumnSums& all, std::int64_t samples, double numbers,
                     const core::PointwiseBranch& branch, MatrixView moving, bool frozen) {
  const std::int64_t units = branch.weights.cols;
  for (std::int64_t u = 0; u < units; ++u) {
    double sum = 0.0, square = 0.0;
    for (std::int64_t sample = 0; sample < samples; ++sample) {
      sum += all.of(sample, 0)[u];
      square += all.of(sample, 1)[u];
    }
    const formulas::Moments batch = formulas::moments(sum, square, numbers);
    branch.saved.data[u] = batch.mean;
    branch.saved.data[units + u] = formulas::inverse_deviation(batch.variance);
    if (moving.data && !frozen) move_statistics(moving, u, batch);
  }
}

}  // namespace

void CpuNetwork::pointwise_forward(ConstMatrixView x, const core::PointwiseBranch& branch,
                                   core::Pass pass, MatrixView moving,
                                   core::DeviceSpan<const core::TrainingState> state,
                                   MatrixView y) {
  const std::int64_t units = branch.weights.cols;
  assert(y.rows == x.rows && y.cols == units);
  if (x.rows == 0 || units == 0) return;
  const bool training = pass == core::Pass::training;
  const bool squared = branch.normalised && training;
  ColumnSums sums(sums_, x.rows, squared ? 2 : 1, units);
  each(double(x.rows) * double(x.cols) * double(units), Task::of(x.rows, units),
       [&](std::int64_t number) {
         const Task task(number, units);
         kernels_.pointwise_sums(task.some(branch), x.data + task.sample * x.stride, x.cols,
                                 sums.of(task.sample, 0) + task.begin,
                                 squared ? sums.of(task.sample, 1) + task.begin : nullptr);
       });
  if (squared)
    take_statistics(sums, x.rows, double(x.rows) * double(x.cols), branch, moving,
                    state.data && state.data->diverged);
  const auto statistics = [&](std::int64_t u) -> std::pair<double, double> {
    if (training) return {branch.saved.data[u], branch.saved.data[units + u]};
    return {double(moving.data[u]),
            formulas::inverse_deviation(double(moving.data[moving.stride + u]))};
  };
  for (std::int64_t u = 0; u < units; ++u) {
    const auto [mean, inverse] =
        branch.normalised ? statistics(u) : std::pair<double, double>{0.0, 1.0};
    for (std::int64_t sample = 0; sample < x.rows; ++sample) {
      const double sum = sums.of(sample, 0)[u];
      if (branch.sums.data) branch.sums.data[sample * branch.sums.stride + u] = float(sum);
      const double h = (sum / double(x.cols) - mean) * inverse;
      y.data[sample * y.stride + u] =
          branch.normalised ? float(double(branch.gamma.data[u]) * h + double(branch.beta.data[u]))
                            : float(h);
    }
  }
}

// With respect to a, the gradient of unit u at every channel of sample i is
// constants(i, u) + slopes(u) a.
void CpuNetwork::pointwise_backward(ConstMatrixView x, const core::PointwiseBranch& branch,
                                    const core::PointwiseParameters& parameters,
                                    const core::Descent& descent, ConstMatrixView dy) {
  const std::int64_t units = branch.weights.cols, samples = x.rows;
  if (units == 0) return;
  const double channels = double(x.cols), numbers = double(samples) * channels;
  float* const slopes = left_.at_least((samples + 1) * units);
  float* const constants = slopes + units;
  ColumnSums norm_sums(bias_sums_, 1, 2, units);
  double *const beta = norm_sums.of(0, 0), *const gamma = norm_sums.of(0, 1);
  for (std::int64_t u = 0; u < units; ++u) {
    double scale = 1.0, offset = 0.0, slope = 0.0;
    if (branch.normalised) {
      const double mean = branch.saved.data[u], inverse = branch.saved.data[units + u];
      for (std::int64_t i = 0; i < samples; ++i) {
        const double g = double(dy.data[i * dy.stride + u]);
        beta[u] += g;
        gamma[u] +=
            g * (double(branch.sums.data[i * branch.sums.stride + u]) / channels - mean) * inverse;
      }
      scale = double(branch.gamma.data[u]) * inverse;
      slope = -scale * inverse * gamma[u] / numbers;
      offset = -scale * beta[u] / numbers - slope * mean;
    }
    slopes[u] = float(slope);
    for (std::int64_t i = 0; i < samples; ++i)
      constants[i * units + u] =
          float(scale * double(dy.data[i * dy.stride + u]) / channels + offset);
  }
  ColumnSums sums(sums_, samples, 2, units);
  each(numbers * double(units), Task::of(samples, units), [&](std::int64_t number) {
    const Task task(number, units);
    kernels_.pointwise_gradients(task.some(branch), x.data + task.sample * x.stride, x.cols,
                                 constants + task.sample * units + task.begin, slopes + task.begin,
                                 sums.of(task.sample, 0) + task.begin,
                                 sums.of(task.sample, 1) + task.begin);
  });
  sums.add_up();
  follow(sums.of(0, 0), parameters.weights, descent);
  follow(sums.of(0, 1), parameters.bias, descent);
  if (!branch.normalised) return;
  follow(beta, parameters.beta, descent);
  follow(gamma, parameters.gamma, descent);
}

}  // namespace whiteline::cpu
