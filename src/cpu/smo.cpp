#include "cpu/cpu_backend.hpp"

namespace whiteline::cpu {

std::unique_ptr<core::SmoOps> make_smo(core::ThreadPool&) { return nullptr; }

}  // namespace whiteline::cpu
