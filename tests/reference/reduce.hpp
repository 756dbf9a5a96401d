// Sums along rows and columns in double, in the order their contract gives.
#pragma once

#include <cmath>
#include <functional>
#include <vector>

#include "support/framed.hpp"

namespace whiteline::test::reference {

// Sixteen interleaved sums, added pairwise: 0 with 8, then with 4, 2, 1.
inline double interleaved_sum(std::int64_t count, const std::function<double(std::int64_t)>& term) {
  std::vector<double> partial(16, 0.0);
  for (std::int64_t lane = 0; lane < 16; ++lane)
    for (std::int64_t i = lane; i < count; i += 16) partial[at(lane)] += term(i);
  while (partial.size() > 1) {
    std::vector<double> halved;
    for (std::size_t l = 0; l < partial.size() / 2; ++l)
      halved.push_back(partial[l] + partial[l + partial.size() / 2]);
    partial = halved;
  }
  return partial[0];
}

inline std::vector<double> column_means(const Table& x) {
  std::vector<double> means;
  for (std::int64_t c = 0; c < x.cols; ++c) {
    double sum = 0.0;
    for (std::int64_t begin = 0; begin < x.rows; begin += 256) {
      double part = 0.0;
      for (std::int64_t r = begin; r < x.rows && r < begin + 256; ++r) part += double(x(r, c));
      sum += part;
    }
    means.push_back(sum / double(x.rows));
  }
  return means;
}

}  // namespace whiteline::test::reference
