// All splits and pairs of classes on one kernel matrix, from the lowest C to the highest.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "algorithms/svm/data.hpp"
#include "algorithms/svm/search_splits.hpp"
#include "core/ops/smo.hpp"

namespace whiteline::svm {

// What one C came to.
struct ChainStep {
  std::vector<std::vector<std::int32_t>> voted;  // by split: the classes of its asked rows
  double support_vectors = 0.0;                  // mean over splits
  std::int64_t iterations = 0;
  SolveStatus status = SolveStatus::converged;
};

// Called with the number of binary problems solved; throws Cancelled to stop.
using SolvedProblems = std::function<void(std::int64_t)>;

class ChainSolver {
 public:
  // `set` must outlive this.
  ChainSolver(TrainingSet& set, const SvmParams& params, std::vector<Split> splits);

  std::int64_t problems() const { return std::int64_t(problems_.size()); }
  std::int64_t numbers() const { return std::int64_t(unit_upper_.size()); }  // rows of all problems

  // `kernel` is resolved, `Cs` ascend, each above 0; `done(i, step)` after each. `warm`: from the
  // solution of the C before, scaled; else each C from nothing.
  void run(const Kernel& kernel, const std::vector<double>& Cs, bool warm,
           const SolvedProblems& solved, const std::function<void(std::size_t, ChainStep)>& done);

 private:
  void compute_matrix(const Kernel& kernel, const SolvedProblems& solved);
  void start(double C);
  void solve(const core::KernelRows& kernel, const SolvedProblems& solved);
  ChainStep read(const core::KernelRows& kernel);
  double mean_support_vectors() const;
  std::vector<std::int32_t> votes(std::size_t split, const std::vector<double>& decisions,
                                  const std::vector<core::BinarySummary>& summaries) const;
  core::SmoOps& ops() const;

  TrainingSet& set_;
  SvmParams params_;
  std::vector<Split> splits_;
  std::size_t pairs_;
  std::vector<formulas::BinaryProblem> problems_;  // split by split
  std::vector<double> unit_upper_;                 // by offset
  std::vector<core::HeldOutRows> held_;
  std::vector<formulas::SmoState> states_;
  double steps_a_second_ = 1e5;  // of all problems together, as last measured

  Matrix matrix_;  // kernel rows x kernel rows
  core::Buffer<formulas::BinaryProblem> device_problems_;
  core::Buffer<double> upper_, alpha_, gradient_, decisions_;
  core::Buffer<formulas::SmoState> device_states_;
  core::Buffer<core::BinarySummary> summaries_;
  core::Buffer<std::int32_t> asked_;
  core::Buffer<core::HeldOutRows> device_held_;
};

}  // namespace whiteline::svm
