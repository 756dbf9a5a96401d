// Leading components of a matrix on the device, whatever was done to it before.
#pragma once

#include <whiteline/pca.hpp>

#include <vector>

namespace whiteline::pca_detail {

struct Decomposition {
  std::vector<double> variance;  // squared singular values over x.rows, descending
  std::vector<float> loadings;   // components x x.cols
};

Decomposition by_covariance(const Context& ctx, ConstMatrixView x, const PcaParams& params);
Decomposition by_random_directions(const Context& ctx, ConstMatrixView x, const PcaParams& params);

}  // namespace whiteline::pca_detail
