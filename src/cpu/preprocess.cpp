#include "cpu/cpu_backend.hpp"

namespace whiteline::cpu {

std::unique_ptr<core::PreprocessOps> make_preprocess(core::ThreadPool&) { return nullptr; }

}  // namespace whiteline::cpu
