#include <algorithm>
#include <cassert>

#include "cpu/network.hpp"

namespace whiteline::cpu {

namespace {

// The positions of window t that are there.
struct Window {
  std::int64_t begin, count;

  Window(const core::PoolWindow& window, std::int64_t t, std::int64_t positions)
      : begin(std::max<std::int64_t>(t * window.stride - window.left, 0)),
        count(std::min(t * window.stride - window.left + window.size, positions) - begin) {
    assert(count >= 1);
  }
};

}  // namespace

void CpuNetwork::pool_forward(core::ConstFeatureMap x, const core::PoolWindow& window,
                              core::FeatureMap y) {
  assert(x.features() == y.features() && x.samples() == y.samples());
  const float scale = 1.0f / float(window.size);
  const ConstMatrixView from = x.values;
  each(double(from.rows) * double(from.cols), y.samples(), [&](std::int64_t sample) {
    for (std::int64_t t = 0; t < y.positions; ++t) {
      const Window seen(window, t, x.positions);
      kernels_.pool(window.kind, from.data + (sample * x.positions + seen.begin) * from.stride,
                    from.stride, seen.count, scale, from.cols,
                    y.values.data + (sample * y.positions + t) * y.values.stride);
    }
  });
}

void CpuNetwork::pool_backward(core::ConstFeatureMap x, const core::PoolWindow& window,
                               core::ConstFeatureMap dy, core::FeatureMap dx, core::Into into) {
  const float scale = 1.0f / float(window.size);
  const ConstMatrixView from = x.values;
  const MatrixView to = dx.values;
  each(double(from.rows) * double(from.cols), dy.samples(), [&](std::int64_t sample) {
    const std::int64_t first = sample * x.positions;
    if (into == core::Into::replace)
      for (std::int64_t p = 0; p < x.positions; ++p)
        std::fill_n(to.data + (first + p) * to.stride, to.cols, 0.0f);
    for (std::int64_t t = 0; t < dy.positions; ++t) {
      const Window seen(window, t, x.positions);
      const std::int64_t row = first + seen.begin;
      kernels_.pool_backward(window.kind, from.data + row * from.stride, from.stride, seen.count,
                             scale, from.cols,
                             dy.values.data + (sample * dy.positions + t) * dy.values.stride,
                             to.data + row * to.stride, to.stride);
    }
  });
}

}  // namespace whiteline::cpu
