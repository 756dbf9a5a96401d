#include "core/symmetric_eigen.hpp"

#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "formulas/philox.hpp"

namespace whiteline::core {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// A symmetric tridiagonal matrix: diagonal, and the elements beside it.
struct Tridiagonal {
  VectorXd diagonal, beside;

  double norm() const {
    return diagonal.cwiseAbs().maxCoeff() + 2.0 * beside.cwiseAbs().maxCoeff();
  }

  VectorXd times(const VectorXd& x) const {
    const Index last = diagonal.size() - 1;
    VectorXd y = diagonal.cwiseProduct(x);
    y.head(last) += beside.cwiseProduct(x.tail(last));
    y.tail(last) += beside.cwiseProduct(x.head(last));
    return y;
  }
};

// (T - shift) factored by Gaussian elimination with row exchanges; pivots that vanish are `tiny`.
class ShiftedFactors {
 public:
  ShiftedFactors(const Tridiagonal& t, double shift, double tiny)
      : upper_(t.diagonal.array() - shift),
        above_(VectorXd::Zero(t.diagonal.size())),
        far_(VectorXd::Zero(t.diagonal.size())),
        factor_(VectorXd::Zero(t.diagonal.size())),
        exchanged_(static_cast<std::size_t>(t.diagonal.size()), false) {
    const Index last = t.diagonal.size() - 1;
    above_.head(last) = t.beside;
    for (Index i = 0; i < last; ++i) {
      double below = t.beside[i];
      if (std::abs(below) > std::abs(upper_[i])) {
        exchanged_[static_cast<std::size_t>(i)] = true;
        std::swap(upper_[i], below);
        std::swap(above_[i], upper_[i + 1]);
        std::swap(far_[i], above_[i + 1]);
      }
      if (std::abs(upper_[i]) < tiny) upper_[i] = tiny;
      factor_[i] = below / upper_[i];
      upper_[i + 1] -= factor_[i] * above_[i];
      above_[i + 1] -= factor_[i] * far_[i];
    }
    if (std::abs(upper_[last]) < tiny) upper_[last] = tiny;
  }

  VectorXd solve(VectorXd x) const {
    const Index last = x.size() - 1;
    for (Index i = 0; i < last; ++i) {
      if (exchanged_[static_cast<std::size_t>(i)]) std::swap(x[i], x[i + 1]);
      x[i + 1] -= factor_[i] * x[i];
    }
    for (Index i = last; i >= 0; --i) {
      if (i < last) x[i] -= above_[i] * x[i + 1];
      if (i + 1 < last) x[i] -= far_[i] * x[i + 2];
      x[i] /= upper_[i];
    }
    return x;
  }

 private:
  VectorXd upper_, above_, far_, factor_;
  std::vector<bool> exchanged_;  // rows i and i + 1, in step i
};

VectorXd random_start(Index size, Index number) {
  VectorXd x(size);
  for (Index i = 0; i < size; ++i)
    x[i] = double(formulas::uniform(formulas::philox_word(
               1, std::uint64_t(i), std::uint32_t(number), 0, formulas::Purpose::init))) -
           0.5;
  return x.normalized();
}

// Eigenvectors of the `count` largest eigenvalues (ascending, all given) by inverse iteration,
// those of close eigenvalues kept orthogonal, as LAPACK's dstein does (E. Anderson et al., LAPACK
// Users' Guide). Empty where one of them does not converge.
MatrixXd by_inverse_iteration(const Tridiagonal& t, const VectorXd& values, Index count) {
  const Index size = t.diagonal.size();
  const double norm = t.norm(), close = 1e-3 * norm, step = 1e-15 * norm;
  MatrixXd vectors(size, count);
  double shift = 0.0;
  for (Index k = 0; k < count; ++k) {
    const double value = values[size - 1 - k];
    shift = k > 0 && value > shift - 10.0 * step ? shift - 10.0 * step : value;
    const ShiftedFactors factors(t, shift, step);
    VectorXd x = random_start(size, k);
    bool converged = false;
    for (int iteration = 0; iteration < 8 && !converged; ++iteration) {
      x = factors.solve(x).normalized();
      for (int pass = 0; pass < 2; ++pass)
        for (Index other = 0; other < k; ++other)
          if (values[size - 1 - other] - value < close)
            x -= vectors.col(other).dot(x) * vectors.col(other);
      x.normalize();
      converged = (t.times(x) - value * x).norm() <= 1e-11 * norm && iteration > 0;
    }
    if (!converged) return {};
    vectors.col(k) = x;
  }
  return vectors;
}

SymmetricEigen in_order(const VectorXd& ascending, const MatrixXd& vectors) {
  SymmetricEigen found;
  found.values.assign(ascending.data(), ascending.data() + ascending.size());
  std::reverse(found.values.begin(), found.values.end());
  for (Index k = 0; k < vectors.cols(); ++k) {
    Index largest = 0;
    vectors.col(k).cwiseAbs().maxCoeff(&largest);
    const double sign = vectors(largest, k) < 0.0 ? -1.0 : 1.0;
    for (Index i = 0; i < vectors.rows(); ++i) found.vectors.push_back(sign * vectors(i, k));
  }
  return found;
}

}  // namespace

SymmetricEigen symmetric_eigen(std::span<const double> matrix, std::int64_t size,
                               std::int64_t count) {
  if (size == 0) return {};
  // Column-major, so that the row-major upper triangle is the lower one here.
  const MatrixXd a = Eigen::Map<const MatrixXd>(matrix.data(), size, size);
  const MatrixXd full = a.selfadjointView<Eigen::Lower>();
  Eigen::SelfAdjointEigenSolver<MatrixXd> solver;
  constexpr Index small = 96;
  if (size > small && count * 4 < size) {
    const Eigen::Tridiagonalization<MatrixXd> reduced(full);
    const Tridiagonal t{reduced.diagonal(), reduced.subDiagonal()};
    solver.computeFromTridiagonal(t.diagonal, t.beside, Eigen::EigenvaluesOnly);
    const VectorXd values = solver.eigenvalues();
    if (count == 0) return in_order(values, MatrixXd(size, 0));
    const MatrixXd vectors = by_inverse_iteration(t, values, count);
    if (vectors.cols() == count) return in_order(values, reduced.matrixQ() * vectors);
  }
  solver.compute(full);
  return in_order(solver.eigenvalues(), solver.eigenvectors().rowwise().reverse().leftCols(count));
}

}  // namespace whiteline::core
