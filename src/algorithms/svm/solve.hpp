// Solving many binary problems on one kernel matrix, in rounds that can be cancelled.
#pragma once

#include <string_view>

#include "algorithms/svm/data.hpp"

namespace whiteline::svm {

enum class FinalCheck {
  none,
  fresh_gradient,  // a solution counts only if its gap holds for a gradient computed afresh
};

struct SolveOptions {
  double tolerance;
  std::int64_t max_iterations;  // a problem; 0: max(10^7, 100 rows)
  FinalCheck check;
  std::string_view stage;  // for `progress`, whose units are problems
  const Progress& progress;
};

// alpha and gradient of problem p lie at problems[p].offset, in the order of its rows.
struct Solutions {
  std::vector<formulas::BinaryProblem> problems;
  std::vector<double> upper, alpha, gradient;
  std::vector<formulas::SmoState> states;
  std::int64_t rows_computed = 0;  // of the kernel matrix, for these problems
  double kernel_seconds = 0.0, solver_seconds = 0.0;
};

// `kernel` is resolved; `upper`: C_i of all problems' rows, by offset. Throws Cancelled when
// `progress` says so.
Solutions solve_problems(TrainingSet& set, const Kernel& kernel,
                         std::vector<formulas::BinaryProblem> problems, std::vector<double> upper,
                         const SolveOptions& options);

// What follows from one problem's solution.
struct BinarySolution {
  double rho = 0.0;        // of the centred kernel
  double objective = 0.0;  // of the dual
  double gap = 0.0;        // of the KKT conditions, over all rows
  std::int64_t free_support_vectors = 0, bounded_support_vectors = 0;
};
BinarySolution evaluate(const Solutions& solutions, std::size_t problem);

}  // namespace whiteline::svm
