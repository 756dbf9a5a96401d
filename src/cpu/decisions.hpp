// Decision functions on the CPU: models packed once, spectra taken a block at a time.
#pragma once

#include <memory>

#include "core/ops/svm_predict.hpp"
#include "core/parallel.hpp"

namespace whiteline::cpu {

// `pool` outlives what is made.
std::unique_ptr<core::DecisionFunctions> make_kernel_decisions(core::ThreadPool& pool,
                                                               const core::KernelDecisions& model);
std::unique_ptr<core::DecisionFunctions> make_primal_decisions(core::ThreadPool& pool,
                                                               const core::PrimalDecisions& model);

}  // namespace whiteline::cpu
