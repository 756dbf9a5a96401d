#include "core/nuclear_norm.hpp"

#include <Eigen/QR>
#include <Eigen/SVD>

#include <algorithm>

namespace whiteline::core {

namespace {

using Eigen::MatrixXd;
using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// R of Q R = table.
MatrixXd triangle(const Eigen::Map<const Rows>& table) {
  const Eigen::HouseholderQR<MatrixXd> factors(table);
  return factors.matrixQR().topRows(table.cols()).triangularView<Eigen::Upper>();
}

}  // namespace

double nuclear_norm_of_product(const DoubleTable& a, const DoubleTable& b) {
  const Eigen::Map<const Rows> p(a.values.data(), a.rows, a.columns);
  const Eigen::Map<const Rows> r(b.values.data(), b.rows, b.columns);
  const bool has_many_rows = std::min(a.rows, b.rows) > a.columns;
  const MatrixXd product =
      has_many_rows ? MatrixXd(triangle(p) * triangle(r).transpose()) : MatrixXd(p * r.transpose());
  return Eigen::BDCSVD<MatrixXd>(product).singularValues().sum();
}

}  // namespace whiteline::core
