// Sizes of preparation that tests check and benchmarks time.
#pragma once

#include <cstdint>

namespace whiteline::test::cases {

// rows x channels at 0.25 eV from 460 eV; a background is fitted to channels [begin, end), and
// channels from `first` on are kept.
struct BackgroundSize {
  std::int64_t rows, channels, begin, end, first;
};

constexpr BackgroundSize background_edges[] = {
    {0, 40, 2, 9, 0},   {1, 3, 0, 2, 0},      {31, 31, 0, 20, 5},  {32, 32, 1, 32, 31},
    {33, 33, 8, 25, 0}, {3, 257, 20, 70, 90}, {257, 65, 3, 36, 40}};

// Set W and a 128 x 128 spectrum image of it; the first rows of each are tested.
constexpr BackgroundSize timed_backgrounds[] = {{4094, 1360, 100, 220, 0},
                                                {16384, 1360, 820, 940, 560}};

}  // namespace whiteline::test::cases
