// The matrix product by its definition, in double.
#pragma once

#include <cmath>

#include "support/framed.hpp"

namespace whiteline::test::reference {

inline Table transposed(const Table& x) {
  Table out(x.cols, x.rows);
  for (std::int64_t r = 0; r < x.rows; ++r)
    for (std::int64_t c = 0; c < x.cols; ++c) out(c, r) = x(r, c);
  return out;
}

// One element of a product, and the sum of the magnitudes of its terms.
struct Sum {
  double value = 0.0, magnitude = 0.0;
};

// Row i of a times row j of b.
inline Sum row_product(const Table& a, std::int64_t i, const Table& b, std::int64_t j) {
  Sum sum;
  for (std::int64_t k = 0; k < a.cols; ++k) {
    const double term = double(a(i, k)) * double(b(j, k));
    sum.value += term;
    sum.magnitude += std::abs(term);
  }
  return sum;
}

}  // namespace whiteline::test::reference
