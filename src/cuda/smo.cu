#include "cuda/cuda_backend.hpp"

namespace whiteline::cuda {

std::unique_ptr<core::SmoOps> make_smo(CudaQueue&) { return nullptr; }

}  // namespace whiteline::cuda
