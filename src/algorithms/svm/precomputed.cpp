#include "algorithms/svm/precomputed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "algorithms/svm/rows.hpp"
#include "core/to_host.hpp"
#include "core/upload.hpp"

namespace whiteline::svm {

namespace {

constexpr double largest_asymmetry = 1e-5;  // of the largest value
constexpr std::int64_t block = 64;          // rows and columns compared or sorted at a time

struct Place {
  std::int64_t row, column;
  double asymmetry;
};

// Where K(i, j) and K(j, i) are farthest apart; K is n x n.
Place most_asymmetric(const std::vector<float>& K, std::int64_t n) {
  Place worst{0, 0, 0.0};
  for (std::int64_t row = 0; row < n; row += block)
    for (std::int64_t column = row; column < n; column += block)
      for (std::int64_t i = row; i < std::min(n, row + block); ++i)
        for (std::int64_t j = std::max(column, i + 1); j < std::min(n, column + block); ++j) {
          const double apart = std::abs(double(K[at(i * n + j)]) - double(K[at(j * n + i)]));
          if (apart > worst.asymmetry) worst = {i, j, apart};
        }
  return worst;
}

}  // namespace

std::vector<float> checked_diagonal(const Matrix& K) {
  const std::int64_t n = K.rows();
  if (K.cols() != n)
    throw InvalidArgument(fmt::format(
        "cannot train on a precomputed kernel (the matrix is {} x {}) give K(i, j) of each two "
        "training rows",
        n, K.cols()));
  const std::vector<float> host = core::to_host(K);
  double largest = 0.0;
  for (const float value : host) largest = std::max(largest, std::abs(double(value)));
  const Place worst = most_asymmetric(host, n);
  if (worst.asymmetry > largest_asymmetry * largest)
    throw InvalidArgument(fmt::format(
        "cannot train on a precomputed kernel (K({0}, {1}) is {2:.7g}, but K({1}, {0}) is {3:.7g}) "
        "give a symmetric matrix",
        worst.row, worst.column, host[at(worst.row * n + worst.column)],
        host[at(worst.column * n + worst.row)]));
  std::vector<float> diagonal;
  for (std::int64_t i = 0; i < n; ++i) diagonal.push_back(host[at(i * n + i)]);
  return diagonal;
}

void sort_kernel(const Context& ctx, const Matrix& K, const std::vector<std::int32_t>& order,
                 MatrixView out) {
  const std::vector<float> host = core::to_host(K);
  const auto n = std::int64_t(order.size());
  std::vector<float> sorted, staging;
  for (std::int64_t first = 0; first < n; first += block) {
    const std::int64_t count = std::min(block, n - first);
    sorted.assign(at(count * n), 0.0f);
    for (std::int64_t r = 0; r < count; ++r) {
      if (order[at(first + r)] < 0) continue;
      const float* const row = host.data() + order[at(first + r)] * K.cols();
      for (std::int64_t s = 0; s < n; ++s)
        if (order[at(s)] >= 0) sorted[at(r * n + s)] = row[order[at(s)]];
    }
    core::upload(ctx.queue(), {sorted.data(), count, n}, out.some_rows(first, count), staging);
  }
}

}  // namespace whiteline::svm
