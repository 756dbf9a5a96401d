// Layouts on the CPU by the instructions of one set.
#pragma once

#include "core/ops/layout.hpp"
#include "core/parallel.hpp"
#include "cpu/isa.hpp"

namespace whiteline::cpu {

// `pool` outlives what is made.
WHITELINE_EXPORT std::unique_ptr<core::LayoutOps> make_layout(core::ThreadPool& pool, Isa isa);

}  // namespace whiteline::cpu
