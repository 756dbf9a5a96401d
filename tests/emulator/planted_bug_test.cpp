// A bug put into a kernel on purpose: a tile loop without its second barrier. If no schedule shows
// it, the emulator is of no use.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "race.hpp"
#include "run_kernel.hpp"

namespace whiteline::test::planted_bug_test {
namespace {

constexpr int tile = 16;

// out[i, j] = |x_i - y_j|^2, one 16 x 16 tile of it per block. Without the second barrier, threads
// load the next tile over the one that others still read.
template <bool second_barrier>
__global__ void squared_distances(const float* x, const float* y, float* out, int rows, int cols,
                                  int channels) {
  WL_SHARED(float, xs, [tile][tile + 1]);
  WL_SHARED(float, ys, [tile][tile + 1]);
  const int tx = int(threadIdx.x), ty = int(threadIdx.y);
  const int i = int(blockIdx.y) * tile + ty, j = int(blockIdx.x) * tile + tx,
            loaded_j = int(blockIdx.x) * tile + ty;
  float squared_distance = 0.0f;
  for (int first = 0; first < channels; first += tile) {
    const int channel = first + tx;
    xs[ty][tx] = i < rows && channel < channels ? x[i * channels + channel] : 0.0f;
    ys[ty][tx] = loaded_j < cols && channel < channels ? y[loaded_j * channels + channel] : 0.0f;
    __syncthreads();
    for (int k = 0; k < tile; ++k) {
      const float difference = xs[ty][k] - ys[tx][k];
      squared_distance = __fmaf_rn(difference, difference, squared_distance);
    }
    if (second_barrier) __syncthreads();
  }
  if (i < rows && j < cols) out[i * cols + j] = squared_distance;
}

constexpr int rows = 33, cols = 20, channels = 50;

std::vector<float> numbers(int count, int factor) {
  std::vector<float> values(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) values[std::size_t(i)] = float(i * factor % 17);
  return values;
}

// Whether the kernel's result is right; all sums are whole numbers, so it is exact.
template <bool second_barrier>
bool gives_the_right_result(std::uint64_t schedule) {
  const auto x = numbers(rows * channels, 5), y = numbers(cols * channels, 3);
  std::vector<float> out(rows * cols, -1.0f), expected(out.size());
  for (int i = 0; i < rows; ++i)
    for (int j = 0; j < cols; ++j)
      for (int c = 0; c < channels; ++c) {
        const float difference =
            x[std::size_t(i * channels + c)] - y[std::size_t(j * channels + c)];
        expected[std::size_t(i * cols + j)] += difference * difference;
      }
  simt::set_schedule_seed(schedule);
  run_kernel(squared_distances<second_barrier>,
             {{(cols + tile - 1) / tile, (rows + tile - 1) / tile}, {tile, tile}}, x.data(),
             y.data(), out.data(), rows, cols, channels);
  return out == expected;
}

TEST(PlantedBug, ShowsInAWrongResultOrARace) {
  int shown = 0, races = 0;
  for (const std::uint64_t schedule : schedules) {
    const bool right = gives_the_right_result<false>(schedule);
    const bool racing = simt::take_conflicts() > 0;
    shown += !right || racing;
    races += racing;
  }
  EXPECT_EQ(shown, int(schedules.size()));
  if (simt::finds_races) {
    EXPECT_EQ(races, int(schedules.size()));
  }
}

TEST(PlantedBug, WithoutItTheKernelIsRightAndClean) {
  for (const std::uint64_t schedule : schedules) {
    EXPECT_TRUE(gives_the_right_result<true>(schedule)) << "schedule " << schedule;
    EXPECT_EQ(simt::take_conflicts(), 0) << "schedule " << schedule;
  }
}

}  // namespace
}  // namespace whiteline::test::planted_bug_test
