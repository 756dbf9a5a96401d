#include "network_minibatch.cuh"

#include "cuda/network_ops.cuh"

namespace whiteline::cuda {

namespace {

kernels::MinibatchPairs pairs(ConstMatrixView m, const core::MinibatchKernels& shape) {
  return {table(m), m.rows / shape.minibatches, shape.depth};
}

}  // namespace

void CudaNetwork::minibatch_forward(ConstMatrixView m, const core::MinibatchKernels& shape,
                                    MatrixView o) {
  each_cell(kernels::MinibatchForward{pairs(m, shape), table(o)}, m.rows, shape.kernels);
}

void CudaNetwork::minibatch_backward(ConstMatrixView m, const core::MinibatchKernels& shape,
                                     ConstMatrixView output_gradient, MatrixView dm) {
  each_cell(kernels::MinibatchBackward{pairs(m, shape), table(output_gradient), table(dm)}, m.rows,
            shape.kernels);
}

}  // namespace whiteline::cuda
