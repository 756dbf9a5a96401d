#include "cuda/network_multiply.cuh"

namespace whiteline::cuda {

namespace {

kernels::ByRow<kernels::TableLines> by_row(ConstMatrixView view) { return {lines(view)}; }
kernels::ByDepth<kernels::TableLines> by_depth(ConstMatrixView view) { return {lines(view)}; }

}  // namespace

void CudaNetwork::dense_forward(ConstMatrixView x, ConstMatrixView weights, ConstMatrixView bias,
                                Activation activation, MatrixView y) {
  multiply(queue_, by_row(x), by_depth(weights), y.rows, y.cols, x.cols, 1,
           kernels::ActivateSums{table(y), table(y).has_quads(), bias.data, activation});
}

void CudaNetwork::dense_backward(ConstMatrixView x, ConstMatrixView dz,
                                 const core::Parameter& weights, const core::Descent& descent,
                                 MatrixView dx, core::Into into) {
  if (dx.data)
    multiply(queue_, by_row(dz), by_row(weights.values), dx.rows, dx.cols, dz.cols, 1,
             kernels::AddSums{table(dx), table(dx).has_quads(), into == core::Into::add});
  follow_products(by_depth(x), by_depth(dz), weights, x.rows, descent);
}

}  // namespace whiteline::cuda
