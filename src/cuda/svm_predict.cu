#include "cuda/cuda_backend.hpp"

namespace whiteline::cuda {

std::unique_ptr<core::SvmPredictOps> make_svm_predict(CudaQueue&) { return nullptr; }

}  // namespace whiteline::cuda
