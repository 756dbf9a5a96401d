// Decision functions on the CPU: models packed once, spectra taken a block at a time.
#pragma once

#include <memory>

#include "core/ops/svm_predict.hpp"
#include "core/parallel.hpp"
#include "cpu/isa.hpp"

namespace whiteline::cpu {

// `pool` outlives what is made.
WHITELINE_EXPORT std::unique_ptr<core::DecisionFunctions> make_kernel_decisions(
    core::ThreadPool& pool, const core::KernelDecisions& model, Isa isa = cpu::isa());
WHITELINE_EXPORT std::unique_ptr<core::DecisionFunctions> make_primal_decisions(
    core::ThreadPool& pool, const core::PrimalDecisions& model, Isa isa = cpu::isa());

}  // namespace whiteline::cpu
