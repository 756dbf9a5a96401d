#include "cpu/network.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "cpu/cpu_backend.hpp"

namespace whiteline::cpu {

namespace {

constexpr double little_work = 16384;  // not worth waking threads for

}  // namespace

std::unique_ptr<core::NetworkOps> make_network(core::ThreadPool& pool, Isa isa) {
  return std::make_unique<CpuNetwork>(pool, isa);
}

ColumnSums::ColumnSums(ScratchOf<double>& memory, std::int64_t chunks, std::int64_t quantities,
                       std::int64_t columns)
    : chunks_(std::max<std::int64_t>(chunks, 1)), quantities_(quantities), columns_(columns) {
  const std::int64_t size = chunks_ * quantities * columns;
  sums_ = memory.at_least(size);
  std::fill_n(sums_, size, 0.0);
}

void ColumnSums::add_up() {
  const std::int64_t size = quantities_ * columns_;
  for (std::int64_t chunk = 1; chunk < chunks_; ++chunk)
    for (std::int64_t i = 0; i < size; ++i) sums_[i] += sums_[chunk * size + i];
}

std::optional<DescentStep> next_step(const core::Descent& descent) {
  using formulas::DescentRule;
  if (descent.rule == DescentRule::frozen) return std::nullopt;
  if (descent.rule == DescentRule::gradient_only) return DescentStep{descent.rule, 0.0f};
  const core::TrainingState& state = *descent.state.data;
  if (state.diverged) return std::nullopt;
  return DescentStep{descent.rule, descent.rule == DescentRule::adam
                                       ? formulas::adam_rate(descent.learning_rate, state.step + 1)
                                       : descent.learning_rate};
}

core::Parameter some_of(const core::Parameter& parameter, std::int64_t row, std::int64_t rows,
                        std::int64_t column, std::int64_t columns) {
  const auto some = [&](const MatrixView& view) {
    return view.data ? view.some_rows(row, rows).some_cols(column, columns) : view;
  };
  return {some(parameter.values), some(parameter.gradient), some(parameter.mean),
          some(parameter.square)};
}

void CpuNetwork::each(double work, std::int64_t tasks,
                      const std::function<void(std::int64_t)>& body) {
  if (work >= little_work) return pool_.run(tasks, body);
  for (std::int64_t task = 0; task < tasks; ++task) body(task);
}

void CpuNetwork::each_chunk(ConstMatrixView x, const RowChunks& chunks,
                            const std::function<void(std::int64_t)>& body) {
  each(double(x.rows) * double(x.cols), chunks.count(), body);
}

void CpuNetwork::follow(const double* gradient, const core::Parameter& to,
                        const core::Descent& descent) {
  const auto step = next_step(descent);
  if (!step) return;
  const std::int64_t columns = to.values.cols;
  float* const rounded = columns_.at_least(columns);
  std::copy_n(gradient, columns, rounded);
  kernels_.follow(*step, {rounded, 1, columns, columns}, to);
}

void CpuNetwork::gather_batch(ConstMatrixView data, core::DeviceSpan<const std::int32_t> labels,
                              core::DeviceSpan<const std::int32_t> order, MatrixView out,
                              core::DeviceSpan<std::int32_t> out_labels) {
  assert(out.rows == order.size && out.cols == data.cols);
  for (std::int64_t row = 0; row < order.size; ++row) {
    const std::int64_t from = order.data[row];
    assert(from >= 0 && from < data.rows);
    if (out.cols > 0)
      std::memcpy(out.data + row * out.stride, data.data + from * data.stride,
                  std::size_t(out.cols) * sizeof(float));
    if (labels.size > 0) out_labels.data[row] = labels.data[from];
  }
}

void CpuNetwork::activation_backward(ConstMatrixView y, Activation activation, ConstMatrixView dy,
                                     const core::Parameter& bias, const core::Descent& descent,
                                     MatrixView dz) {
  const RowChunks chunks(y.rows);
  const bool biased = bias.values.data != nullptr && descent.rule != formulas::DescentRule::frozen;
  ColumnSums sums(sums_, chunks.count(), biased ? 1 : 0, y.cols);
  each_chunk(y, chunks, [&](std::int64_t chunk) {
    kernels_.activation_backward(activation, chunks.of(y, chunk), chunks.of(dy, chunk),
                                 chunks.of(dz, chunk), biased ? sums.of(chunk, 0) : nullptr);
  });
  if (!biased) return;
  sums.add_up();
  follow(sums.of(0, 0), bias, descent);
}

void CpuNetwork::add(ConstMatrixView a, ConstMatrixView b, Activation activation, MatrixView y) {
  const RowChunks chunks(y.rows);
  each_chunk(y, chunks, [&](std::int64_t chunk) {
    kernels_.add(activation, chunks.of(a, chunk), chunks.of(b, chunk), chunks.of(y, chunk));
  });
}

void CpuNetwork::end_step(core::DeviceSpan<core::TrainingState> state) {
  if (!state.data->diverged) ++state.data->step;
}

}  // namespace whiteline::cpu
