#include <algorithm>
#include <vector>

#include "cpu/preprocess.hpp"
#include "cpu/row_tasks.hpp"

namespace whiteline::cpu {

namespace {

constexpr std::int64_t channels_at_once = 512;  // of a sum that stays in the first-level cache

struct Rebin {
  ConstMatrixView in;
  core::RebinBlock block;
  MatrixView out;

  const float* pixel(const float* corner, std::int64_t number) const {
    return corner + (number / block.x * block.width + number % block.x) * in.stride;
  }

  // sums[c] = channel c of the block's pixels from `corner` on, in ascending order; four at once.
  [[gnu::always_inline]] inline void add_pixels(const float* corner, std::int64_t count,
                                                double* sums) const {
    const std::int64_t pixels = block.y * block.x;
    std::fill_n(sums, count, 0.0);
    std::int64_t number = 0;
    for (; number + 4 <= pixels; number += 4) {
      const float *const first = pixel(corner, number), *const second = pixel(corner, number + 1),
                         *const third = pixel(corner, number + 2),
                         *const fourth = pixel(corner, number + 3);
      for (std::int64_t c = 0; c < count; ++c)
        sums[c] =
            sums[c] + double(first[c]) + double(second[c]) + double(third[c]) + double(fourth[c]);
    }
    for (; number < pixels; ++number) {
      const float* const counts = pixel(corner, number);
      for (std::int64_t c = 0; c < count; ++c) sums[c] += double(counts[c]);
    }
  }

  template <std::int64_t fixed>
  [[gnu::always_inline]] inline void add_channels(const double* sums, std::int64_t count,
                                                  float* to) const {
    const std::int64_t step = fixed > 0 ? fixed : block.channels;
    for (std::int64_t j = 0; j < count; ++j) {
      double sum = sums[j * step];
      for (std::int64_t c = 1; c < step; ++c) sum += sums[j * step + c];
      to[j] = float(sum);
    }
  }

  [[gnu::always_inline]] inline void rows(std::int64_t begin, std::int64_t end) const {
    const std::int64_t columns = std::max<std::int64_t>(channels_at_once / block.channels, 1);
    std::vector<double> sums(static_cast<std::size_t>(columns * block.channels));
    const std::int64_t width = block.width / block.x;
    for (std::int64_t r = begin; r < end; ++r) {
      const std::int64_t pixel = r / width * block.y * block.width + r % width * block.x;
      float* to = out.data + r * out.stride;
      for (std::int64_t j = 0; j < out.cols; j += columns) {
        const std::int64_t count = std::min(columns, out.cols - j);
        add_pixels(in.data + pixel * in.stride + j * block.channels, count * block.channels,
                   sums.data());
        if (block.channels == 1)
          add_channels<1>(sums.data(), count, to + j);
        else if (block.channels == 2)
          add_channels<2>(sums.data(), count, to + j);
        else
          add_channels<0>(sums.data(), count, to + j);
      }
    }
  }
};

}  // namespace

void rebin(core::ThreadPool& pool, ConstMatrixView in, const core::RebinBlock& block,
           MatrixView out) {
  run_rows(pool, out.rows, Rebin{in, block, out});
}

}  // namespace whiteline::cpu
