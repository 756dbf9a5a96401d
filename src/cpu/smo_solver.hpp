// core::SmoOps::advance of one problem.
#pragma once

#include <cstdint>
#include <vector>

#include "core/ops/smo.hpp"
#include "core/parallel.hpp"
#include "cpu/smo_passes.hpp"

namespace whiteline::cpu {

// Problems of more rows are worth the threads' attention one after another: a pass over them takes
// longer than to hand it out.
constexpr std::int64_t long_problem_rows = 32768;

// A problem at work: its numbers, and which rows may move up or down.
class SmoSolver {
 public:
  // `upper`, `alpha`, `gradient`: of all problems.
  SmoSolver(const core::KernelRows& kernel, const formulas::BinaryProblem& problem,
            const double* upper, double* alpha, double* gradient);

  // Passes are cut into pieces for the pool's threads; no bit depends on it.
  void use_threads(core::ThreadPool& pool);

  void advance(formulas::SmoState& state, const formulas::SmoLimits& limits);

 private:
  // A step whose effect on the gradient is still to come.
  struct Pending {
    double length = 0.0;
    std::int64_t u = -1, j = -1;
  };
  // Part of a side, as a problem of which the other side is empty.
  struct Piece {
    int side;
    std::int64_t first;  // row of the side
    SmoSegment sides[smo_sides];
  };

  SmoSegment segment(std::int64_t first, std::int64_t rows, std::int64_t begin);
  SideColumns columns(std::int64_t t) const;
  bool there(std::int64_t t) const { return rows_[problem_.kernel_row(t)]; }
  void hide_missing();
  void mark(std::int64_t t);
  Violation extremes_of_all() const;
  bool look_at_all(const Violation& near, double tolerance, formulas::SmoState& state) const;
  Violation update(const Pending& pending) const;
  Partner choose(std::int64_t u, double f_u) const;
  bool step(const Violation& violation, Pending& pending);

  const float* const* rows_;
  const float* diagonal_;
  const formulas::BinaryProblem& problem_;
  const double* upper_;
  double* alpha_;
  double* gradient_;
  std::vector<std::uint16_t> up_, low_;
  const SmoPasses& passes_;
  SmoSegment segments_[smo_sides];
  bool some_missing_ = false;
  core::ThreadPool* pool_ = nullptr;
  std::vector<Piece> pieces_;  // none: whole passes
};

}  // namespace whiteline::cpu
