#include "cpu/smo_solver.hpp"

#include <algorithm>

#include "cpu/smo_rows.hpp"

namespace whiteline::cpu {

using formulas::SmoState;
using formulas::SmoStatus;

namespace {

constexpr std::int64_t block_rows = formulas::smo_block;
constexpr std::int64_t piece_rows = 4096;  // of a pass cut for threads

SideColumns moved(const SideColumns& columns, std::int64_t rows) {
  SideColumns out = columns;
  for (const float*& side : out.of)
    if (side) side += rows;
  return out;
}

}  // namespace

SmoSolver::SmoSolver(const core::KernelRows& kernel, const formulas::BinaryProblem& problem,
                     const double* upper, double* alpha, double* gradient)
    : rows_(kernel.rows.data + problem.table),
      diagonal_(kernel.diagonal.data),
      problem_(problem),
      upper_(upper + problem.offset),
      alpha_(alpha + problem.offset),
      gradient_(gradient + problem.offset),
      up_(static_cast<std::size_t>(problem.rows() / block_rows)),
      low_(up_.size()),
      passes_(smo_passes(isa())) {
  mark_blocks(problem, upper_, alpha_, up_.data(), low_.data());
  hide_missing();
  segments_[0] = segment(0, problem.first_rows, problem.first_begin);
  segments_[1] = segment(problem.first_rows, problem.second_rows, problem.second_begin);
}

void SmoSolver::use_threads(core::ThreadPool& pool) {
  pool_ = &pool;
  for (int side = 0; side < smo_sides; ++side) {
    const SmoSegment& whole = segments_[side];
    const std::int64_t rows = whole.blocks * block_rows;
    for (std::int64_t first = 0; first < rows; first += piece_rows) {
      Piece piece{side, first, {}};
      piece.sides[side] = {whole.gradient + first,
                           whole.diagonal + first,
                           whole.up + first / block_rows,
                           whole.low + first / block_rows,
                           std::min(piece_rows, rows - first) / block_rows,
                           whole.first_row + first};
      pieces_.push_back(piece);
    }
  }
}

void SmoSolver::advance(SmoState& state, const formulas::SmoLimits& limits) {
  Pending pending;
  for (std::int64_t steps = 0;; ++steps) {
    const Violation there = update(pending);
    state.gap = there.gap();
    bool waits = false;
    if (state.gap < std::max(limits.tolerance, state.settled_gap) ||
        state.iterations >= limits.max_iterations)
      waits = look_at_all(there, limits.tolerance, state);
    if (state.gap < limits.tolerance) {
      state.status = SmoStatus::converged;
      return;
    }
    if (state.iterations >= limits.max_iterations) {
      state.status = SmoStatus::iteration_limit;
      return;
    }
    if (steps >= limits.steps) return;
    if (waits) {
      state.status = SmoStatus::wants_row;
      return;
    }
    if (!step(there, pending)) {
      state.status = formulas::status_after_stall(++state.stalls);
      return;
    }
    ++state.iterations;
  }
}

SmoSegment SmoSolver::segment(std::int64_t first, std::int64_t rows, std::int64_t begin) {
  const std::int64_t block = first / block_rows;
  return {gradient_ + first,   diagonal_ + begin, up_.data() + block,
          low_.data() + block, rows / block_rows, first};
}

SideColumns SmoSolver::columns(std::int64_t t) const {
  const float* row = rows_[problem_.kernel_row(t)];
  return {{row + problem_.first_begin, row + problem_.second_begin}};
}

// Rows that are missing are no candidates.
void SmoSolver::hide_missing() {
  for (std::int64_t t = 0; t < problem_.rows(); ++t) {
    if (there(t)) continue;
    some_missing_ = true;
    const auto others = static_cast<std::uint16_t>(~(1u << (t % block_rows)));
    up_[std::size_t(t / block_rows)] &= others;
    low_[std::size_t(t / block_rows)] &= others;
  }
}

Violation SmoSolver::extremes_of_all() const {
  std::vector<std::uint16_t> up(up_.size()), low(up_.size());
  mark_blocks(problem_, upper_, alpha_, up.data(), low.data());
  SmoSegment sides[smo_sides] = {segments_[0], segments_[1]};
  for (SmoSegment& side : sides) {
    side.up = up.data() + side.first_row / block_rows;
    side.low = low.data() + side.first_row / block_rows;
  }
  return passes_.update(sides, {}, {}, 0.0);
}

// The gap of all rows, whose gradients are up to date, and whether it takes one that is missing
// to close it, where those that are there have the extremes `near`.
bool SmoSolver::look_at_all(const Violation& near, double tolerance, SmoState& state) const {
  const Violation all = some_missing_ ? extremes_of_all() : near;
  state.gap = all.gap();
  state.settled_gap = formulas::next_settled_gap(state.gap);
  if (!(near.gap() < std::max(tolerance, state.settled_gap))) return false;
  if (all.row < 0 || state.gap < tolerance) return true;
  std::int64_t t = all.row;
  if (there(t))  // then what falls is missing
    for (t = 0;
         gradient_[t] != all.most_low || !formulas::in_low(problem_.sign(t), alpha_[t], upper_[t]);)
      ++t;
  state.wanted_row = problem_.kernel_row(t);
  return true;
}

void SmoSolver::mark(std::int64_t t) {
  const double sign = problem_.sign(t);
  const auto bit = static_cast<std::uint16_t>(1u << (t % block_rows));
  const auto set = [&](std::uint16_t& bits, bool value) {
    bits = static_cast<std::uint16_t>(value ? bits | bit : bits & ~bit);
  };
  const auto block = static_cast<std::size_t>(t / block_rows);
  set(up_[block], formulas::in_up(sign, alpha_[t], upper_[t]));
  set(low_[block], formulas::in_low(sign, alpha_[t], upper_[t]));
}

Violation SmoSolver::update(const Pending& pending) const {
  const bool moves = pending.u >= 0;
  const SideColumns u = moves ? columns(pending.u) : SideColumns{},
                    j = moves ? columns(pending.j) : SideColumns{};
  if (pieces_.empty()) return passes_.update(segments_, u, j, pending.length);
  std::vector<Violation> found(pieces_.size());
  pool_->run(std::ssize(pieces_), [&](std::int64_t i) {
    const Piece& piece = pieces_[std::size_t(i)];
    found[std::size_t(i)] =
        passes_.update(piece.sides, moved(u, piece.first), moved(j, piece.first), pending.length);
  });
  Violation all;
  for (const Violation& one : found) merge(all, one);
  return all;
}

// The row that gains most in a pair with u.
Partner SmoSolver::choose(std::int64_t u, double f_u) const {
  const float k_uu = diagonal_[problem_.kernel_row(u)];
  const SideColumns k_u = columns(u);
  if (pieces_.empty()) return passes_.choose(segments_, k_u, k_uu, f_u);
  std::vector<Partner> found(pieces_.size());
  pool_->run(std::ssize(pieces_), [&](std::int64_t i) {
    const Piece& piece = pieces_[std::size_t(i)];
    found[std::size_t(i)] = passes_.choose(piece.sides, moved(k_u, piece.first), k_uu, f_u);
  });
  Partner all;
  for (const Partner& one : found) merge(all, one);
  return all;
}

// Moves the pair that gains most; false: there is none.
bool SmoSolver::step(const Violation& violation, Pending& pending) {
  const std::int64_t u = violation.row;
  const float k_uu = diagonal_[problem_.kernel_row(u)];
  const std::int64_t j = choose(u, violation.least_up).row;
  if (j < 0) return false;
  const std::int64_t row_j = problem_.kernel_row(j);
  const float k_uj = rows_[problem_.kernel_row(u)][row_j];
  const formulas::SmoStep step = formulas::smo_step(
      gradient_[j] - violation.least_up, k_uu, diagonal_[row_j], k_uj, problem_.sign(u),
      problem_.sign(j), alpha_[u], alpha_[j], upper_[u], upper_[j]);
  if (!step.moved) return false;
  alpha_[u] = step.alpha_u;
  alpha_[j] = step.alpha_j;
  mark(u);
  mark(j);
  pending = {step.length, u, j};
  return true;
}

}  // namespace whiteline::cpu
