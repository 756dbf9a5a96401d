// Products that are tested and timed.
#pragma once

#include <cstdint>
#include <vector>

namespace whiteline::test::cases {

struct Gemm {
  std::int64_t m, n, k;
};

// Sizes around tiles (14 x 32, 6 x 16, 4 x 8), blocks (256 deep) and nothing at all.
inline const std::vector<Gemm> small_gemms = {
    {0, 3, 5},    {3, 0, 5},     {3, 5, 0},     {1, 1, 1},   {1, 33, 31},
    {31, 1, 33},  {13, 15, 2},   {14, 32, 7},   {15, 33, 8}, {33, 31, 32},
    {28, 64, 16}, {32, 257, 33}, {57, 17, 255}, {5, 7, 256}, {9, 40, 257}};

// Several rounds of packing: deeper than 4096, wider than 1024 columns, more than 2016 rows.
inline const std::vector<Gemm> large_gemms = {{3, 1061, 4200}, {2040, 9, 4200}, {17, 35, 8193}};

// Dense layers of the papers' networks on 700 channels, and a square.
inline const std::vector<Gemm> timed_gemms = {
    {512, 896, 700}, {128, 896, 700}, {32, 896, 700}, {1, 896, 700}, {1024, 1024, 1024}};

}  // namespace whiteline::test::cases
