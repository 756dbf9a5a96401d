#include "cuda/cuda_backend.hpp"

namespace whiteline::cuda {

std::unique_ptr<core::PreprocessOps> make_preprocess(CudaQueue&) { return nullptr; }

}  // namespace whiteline::cuda
