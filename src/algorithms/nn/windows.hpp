// Where the windows of convolutions and pools lie.
#pragma once

#include <whiteline/nn/layer.hpp>

#include <algorithm>
#include <cstdint>

namespace whiteline::nn {

struct Windows {
  std::int64_t count = 0;  // 0 where none fits
  std::int64_t left = 0;   // positions before the first that the first window sees
};

inline Windows windows(std::int64_t positions, std::int64_t width, std::int64_t stride,
                       Padding padding) {
  if (padding == Padding::valid)
    return {positions < width ? 0 : (positions - width) / stride + 1, 0};
  const std::int64_t count = (positions + stride - 1) / stride;
  return {count, std::max<std::int64_t>((count - 1) * stride + width - positions, 0) / 2};
}

}  // namespace whiteline::nn
