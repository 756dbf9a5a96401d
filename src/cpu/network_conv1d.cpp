#include <algorithm>
#include <cassert>
#include <cstring>

#include "cpu/network.hpp"

namespace whiteline::cpu {

namespace {

constexpr std::int64_t weight_rows_together = 16;

std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

}  // namespace

// Rows of zeros around every sample, unless its numbers lie just so already.
PaddedMap CpuNetwork::padded(core::ConstFeatureMap x, std::int64_t before, std::int64_t positions,
                             Scratch& memory) {
  const std::int64_t features = x.features();
  if (before == 0 && positions <= x.positions && x.values.stride == features)
    return {x.values.data, x.positions};
  const std::int64_t size = positions * features;
  float* const to = memory.at_least(x.samples() * size);
  const std::int64_t used = std::min(x.positions, positions - before);
  each(double(x.samples() * size), x.samples(), [&](std::int64_t sample) {
    float* place = to + sample * size;
    place = std::fill_n(place, before * features, 0.0f);
    for (std::int64_t p = 0; p < used; ++p)
      place = std::copy_n(x.values.data + (sample * x.positions + p) * x.values.stride, features,
                          place);
    std::fill(place, to + (sample + 1) * size, 0.0f);
  });
  return {to, positions};
}

std::int64_t CpuNetwork::packed_size(std::int64_t depth, std::int64_t columns) const {
  return depth * ceil_div(columns, kernels_.lanes) * kernels_.lanes;
}

// Packs `depth` rows for NetworkKernels::convolve; element c of row d lies at row(d)[c * step].
const float* CpuNetwork::packed(std::int64_t depth, std::int64_t columns,
                                const std::function<const float*(std::int64_t)>& row,
                                std::int64_t step, float* to) const {
  const std::int64_t lanes = kernels_.lanes;
  for (std::int64_t d = 0; d < depth; ++d) {
    const float* const from = row(d);
    for (std::int64_t c = 0; c < columns; c += 2 * lanes) {
      const std::int64_t width = columns - c > lanes ? 2 * lanes : lanes;
      float* const place = to + c * depth + d * width;
      const std::int64_t used = std::min(width, columns - c);
      for (std::int64_t l = 0; l < used; ++l) place[l] = from[(c + l) * step];
      std::fill(place + used, place + width, 0.0f);
    }
  }
  return to;
}

void CpuNetwork::convolve(core::ConstFeatureMap x, const core::Convolution& shape,
                          ConstMatrixView weights, const float* bias, core::Into into,
                          Activation activation, core::FeatureMap y) {
  const std::int64_t depth = shape.width * x.features(), filters = y.features();
  assert(weights.rows == depth && weights.cols == filters && x.samples() == y.samples());
  if (y.values.rows == 0 || filters == 0) return;
  const PaddedMap from =
      padded(x, shape.left, (y.positions - 1) * shape.stride + shape.width, left_);
  const float* const ready = packed(
      depth, filters, [&](std::int64_t d) { return weights.data + d * weights.stride; }, 1,
      packed_.at_least(packed_size(depth, filters)));
  each(double(y.values.rows * depth), y.samples(), [&](std::int64_t sample) {
    const MatrixView out = y.values.some_rows(sample * y.positions, y.positions);
    kernels_.convolve({from.data + sample * from.positions * x.features(),
                       shape.stride * x.features(), y.positions, depth},
                      ready, filters, bias, into == core::Into::add, out.data, out.stride);
    if (activation != Activation::linear) kernels_.activate(activation, out);
  });
}

// Position j of y meets tap k of window t, at position t of x, where t stride + k = j + left.
// Positions of one phase, (j + left) mod stride, meet the same taps: for each phase, a convolution
// of x with these taps turned around.
void CpuNetwork::convolve_transposed(core::ConstFeatureMap x, const core::Convolution& shape,
                                     ConstMatrixView weights, const float* bias, core::Into into,
                                     core::FeatureMap y) {
  const std::int64_t features = y.features(), filters = x.features(), stride = shape.stride;
  if (y.values.rows == 0 || features == 0) return;
  const std::int64_t most_taps = ceil_div(shape.width, stride);
  const std::int64_t last = (y.positions - 1 + shape.left) / stride;
  const PaddedMap from =
      padded(x, most_taps - 1, most_taps - 1 + std::max(x.positions, last + 1), right_);
  for (std::int64_t phase = 0; phase < stride; ++phase) {
    const std::int64_t first = ceil_div(std::max<std::int64_t>(shape.left - phase, 0), stride);
    const std::int64_t begin = first * stride + phase - shape.left;  // the first position
    if (begin >= y.positions) continue;
    const std::int64_t taps = phase < shape.width ? ceil_div(shape.width - phase, stride) : 0;
    const std::int64_t depth = taps * filters;
    const float* const ready = packed(
        depth, features,
        [&](std::int64_t d) {
          const std::int64_t tap = phase + stride * (taps - 1 - d / filters);
          return weights.data + tap * features * weights.stride + d % filters;
        },
        weights.stride, packed_.at_least(packed_size(depth, features)));
    const std::int64_t count = ceil_div(y.positions - begin, stride);
    each(double(y.values.rows * depth), y.samples(), [&](std::int64_t sample) {
      const float* const rows = from.data + sample * from.positions * filters;
      float* const out = y.values.data + (sample * y.positions + begin) * y.values.stride;
      kernels_.convolve({rows + (most_taps - taps + first) * filters, filters, count, depth}, ready,
                        features, bias, into == core::Into::add, out, stride * y.values.stride);
    });
  }
}

void CpuNetwork::conv1d_weight_gradient(core::ConstFeatureMap x, const core::Convolution& shape,
                                        core::ConstFeatureMap dz, const core::Parameter& weights,
                                        const core::Descent& descent) {
  const auto step = next_step(descent);
  const std::int64_t depth = shape.width * x.features(), filters = dz.features();
  if (!step || depth * filters == 0) return;
  const PaddedMap from =
      padded(x, shape.left,
             (std::max<std::int64_t>(dz.positions, 1) - 1) * shape.stride + shape.width, left_);
  // Sums of so many samples each, few where there are many weights.
  const std::int64_t samples = x.samples(), most = depth * filters <= 65536 ? 8 : 2;
  const std::int64_t together = std::max<std::int64_t>(ceil_div(samples, most), 1);
  const std::int64_t parts = std::max<std::int64_t>(ceil_div(samples, together), 1);
  float* const totals = packed_.at_least(parts * depth * filters);
  each(double(dz.values.rows * depth), parts, [&](std::int64_t part) {
    float* const to = totals + part * depth * filters;
    std::fill_n(to, depth * filters, 0.0f);
    for (std::int64_t s = part * together; s < std::min(samples, (part + 1) * together); ++s)
      kernels_.correlate({from.data + s * from.positions * x.features(),
                          shape.stride * x.features(), dz.positions, depth},
                         dz.values.data + s * dz.positions * dz.values.stride, dz.values.stride,
                         filters, to);
  });
  each(double(parts * depth * filters), ceil_div(depth, weight_rows_together),
       [&](std::int64_t task) {
         const std::int64_t row = task * weight_rows_together;
         const std::int64_t rows = std::min(weight_rows_together, depth - row);
         const MatrixView sum(totals + row * filters, rows, filters, filters);
         for (std::int64_t part = 1; part < parts; ++part)
           kernels_.add_to({sum.data + part * depth * filters, rows, filters, filters}, sum);
         kernels_.follow(*step, sum, some_of(weights, row, rows, 0, filters));
       });
}

void CpuNetwork::conv1d_forward(core::ConstFeatureMap x, const core::Convolution& shape,
                                ConstMatrixView weights, ConstMatrixView bias,
                                Activation activation, core::FeatureMap y) {
  convolve(x, shape, weights, bias.data, core::Into::replace, activation, y);
}

void CpuNetwork::conv1d_backward(core::ConstFeatureMap x, const core::Convolution& shape,
                                 core::ConstFeatureMap dz, const core::Parameter& weights,
                                 const core::Descent& descent, core::FeatureMap dx,
                                 core::Into into) {
  if (dx.values.data) convolve_transposed(dz, shape, weights.values, nullptr, into, dx);
  conv1d_weight_gradient(x, shape, dz, weights, descent);
}

void CpuNetwork::conv1d_transpose_forward(core::ConstFeatureMap x, const core::Convolution& shape,
                                          ConstMatrixView weights, ConstMatrixView bias,
                                          Activation activation, core::FeatureMap y) {
  assert(weights.rows == shape.width * y.features() && weights.cols == x.features());
  convolve_transposed(x, shape, weights, bias.data, core::Into::replace, y);
  if (activation == Activation::linear) return;
  const RowChunks chunks(y.values.rows);
  each_chunk(y.values, chunks, [&](std::int64_t chunk) {
    kernels_.activate(activation, chunks.of(y.values, chunk));
  });
}

// The weights meet the same pairs as those of the convolution of dz does.
void CpuNetwork::conv1d_transpose_backward(core::ConstFeatureMap x, const core::Convolution& shape,
                                           core::ConstFeatureMap dz, const core::Parameter& weights,
                                           const core::Descent& descent, core::FeatureMap dx,
                                           core::Into into) {
  if (dx.values.data) convolve(dz, shape, weights.values, nullptr, into, Activation::linear, dx);
  conv1d_weight_gradient(dz, shape, x, weights, descent);
}

}  // namespace whiteline::cpu
