// The dual of C-SVC and its solution by definition: small problems by trying every set of free and
// bounded rows, larger ones by plain steps in double; and the contract of SmoOps::advance, step by
// step.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace whiteline::test::reference {

// Minimise 1/2 sum_ij a_i a_j y_i y_j K_ij - sum a_i with 0 <= a_i <= upper_i, sum a_i y_i = 0.
struct Dual {
  std::vector<double> kernel;  // n x n, row-major
  std::vector<double> y;       // +1 or -1
  std::vector<double> upper;

  std::size_t size() const { return y.size(); }
  double k(std::size_t i, std::size_t j) const { return kernel[i * size() + j]; }
};

// F_i = sum_j a_j y_j K_ij - y_i.
inline std::vector<double> gradient(const Dual& d, const std::vector<double>& a) {
  std::vector<double> f(d.size());
  for (std::size_t i = 0; i < d.size(); ++i) {
    f[i] = -d.y[i];
    for (std::size_t j = 0; j < d.size(); ++j) f[i] += a[j] * d.y[j] * d.k(i, j);
  }
  return f;
}

inline double objective(const Dual& d, const std::vector<double>& a) {
  const std::vector<double> f = gradient(d, a);
  double sum = 0.0;
  for (std::size_t i = 0; i < d.size(); ++i) sum += a[i] * (d.y[i] * f[i] - 1.0);
  return sum / 2.0;
}

// max over low of F - min over up of F.
inline double kkt_gap(const Dual& d, const std::vector<double>& a) {
  const std::vector<double> f = gradient(d, a);
  double least = std::numeric_limits<double>::infinity(), most = -least;
  for (std::size_t i = 0; i < d.size(); ++i) {
    const bool can_grow = a[i]<d.upper[i], can_shrink = a[i]> 0.0;
    if (d.y[i] > 0 ? can_grow : can_shrink) least = std::min(least, f[i]);
    if (d.y[i] > 0 ? can_shrink : can_grow) most = std::max(most, f[i]);
  }
  return most - least;
}

// x of A x = b by elimination with full pivoting; none when A is singular to 1e-10.
inline std::optional<std::vector<double>> solve(std::vector<double> a, std::vector<double> b) {
  const std::size_t n = b.size();
  std::vector<std::size_t> column(n);
  for (std::size_t i = 0; i < n; ++i) column[i] = i;
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t row = k, col = k;
    for (std::size_t i = k; i < n; ++i)
      for (std::size_t j = k; j < n; ++j)
        if (std::abs(a[i * n + j]) > std::abs(a[row * n + col])) row = i, col = j;
    if (std::abs(a[row * n + col]) < 1e-10) return std::nullopt;
    for (std::size_t j = 0; j < n; ++j) std::swap(a[k * n + j], a[row * n + j]);
    std::swap(b[k], b[row]);
    for (std::size_t i = 0; i < n; ++i) std::swap(a[i * n + k], a[i * n + col]);
    std::swap(column[k], column[col]);
    for (std::size_t i = k + 1; i < n; ++i) {
      const double factor = a[i * n + k] / a[k * n + k];
      for (std::size_t j = k; j < n; ++j) a[i * n + j] -= factor * a[k * n + j];
      b[i] -= factor * b[k];
    }
  }
  std::vector<double> x(n);
  for (std::size_t k = n; k-- > 0;) {
    double sum = b[k];
    for (std::size_t j = k + 1; j < n; ++j) sum -= a[k * n + j] * x[column[j]];
    x[column[k]] = sum / a[k * n + k];
  }
  return x;
}

// The least objective over all 3^n sets {0, free, upper}, the free rows solved exactly. K positive
// semidefinite: a singular set of free rows is no loss, as some smaller one reaches the optimum.
inline double brute_force_objective(const Dual& d) {
  const std::size_t n = d.size();
  std::size_t sets = 1;
  for (std::size_t i = 0; i < n; ++i) sets *= 3;
  double best = 0.0;  // a = 0
  std::vector<double> alpha(n);
  std::vector<std::size_t> free_rows;
  for (std::size_t set = 0; set < sets; ++set) {
    free_rows.clear();
    std::size_t digits = set;
    double balance = 0.0;
    for (std::size_t i = 0; i < n; ++i, digits /= 3) {
      alpha[i] = digits % 3 == 2 ? d.upper[i] : 0.0;
      if (digits % 3 == 1) free_rows.push_back(i);
      balance += alpha[i] * d.y[i];
    }
    const std::size_t m = free_rows.size();
    if (m == 0) {
      if (std::abs(balance) < 1e-12) best = std::min(best, objective(d, alpha));
      continue;
    }
    // Free rows have F_i = nu and together undo the balance: m + 1 equations.
    std::vector<double> a((m + 1) * (m + 1), 0.0), b(m + 1);
    const std::vector<double> f = gradient(d, alpha);
    for (std::size_t r = 0; r < m; ++r) {
      for (std::size_t c = 0; c < m; ++c)
        a[r * (m + 1) + c] = d.y[free_rows[c]] * d.k(free_rows[r], free_rows[c]);
      a[r * (m + 1) + m] = -1.0;
      a[m * (m + 1) + r] = d.y[free_rows[r]];
      b[r] = -f[free_rows[r]];
    }
    b[m] = -balance;
    const auto x = solve(a, b);
    if (!x) continue;
    bool feasible = true;
    for (std::size_t r = 0; r < m; ++r) {
      const std::size_t i = free_rows[r];
      alpha[i] = (*x)[r];
      feasible = feasible && alpha[i] >= -1e-12 && alpha[i] <= d.upper[i] + 1e-12;
    }
    if (feasible) best = std::min(best, objective(d, alpha));
  }
  return best;
}

// Steps on the most violating pair until the gap is below `tolerance`.
inline std::vector<double> solve_plainly(const Dual& d, double tolerance) {
  const std::size_t n = d.size();
  std::vector<double> a(n, 0.0), f = gradient(d, a);
  for (int step = 0; step < 2000000; ++step) {
    std::size_t u = n, j = n;
    for (std::size_t i = 0; i < n; ++i) {
      const bool can_grow = a[i]<d.upper[i], can_shrink = a[i]> 0.0;
      if ((d.y[i] > 0 ? can_grow : can_shrink) && (u == n || f[i] < f[u])) u = i;
      if ((d.y[i] > 0 ? can_shrink : can_grow) && (j == n || f[i] > f[j])) j = i;
    }
    if (u == n || j == n || f[j] - f[u] < tolerance) break;
    double q = (f[j] - f[u]) / std::max(d.k(u, u) + d.k(j, j) - 2.0 * d.k(u, j), 1e-12);
    const double room_u = d.y[u] > 0 ? d.upper[u] - a[u] : a[u];
    const double room_j = d.y[j] > 0 ? a[j] : d.upper[j] - a[j];
    q = std::min({q, room_u, room_j});
    a[u] = q == room_u ? (d.y[u] > 0 ? d.upper[u] : 0.0) : a[u] + d.y[u] * q;
    a[j] = q == room_j ? (d.y[j] > 0 ? 0.0 : d.upper[j]) : a[j] - d.y[j] * q;
    for (std::size_t i = 0; i < n; ++i) f[i] += q * (d.k(i, u) - d.k(i, j));
  }
  return a;
}

}  // namespace whiteline::test::reference
