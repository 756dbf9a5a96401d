#include "cpu/cpu_backend.hpp"

namespace whiteline::cpu {

std::unique_ptr<core::KernelMatrixOps> make_kernel_matrix(core::ThreadPool&) { return nullptr; }

}  // namespace whiteline::cpu
