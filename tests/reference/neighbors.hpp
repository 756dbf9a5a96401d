// Nearest rows by comparing all pairs.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "support/framed.hpp"

namespace whiteline::test::reference {

// The float32 sum of squared differences in 32 interleaved parts, halved five times.
inline float interleaved_squared_distance(const std::vector<float>& x,
                                          const std::vector<float>& y) {
  std::vector<float> part(32, 0.0f);
  for (std::size_t c = 0; c < x.size(); ++c) {
    const float difference = x[c] - y[c];
    part[c % 32] = std::fma(difference, difference, part[c % 32]);
  }
  while (part.size() > 1) {
    const std::size_t half = part.size() / 2;
    for (std::size_t l = 0; l < half; ++l) part[l] += part[l + half];
    part.resize(half);
  }
  return part[0];
}

struct Neighbors {
  std::vector<float> squared_distances;
  std::vector<std::int32_t> rows;
};

// The k rows of `all` with the least (squared distance, number); `left_out` is not compared.
inline Neighbors nearest(const std::vector<float>& row, const Table& all, std::int64_t k,
                         std::int64_t left_out) {
  std::vector<std::pair<float, std::int32_t>> pairs;
  for (std::int64_t other = 0; other < all.rows; ++other)
    if (other != left_out)
      pairs.emplace_back(interleaved_squared_distance(row, all.row(other)), std::int32_t(other));
  std::sort(pairs.begin(), pairs.end());
  Neighbors out;
  for (std::int64_t m = 0; m < k; ++m) {
    out.squared_distances.push_back(pairs[at(m)].first);
    out.rows.push_back(pairs[at(m)].second);
  }
  return out;
}

// In double, by the definitions of the metrics.
inline double euclidean(const std::vector<float>& x, const std::vector<float>& y) {
  double sum = 0.0;
  for (std::size_t c = 0; c < x.size(); ++c)
    sum += (double(x[c]) - double(y[c])) * (double(x[c]) - double(y[c]));
  return std::sqrt(sum);
}

inline double cosine(const std::vector<double>& x, const std::vector<double>& y) {
  double xx = 0.0, yy = 0.0, xy = 0.0;
  for (std::size_t c = 0; c < x.size(); ++c) {
    xx += x[c] * x[c];
    yy += y[c] * y[c];
    xy += x[c] * y[c];
  }
  return xx > 0.0 && yy > 0.0 ? 1.0 - xy / std::sqrt(xx * yy) : 1.0;
}

inline std::vector<double> less_mean(const std::vector<float>& x) {
  double sum = 0.0;
  for (const float value : x) sum += value;
  std::vector<double> out;
  for (const float value : x) out.push_back(double(value) - sum / double(x.size()));
  return out;
}

}  // namespace whiteline::test::reference
