// What SMO asks of kernel rows beside its steps: which ones to compute, and gradients from nothing.
// A problem's numbers (upper, alpha, gradient) begin at its first row.
#pragma once

#include <cstdint>

#include "core/ops/smo.hpp"

namespace whiteline::cpu {

// Bit r of up[b] and low[b]: may row smo_block b + r of the problem rise, may it fall?
void mark_blocks(const formulas::BinaryProblem& problem, const double* upper, const double* alpha,
                 std::uint16_t* up, std::uint16_t* low);

// Rows [begin, end) of a problem's gradient: what rows [first, last) of the kernel matrix add.
struct GradientPart {
  std::int64_t begin, end, first, last;
};
void rebuild_part(const core::KernelRows& kernel, const formulas::BinaryProblem& problem,
                  const double* alpha, double* gradient, const GradientPart& part);

// core::SmoOps::missing_rows of one problem; chosen[0] is the wanted row already.
void choose_violators(const core::KernelRows& kernel, const formulas::BinaryProblem& problem,
                      const double* upper, const double* alpha, const double* gradient,
                      std::int32_t count, std::int32_t* chosen);

}  // namespace whiteline::cpu
