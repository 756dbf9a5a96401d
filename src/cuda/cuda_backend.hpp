// The GPUs of this machine as devices, and the op families they can do.
#pragma once

#include <memory>

#include "cuda/cuda_queue.hpp"

namespace whiteline::cuda {

// Finds the GPUs anew at each call: devices that come and go, and drivers that fail, show.
class CudaBackend final : public core::Backend {
 public:
  std::string_view name() const override;
  std::vector<DeviceInfo> devices() const override;
  std::shared_ptr<core::Queue> make_queue(int number, const ContextOptions& options) const override;
};

// One op family each, in the file of its name; the queue outlives what is made.
std::unique_ptr<core::BlasOps> make_blas(CudaQueue& queue);
std::unique_ptr<core::ReduceOps> make_reduce(CudaQueue& queue);
std::unique_ptr<core::PreprocessOps> make_preprocess(CudaQueue& queue);
std::unique_ptr<core::KernelMatrixOps> make_kernel_matrix(CudaQueue& queue);
std::unique_ptr<core::NeighborOps> make_neighbors(CudaQueue& queue);
std::unique_ptr<core::LayoutOps> make_layout(CudaQueue& queue);
std::unique_ptr<core::SmoOps> make_smo(CudaQueue& queue);
std::unique_ptr<core::SvmPredictOps> make_svm_predict(CudaQueue& queue);
std::unique_ptr<core::NetworkOps> make_network(CudaQueue& queue);
std::unique_ptr<core::DecisionFunctions> make_kernel_decisions(CudaQueue& queue,
                                                               const core::KernelDecisions& model);

// out[r, c] = float(raw[r * out.cols + c]), or float(raw[c * out.rows + r]).
void load_rows(CudaQueue& queue, NumberType type, const void* raw, MatrixView out);
void load_columns(CudaQueue& queue, NumberType type, const void* raw, MatrixView out);

}  // namespace whiteline::cuda
