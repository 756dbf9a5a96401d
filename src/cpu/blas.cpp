#include "cpu/cpu_backend.hpp"

namespace whiteline::cpu {

std::unique_ptr<core::BlasOps> make_blas(core::ThreadPool&) { return nullptr; }

}  // namespace whiteline::cpu
