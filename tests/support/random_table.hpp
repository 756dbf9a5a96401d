// Numbers for tests.
#pragma once

#include <random>

#include "support/framed.hpp"

namespace whiteline::test {

// Normal numbers of standard deviation 1.
inline Table normal_table(std::int64_t rows, std::int64_t cols, unsigned seed, float mean = 0.0f) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(mean, 1.0f);
  Table table(rows, cols);
  for (float& value : table.values) value = normal(random);
  return table;
}

}  // namespace whiteline::test
