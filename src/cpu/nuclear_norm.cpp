#include "core/nuclear_norm.hpp"

#include <Eigen/Eigenvalues>
#include <Eigen/QR>

#include <algorithm>

namespace whiteline::core {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// R of Q R = table.
MatrixXd triangle(const Eigen::Map<const Rows>& table) {
  const Eigen::HouseholderQR<MatrixXd> factors(table);
  return factors.matrixQR().topRows(table.cols()).triangularView<Eigen::Upper>();
}

// The diagonals of the bidiagonal matrix with the singular values of `a`, which has no more columns
// than rows and is used up: d_0, e_0, d_1, e_1, ..., d_last. G. Golub and W. Kahan, J. SIAM Numer.
// Anal. B 2 (1965) 205.
VectorXd bidiagonal(MatrixXd& a) {
  const Index rows = a.rows(), columns = a.cols();
  VectorXd diagonals(2 * columns - 1), work(rows);
  double scale = 0.0;
  for (Index k = 0; k < columns; ++k) {
    const Index right = columns - k - 1;
    auto column = a.col(k).tail(rows - k);
    column.makeHouseholderInPlace(scale, diagonals[2 * k]);
    a.bottomRightCorner(rows - k, right)
        .applyHouseholderOnTheLeft(column.tail(rows - k - 1), scale, work.data());
    if (right == 0) continue;
    auto row = a.row(k).tail(right);
    row.makeHouseholderInPlace(scale, diagonals[2 * k + 1]);
    a.bottomRightCorner(rows - k - 1, right)
        .applyHouseholderOnTheRight(row.tail(right - 1).transpose(), scale, work.data());
  }
  return diagonals;
}

// Singular values are the eigenvalues >= 0 of the symmetric tridiagonal matrix with zeros on its
// diagonal and those numbers beside it; the others are their negatives.
double nuclear_norm(MatrixXd a) {
  if (a.size() == 0) return 0.0;
  if (a.cols() > a.rows()) a.transposeInPlace();
  const VectorXd beside = bidiagonal(a);
  Eigen::SelfAdjointEigenSolver<MatrixXd> solver;
  solver.computeFromTridiagonal(VectorXd::Zero(beside.size() + 1), beside, Eigen::EigenvaluesOnly);
  return 0.5 * solver.eigenvalues().cwiseAbs().sum();
}

}  // namespace

double nuclear_norm_of_product(const DoubleTable& a, const DoubleTable& b) {
  const Eigen::Map<const Rows> p(a.values.data(), a.rows, a.columns);
  const Eigen::Map<const Rows> r(b.values.data(), b.rows, b.columns);
  const bool has_many_rows = std::min(a.rows, b.rows) > a.columns;
  return nuclear_norm(has_many_rows ? MatrixXd(triangle(p) * triangle(r).transpose())
                                    : MatrixXd(p * r.transpose()));
}

}  // namespace whiteline::core
