// Kernel matrices that the caller computed.
#pragma once

#include <whiteline/matrix.hpp>

#include <cstdint>
#include <vector>

#include "core/buffer.hpp"

namespace whiteline::svm {

// The diagonal of K. Throws InvalidArgument unless K is square and |K(i, j) - K(j, i)| <= 1e-5
// max |K|. Takes as much memory on the host as K. Waits.
std::vector<float> checked_diagonal(const Matrix& K);

// out(r, s) = K(order[r], order[s]); 0 where one of them is negative. out: as many rows and columns
// as `order` has numbers. Takes as much memory on the host as K.
void sort_kernel(const Context& ctx, const Matrix& K, const std::vector<std::int32_t>& order,
                 MatrixView out);

}  // namespace whiteline::svm
