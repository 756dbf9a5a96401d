// What finds near rows, on all instruction sets.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "cpu/gemm.hpp"
#include "reference/neighbors.hpp"
#include "support/instruction_sets.hpp"
#include "support/tolerance.hpp"

namespace whiteline::test {
namespace {

TEST(NearKernels, DistancesHaveTheSameBits) {
  for (const std::int64_t count : {0, 1, 7, 16, 31, 32, 33, 64, 257, 700})
    for (const std::int64_t rows : {0, 1, 2, 3, 7, 16, 23}) {
      const std::int64_t stride = count + 3;
      const std::vector<float> x = random_values(count, 1), y = random_values(30 * stride, 2);
      std::vector<std::int32_t> which;
      for (std::int64_t r = 0; r < rows; ++r) which.push_back(std::int32_t((7 * r + 3) % 30));
      const auto distances = [&](Isa isa) {
        std::vector<float> out(std::size_t(rows) + 1, -5.0f);
        cpu::vector_kernels(isa).squared_distances(x.data(), y.data(), stride, which.data(), rows,
                                                   count, out.data());
        return out;
      };
      expect_same_bits("distance of " + std::to_string(count), distances);
      const std::vector<float> got = distances(Isa::portable);
      EXPECT_EQ(got.back(), -5.0f);
      for (std::int64_t r = 0; r < rows; ++r) {
        const auto from = y.begin() + which[std::size_t(r)] * stride;
        EXPECT_EQ(got[std::size_t(r)], reference::interleaved_squared_distance(
                                           x, std::vector<float>(from, from + count)));
      }
    }
}

TEST(NearKernels, TheNthSmallestIsTheOneOfTheSortedNumbers) {
  for (const std::int64_t count : {1, 2, 15, 16, 17, 33, 700}) {
    std::vector<float> x = random_values(count, 5);
    for (float& value : x) value = value < 0.5f ? 0.25f : value;  // many are equal
    x[0] = 0.0f;
    std::vector<float> sorted = x;
    std::sort(sorted.begin(), sorted.end());
    for (const Isa isa : isas())
      for (std::int64_t n = 1; n <= count; n += count > 100 ? 37 : 1)
        EXPECT_EQ(cpu::vector_kernels(isa).nth_smallest(x.data(), count, n),
                  sorted[std::size_t(n - 1)])
            << count << ", " << n << ", " << name(isa);
  }
}

// To the nearest, ties in any direction.
TEST(NearKernels, RowsAreRoundedToBfloat16WithTheSameBits) {
  for (const std::int64_t count : {0, 1, 2, 31, 32, 33, 700}) {
    std::vector<float> x = random_values(count, 6);
    if (count > 30) x[3] = 0x1p-120f, x[4] = -0x1.feffp60f, x[5] = 0x1.01p0f;
    std::vector<float> words;
    float squared_norm = 0.0f, squared_loss = 0.0f;
    expect_same_bits("rounded row of " + std::to_string(count), [&](Isa isa) {
      words.assign(std::size_t((count + 1) / 2) + 1, 7.0f);
      const cpu::RoundedNorms norms =
          cpu::vector_kernels(isa).round_row(x.data(), count, words.data());
      squared_norm = norms.squared_norm, squared_loss = norms.squared_loss;
      std::vector<float> all = words;
      all.insert(all.end(), {squared_norm, squared_loss});
      return all;
    });
    EXPECT_EQ(words.back(), 7.0f);
    const std::vector<std::uint32_t> pairs = bits(words);
    double squares = 0.0, losses = 0.0;
    for (std::int64_t c = 0; c < count; ++c) {
      const std::uint32_t word = pairs[std::size_t(c / 2)];
      const double rounded = formulas::from_bits(c % 2 == 0 ? word << 16 : word & 0xffff0000u);
      const double loss = double(x[std::size_t(c)]) - rounded;
      EXPECT_LE(std::abs(loss), std::abs(x[std::size_t(c)]) * 0x1p-8 + 0x1p-100);
      squares += rounded * rounded;
      losses += loss * loss;
    }
    EXPECT_NEAR(squared_norm, squares, tolerance(count, squares));
    EXPECT_NEAR(squared_loss, losses, tolerance(count, losses));
    if (count % 2 == 1) {
      EXPECT_EQ(pairs[std::size_t(count / 2)] >> 16, 0u);
    }
  }
}

TEST(NearKernels, ProductsOfBfloat16AreWithinTheirBound) {
  for (const Isa isa : isas()) {
    const cpu::VectorKernels& kernels = cpu::vector_kernels(isa);
    const std::int64_t depth = 351, width = kernels.tile_columns;
    for (int rows = 1; rows <= kernels.tile_rows; ++rows) {
      const auto pairs = [](std::int64_t count, unsigned seed) {
        const std::vector<float> values = random_values(2 * count, seed);
        std::vector<float> words(static_cast<std::size_t>(count));
        cpu::vector_kernels(Isa::portable).round_row(values.data(), 2 * count, words.data());
        return words;
      };
      const auto left = pairs(depth * rows, 7), right = pairs(depth * width, 8);
      std::vector<float> totals(std::size_t(rows * width + 1), -3.0f);
      kernels.accumulate_pairs(rows, left.data(), right.data(), depth, totals.data());
      EXPECT_EQ(totals.back(), -3.0f);
      const std::vector<std::uint32_t> a = bits(left), b = bits(right);
      for (std::int64_t i = 0; i < rows; ++i)
        for (std::int64_t j = 0; j < width; ++j) {
          double product = 0.0, magnitude = 0.0;
          for (std::int64_t k = 0; k < depth; ++k)
            for (const int shift : {16, 0}) {
              const double x =
                  formulas::from_bits(a[std::size_t(k * rows + i)] << shift >> 16 << 16);
              const double y =
                  formulas::from_bits(b[std::size_t(k * width + j)] << shift >> 16 << 16);
              product += x * y;
              magnitude += std::abs(x * y);
            }
          EXPECT_NEAR(totals[std::size_t(i * width + j)], product, tolerance(2 * depth, magnitude));
        }
    }
  }
}

// Tiles differ in size, so whole sets of pairs are compared.
TEST(NearKernels, TheSamePairsAreNear) {
  core::ThreadPool pool(2);
  const std::int64_t n = 97, depth = 40;
  const std::vector<float> x = random_values(n * depth, 3);
  std::vector<float> norms, limits;
  for (std::int64_t i = 0; i < n; ++i) {
    float norm = 0.0f;
    for (std::int64_t c = 0; c < depth; ++c)
      norm += x[std::size_t(i * depth + c)] * x[std::size_t(i * depth + c)];
    norms.push_back(norm);
    limits.push_back(norm * 1.5f);
  }
  for (const bool one_set : {true, false})
    expect_same_bits("near pairs", [&](Isa isa) {
      cpu::Multiplier multiplier(pool, isa);
      std::vector<float> seen(std::size_t(n * n), -1.0f);
      const cpu::Factor factor{x.data(), depth, 1};
      const cpu::NearSides sides{norms.data(), norms.data(), limits.data(),
                                 one_set ? limits.data() : nullptr, 0};
      multiplier.run({.rows = n, .columns = n, .depth = depth, .left = factor, .right = factor},
                     [&](const cpu::Tile& tile) {
                       std::vector<cpu::NearPair> pairs(1024);
                       const int count = multiplier.kernels().near_pairs(tile, sides, pairs.data());
                       for (int i = 0; i < count; ++i) {
                         const cpu::NearPair& pair = pairs[std::size_t(i)];
                         float& place = seen[std::size_t(pair.row * n + pair.column)];
                         EXPECT_EQ(place, -1.0f) << "seen twice";
                         place = pair.squared_distance;
                       }
                     });
      int near = 0;
      for (std::int64_t i = 0; i < n; ++i)
        for (std::int64_t j = 0; j < n; ++j) {
          const float found = seen[std::size_t(i * n + j)];
          if (i == j || (one_set && j < i)) {
            EXPECT_EQ(found, -1.0f) << i << ", " << j;
          }
          const float limit = one_set ? std::max(limits[std::size_t(i)], limits[std::size_t(j)])
                                      : limits[std::size_t(i)];
          double exact = 0.0;
          for (std::int64_t c = 0; c < depth; ++c) {
            const double difference =
                double(x[std::size_t(i * depth + c)]) - double(x[std::size_t(j * depth + c)]);
            exact += difference * difference;
          }
          if (i != j && !(one_set && j < i) && exact < 0.999 * double(limit)) {
            ++near;
            EXPECT_GE(found, 0.0f) << i << ", " << j;
          }
          if (found < 0.0f) continue;
          EXPECT_TRUE(found <= limits[std::size_t(i)] ||
                      (one_set && found <= limits[std::size_t(j)]));
        }
      EXPECT_GT(near, 0);
      return seen;
    });
}

}  // namespace
}  // namespace whiteline::test
