// Predictions of one-vs-one classifiers by definition, in double.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "reference/smo.hpp"

namespace whiteline::test::reference {

// The class with most votes, the lowest at a tie. decisions: (0,1), (0,2), ..., (1,2), ...
inline int vote(const std::vector<double>& decisions, int classes) {
  std::vector<int> votes(std::size_t(classes), 0);
  std::size_t pair = 0;
  for (int a = 0; a < classes; ++a)
    for (int b = a + 1; b < classes; ++b, ++pair) ++votes[std::size_t(decisions[pair] > 0 ? a : b)];
  int best = 0;
  for (int c = 1; c < classes; ++c)
    if (votes[std::size_t(c)] > votes[std::size_t(best)]) best = c;
  return best;
}

// Through knots (decision, probability, decision, ...), linear between and constant outside.
inline double interpolated(const std::vector<double>& knots, double f) {
  if (f <= knots[0]) return knots[1];
  for (std::size_t k = 2; k < knots.size(); k += 2)
    if (f <= knots[k]) {
      const double share = (f - knots[k - 2]) / (knots[k] - knots[k - 2]);
      return (1.0 - share) * knots[k - 1] + share * knots[k + 1];
    }
  return knots.back();
}

// Votes of each class and, between -1/3 and 1/3, the sum s of the decisions that speak for it:
// s / (3 (|s| + 1)).
inline std::vector<double> one_vs_rest(const std::vector<double>& decisions, int classes) {
  std::vector<double> votes(std::size_t(classes), 0.0), sums(std::size_t(classes), 0.0);
  std::size_t pair = 0;
  for (int a = 0; a < classes; ++a)
    for (int b = a + 1; b < classes; ++b, ++pair) {
      votes[std::size_t(decisions[pair] > 0 ? a : b)] += 1.0;
      sums[std::size_t(a)] += decisions[pair];
      sums[std::size_t(b)] -= decisions[pair];
    }
  for (std::size_t c = 0; c < votes.size(); ++c)
    votes[c] += sums[c] / (3.0 * (std::abs(sums[c]) + 1.0));
  return votes;
}

// p that minimises sum_a sum_{b != a} (r_ba p_a - r_ab p_b)^2 with sum p = 1, as the solution of
// the linear equations Q p + nu = 0, sum p = 1. r[a * classes + b] = P(a against b).
inline std::vector<double> couple_exactly(const std::vector<double>& r, int classes) {
  const auto k = std::size_t(classes);
  std::vector<double> a((k + 1) * (k + 1), 0.0), b(k + 1, 0.0);
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = 0; j < k; ++j) {
      if (i == j) continue;
      a[i * (k + 1) + i] += r[j * k + i] * r[j * k + i];
      a[i * (k + 1) + j] = -r[j * k + i] * r[i * k + j];
    }
    a[i * (k + 1) + k] = a[k * (k + 1) + i] = 1.0;
  }
  b[k] = 1.0;
  std::vector<double> p = solve(a, b).value();
  p.pop_back();
  return p;
}

inline double sigmoid(double f, double A, double B) { return 1.0 / (1.0 + std::exp(A * f + B)); }

// sum over j of coefficients[j] k[j].
inline double weighted_sum(const std::vector<double>& coefficients, const std::vector<double>& k) {
  double sum = 0.0;
  for (std::size_t j = 0; j < k.size(); ++j) sum += coefficients[j] * k[j];
  return sum;
}

// The kernel of two rows as kernel_matrix.hpp words it.
enum class Function { linear, polynomial, rbf, sigmoid };
inline double kernel(Function function, double gamma, double coef0, int degree, const float* x,
                     const float* z, std::size_t channels) {
  double dot = 0.0, squared = 0.0;
  for (std::size_t c = 0; c < channels; ++c) {
    dot += double(x[c]) * double(z[c]);
    squared += (double(x[c]) - double(z[c])) * (double(x[c]) - double(z[c]));
  }
  switch (function) {
    case Function::linear:
      return dot;
    case Function::polynomial:
      return std::pow(gamma * dot + coef0, degree);
    case Function::rbf:
      return std::exp(-gamma * squared);
    case Function::sigmoid:
      return std::tanh(gamma * dot + coef0);
  }
  return 0.0;
}

}  // namespace whiteline::test::reference
