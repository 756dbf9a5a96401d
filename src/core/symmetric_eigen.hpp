// Eigenvalues and leading eigenvectors of small symmetric matrices, on the host.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <whiteline/error.hpp>

namespace whiteline::core {

struct SymmetricEigen {
  std::vector<double> values;   // all, descending
  std::vector<double> vectors;  // count x size: one a row, of unit length, largest element > 0
};

// matrix: size x size, of which the upper triangle is read; finite. 0 <= count <= size.
WHITELINE_EXPORT SymmetricEigen symmetric_eigen(std::span<const double> matrix, std::int64_t size,
                                                std::int64_t count);

}  // namespace whiteline::core
