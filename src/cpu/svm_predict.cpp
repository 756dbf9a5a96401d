#include "cpu/cpu_backend.hpp"

namespace whiteline::cpu {

std::unique_ptr<core::SvmPredictOps> make_svm_predict(core::ThreadPool&) { return nullptr; }

}  // namespace whiteline::cpu
