// What a search does with solved binary problems: warm starts at a larger C, summaries, and
// decisions of rows that were held out. One problem each; contracts in core/ops/smo.hpp.
#pragma once

#include "core/ops/smo.hpp"

namespace whiteline::cpu {

void grow_problem(double growth, const formulas::BinaryProblem& problem, double* upper,
                  double* alpha, double* gradient);

core::BinarySummary summarize_problem(const formulas::BinaryProblem& problem, const double* upper,
                                      const double* alpha, const double* gradient);

void decide_problem(const core::KernelRows& kernel, const formulas::BinaryProblem& problem,
                    const double* alpha, const double* gradient, const std::int32_t* rows,
                    const core::HeldOutRows& held, double* decisions);

}  // namespace whiteline::cpu
