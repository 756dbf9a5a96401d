// Binary problems for the tests of SmoOps: random kernel matrices, and batches of problems on them.
#pragma once

#include <gtest/gtest.h>
#include <whiteline/matrix.hpp>

#include <algorithm>
#include <cmath>
#include <random>
#include <utility>
#include <vector>

#include "core/ops/ops.hpp"
#include "reference/smo.hpp"
#include "reference/smo_steps.hpp"
#include "support/framed.hpp"

namespace whiteline::test {

using core::Buffer;
using formulas::BinaryProblem;
using formulas::SmoLimits;
using formulas::SmoState;
using formulas::SmoStatus;
using reference::Dual;
using reference::SteppedProblem;

constexpr std::int64_t untouched_rows = 16;  // of every vector, before and after each problem
constexpr double untouched_value = -7.5;

// A symmetric kernel matrix of random points, some of them equal.
struct Points {
  std::int64_t rows = 0;
  std::vector<float> kernel;  // rows x rows

  float k(std::int64_t i, std::int64_t j) const { return kernel[at(i * rows + j)]; }
};

inline Points random_points(std::int64_t rows, unsigned seed, double gamma) {
  constexpr int dimensions = 3;
  std::mt19937 random(seed);
  std::vector<double> x(at(rows * dimensions));
  for (double& value : x) value = double(random() % 2001) / 1000.0 - 1.0;
  for (std::int64_t i = 1; i < rows; ++i)
    if (random() % 8 == 0)  // the same point twice
      std::copy_n(&x[at((i - 1) * dimensions)], dimensions, &x[at(i * dimensions)]);
  Points points{rows, std::vector<float>(at(rows * rows))};
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t j = 0; j < rows; ++j) {
      double squared = 0.0;
      for (int c = 0; c < dimensions; ++c) {
        const double step = x[at(i * dimensions + c)] - x[at(j * dimensions + c)];
        squared += step * step;
      }
      points.kernel[at(i * rows + j)] = float(std::exp(-gamma * squared));
    }
  return points;
}

// Problems on one kernel matrix, on the device; numbers of problems are kept apart by sentinels.
class Batch {
 public:
  Batch(const Context& ctx, const Points& points) : ctx_(ctx), points_(points) {}

  // Rows whose upper bound is 0 take no part.
  void add(BinaryProblem problem, const std::vector<double>& upper) {
    problem.offset = std::int64_t(upper_.size()) + untouched_rows;
    problems_.push_back(problem);
    upper_.insert(upper_.end(), at(untouched_rows), untouched_value);
    upper_.insert(upper_.end(), upper.begin(), upper.end());
  }

  void start() {
    upper_.insert(upper_.end(), at(untouched_rows), untouched_value);
    std::vector<float> wide(at(points_.rows * (points_.rows + 32)), -3.0f);
    std::vector<float> diagonal(at(points_.rows));
    for (std::int64_t i = 0; i < points_.rows; ++i) {
      std::copy_n(&points_.kernel[at(i * points_.rows)], points_.rows,
                  &wide[at(i * (points_.rows + 32) + 16)]);
      diagonal[at(i)] = points_.k(i, i);
    }
    kernel_ = Matrix::from_host(ctx_, {wide.data(), points_.rows, points_.rows + 32});
    diagonal_ = Buffer<float>(ctx_, diagonal);
    device_problems_ = Buffer<BinaryProblem>(ctx_, problems_);
    device_upper_ = Buffer<double>(ctx_, upper_);
    const std::vector<double> untouched(upper_.size(), untouched_value);
    alpha_ = Buffer<double>(ctx_, untouched);
    gradient_ = Buffer<double>(ctx_, untouched);
    states_ = Buffer<SmoState>(ctx_, std::int64_t(problems_.size()));
    std::int64_t tables = 1;
    for (const BinaryProblem& p : problems_) tables = std::max(tables, p.table / points_.rows + 1);
    addresses_.assign(at(tables * points_.rows), nullptr);
    ops().start(device_problems_.span(), alpha_.span(), gradient_.span(), states_.span());
  }

  // With all rows of the kernel matrix.
  void advance(SmoLimits limits) {
    give_all_rows();
    advance_rows(limits);
  }
  void rebuild() {
    give_all_rows();
    rebuild_rows(0, points_.rows);
  }

  // With the rows given so far.
  void give_row(std::int64_t row, std::int64_t table = 0) {
    addresses_[at(table + row)] = kernel_view().data + row * kernel_view().stride;
  }
  void give_all_rows() {
    for (std::int64_t row = 0; row < points_.rows; ++row) give_row(row);
  }
  bool has_row(std::int64_t row) const { return addresses_[at(row)] != nullptr; }
  void advance_rows(SmoLimits limits) {
    const Buffer<const float*> rows(ctx_, addresses_);
    ops().advance({rows.span(), std::as_const(diagonal_).span()}, device_problems_.span(),
                  device_upper_.span(), alpha_.span(), gradient_.span(), states_.span(), limits);
  }
  void rebuild_rows(std::int64_t begin, std::int64_t end) {
    const Buffer<const float*> rows(ctx_, addresses_);
    ops().rebuild({rows.span(), std::as_const(diagonal_).span()}, begin, end,
                  device_problems_.span(), alpha_.span(), gradient_.span(), states_.span());
  }
  // `count` a problem.
  std::vector<std::int32_t> missing_rows(std::int32_t count) const {
    const Buffer<const float*> rows(ctx_, addresses_);
    Buffer<std::int32_t> out(ctx_, count * std::int64_t(problems_.size()));
    ops().missing_rows({rows.span(), diagonal_.span()}, device_problems_.span(),
                       device_upper_.span(), alpha_.span(), gradient_.span(), states_.span(), count,
                       out.span());
    return out.to_host();
  }

  void set_states(const std::vector<SmoState>& states) { states_ = {ctx_, states}; }
  void set_alpha(const std::vector<double>& alpha) { alpha_ = {ctx_, alpha}; }
  void set_gradient(const std::vector<double>& gradient) { gradient_ = {ctx_, gradient}; }

  std::vector<SmoState> states() const { return states_.to_host(); }
  std::vector<double> alpha() const { return alpha_.to_host(); }
  std::vector<double> gradient() const { return gradient_.to_host(); }
  const std::vector<BinaryProblem>& problems() const { return problems_; }

  std::vector<double> of(std::size_t p, const std::vector<double>& all) const {
    const auto first = all.begin() + problems_[p].offset;
    return {first, first + problems_[p].rows()};
  }
  std::vector<double> upper(std::size_t p) const { return of(p, upper_); }

  // The same problem for the step-by-step definition.
  SteppedProblem stepped(std::size_t p) const {
    SteppedProblem out;
    const BinaryProblem& problem = problems_[p];
    for (std::int64_t t = 0; t < problem.rows(); ++t) {
      const std::int64_t row = problem.kernel_row(t);
      for (std::int64_t s = 0; s < problem.rows(); ++s)
        out.kernel.push_back(points_.k(row, problem.kernel_row(s)));
      out.diagonal.push_back(points_.k(row, row));
      out.y.push_back(t < problem.first_rows ? 1.0 : -1.0);
    }
    out.upper = upper(p);
    test::reference::start(out);
    return out;
  }

  // Only the rows that take part.
  Dual dual(std::size_t p, const std::vector<double>& alpha, std::vector<double>& kept) const {
    const SteppedProblem all = stepped(p);
    Dual d;
    kept.clear();
    std::vector<std::size_t> rows;
    for (std::size_t t = 0; t < all.size(); ++t)
      if (all.upper[t] > 0.0) rows.push_back(t);
    for (std::size_t i : rows) {
      for (std::size_t j : rows) d.kernel.push_back(all.kernel[i * all.size() + j]);
      d.y.push_back(all.y[i]);
      d.upper.push_back(all.upper[i]);
      kept.push_back(alpha[i]);
    }
    return d;
  }

  void expect_sentinels() const {
    std::vector<bool> used(upper_.size(), false);
    for (const BinaryProblem& p : problems_)
      for (std::int64_t t = 0; t < p.rows(); ++t) used[at(p.offset + t)] = true;
    const std::vector<double> a = alpha(), f = gradient();
    for (std::size_t i = 0; i < used.size(); ++i)
      if (!used[i]) {
        EXPECT_EQ(a[i], untouched_value);
        EXPECT_EQ(f[i], untouched_value);
      }
  }

 private:
  core::SmoOps& ops() const { return *ctx_.queue().ops().smo; }
  ConstMatrixView kernel_view() const {
    return std::as_const(kernel_).view().some_cols(16, points_.rows);
  }

  const Context& ctx_;
  const Points& points_;
  std::vector<BinaryProblem> problems_;
  std::vector<double> upper_;
  Matrix kernel_;
  Buffer<float> diagonal_;
  Buffer<BinaryProblem> device_problems_;
  Buffer<double> device_upper_, alpha_, gradient_;
  Buffer<SmoState> states_;
  std::vector<const float*> addresses_;  // kernel row -> where it lies on the device, or null
};

inline std::vector<double> random_upper(std::int64_t rows, std::mt19937& random) {
  std::vector<double> upper(at(rows));
  for (double& c : upper) c = random() % 4 == 0 ? 0.0 : 0.5 + double(random() % 100) / 10.0;
  return upper;
}

// Problems of several sizes, rows 0 to 272 a side.
inline void add_mixed_problems(Batch& batch, unsigned seed) {
  std::mt19937 random(seed);
  for (const BinaryProblem& p : {BinaryProblem{0, 16, 16, 16}, BinaryProblem{0, 272, 272, 48},
                                 BinaryProblem{32, 32, 128, 112}, BinaryProblem{304, 16, 0, 16}})
    batch.add(p, random_upper(p.rows(), random));
}

}  // namespace whiteline::test
