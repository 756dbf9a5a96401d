#include <algorithm>
#include <cassert>
#include <vector>

#include "cpu/cpu_backend.hpp"
#include "cpu/smo_chain.hpp"
#include "cpu/smo_passes.hpp"
#include "cpu/smo_rows.hpp"

namespace whiteline::cpu {

namespace {

using formulas::BinaryProblem;
using formulas::SmoState;
using formulas::SmoStatus;

constexpr std::int64_t block_rows = formulas::smo_block;
constexpr std::int64_t rebuild_grain = 1024;  // rows a chunk

// One problem at work: its numbers, and which rows may move up or down.
class Solver {
 public:
  Solver(const core::KernelRows& kernel, const BinaryProblem& problem, const double* upper,
         double* alpha, double* gradient)
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

  void advance(SmoState& state, const formulas::SmoLimits& limits) {
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

 private:
  // A step whose effect on the gradient is still to come.
  struct Pending {
    double length = 0.0;
    std::int64_t u = -1, j = -1;
  };

  SmoSegment segment(std::int64_t first, std::int64_t rows, std::int64_t begin) {
    const std::int64_t block = first / block_rows;
    return {gradient_ + first,   diagonal_ + begin, up_.data() + block,
            low_.data() + block, rows / block_rows, first};
  }

  const float* kernel_row(std::int64_t t, int side) const {
    return rows_[problem_.kernel_row(t)] +
           (side == 0 ? problem_.first_begin : problem_.second_begin);
  }

  bool there(std::int64_t t) const { return rows_[problem_.kernel_row(t)]; }

  // Rows that are missing are no candidates.
  void hide_missing() {
    for (std::int64_t t = 0; t < problem_.rows(); ++t) {
      if (there(t)) continue;
      some_missing_ = true;
      const auto others = static_cast<std::uint16_t>(~(1u << (t % block_rows)));
      up_[std::size_t(t / block_rows)] &= others;
      low_[std::size_t(t / block_rows)] &= others;
    }
  }

  Violation extremes_of_all() const {
    std::vector<std::uint16_t> up(up_.size()), low(up_.size());
    mark_blocks(problem_, upper_, alpha_, up.data(), low.data());
    Violation all;
    for (SmoSegment side : segments_) {
      side.up = up.data() + side.first_row / block_rows;
      side.low = low.data() + side.first_row / block_rows;
      passes_.update(side, nullptr, nullptr, 0.0, all);
    }
    return all;
  }

  // The gap of all rows, whose gradients are up to date, and whether it takes one that is missing
  // to close it, where those that are there have the extremes `near`.
  bool look_at_all(const Violation& near, double tolerance, SmoState& state) const {
    const Violation all = some_missing_ ? extremes_of_all() : near;
    state.gap = all.gap();
    state.settled_gap = formulas::next_settled_gap(state.gap);
    if (!(near.gap() < std::max(tolerance, state.settled_gap))) return false;
    if (all.row < 0 || state.gap < tolerance) return true;
    std::int64_t t = all.row;
    if (there(t))  // then what falls is missing
      for (t = 0; gradient_[t] != all.most_low ||
                  !formulas::in_low(problem_.sign(t), alpha_[t], upper_[t]);)
        ++t;
    state.wanted_row = problem_.kernel_row(t);
    return true;
  }

  void mark(std::int64_t t) {
    const double sign = problem_.sign(t);
    const auto bit = static_cast<std::uint16_t>(1u << (t % block_rows));
    const auto set = [&](std::uint16_t& bits, bool value) {
      bits = static_cast<std::uint16_t>(value ? bits | bit : bits & ~bit);
    };
    const auto block = static_cast<std::size_t>(t / block_rows);
    set(up_[block], formulas::in_up(sign, alpha_[t], upper_[t]));
    set(low_[block], formulas::in_low(sign, alpha_[t], upper_[t]));
  }

  Violation update(const Pending& pending) const {
    Violation violation;
    for (int side = 0; side < 2; ++side) {
      const float* k_u = pending.u < 0 ? nullptr : kernel_row(pending.u, side);
      const float* k_j = pending.u < 0 ? nullptr : kernel_row(pending.j, side);
      passes_.update(segments_[side], k_u, k_j, pending.length, violation);
    }
    return violation;
  }

  // Moves the pair that gains most; false: there is none.
  bool step(const Violation& violation, Pending& pending) {
    const std::int64_t u = violation.row;
    const float k_uu = diagonal_[problem_.kernel_row(u)];
    Partner partner;
    for (int side = 0; side < 2; ++side)
      passes_.choose(segments_[side], kernel_row(u, side), k_uu, violation.least_up, partner);
    const std::int64_t j = partner.row;
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

  const float* const* rows_;
  const float* diagonal_;
  const BinaryProblem& problem_;
  const double* upper_;
  double* alpha_;
  double* gradient_;
  std::vector<std::uint16_t> up_, low_;
  const SmoPasses& passes_;
  SmoSegment segments_[2];
  bool some_missing_ = false;
};

class CpuSmo final : public core::SmoOps {
 public:
  explicit CpuSmo(core::ThreadPool& pool) : pool_(pool) {}

  void start(core::DeviceSpan<const BinaryProblem> problems, core::DeviceSpan<double> alpha,
             core::DeviceSpan<double> gradient, core::DeviceSpan<SmoState> states) override {
    pool_.run(problems.size, [&](std::int64_t p) {
      const BinaryProblem& problem = problems.data[p];
      for (std::int64_t t = 0; t < problem.rows(); ++t) {
        alpha.data[problem.offset + t] = 0.0;
        gradient.data[problem.offset + t] = -problem.sign(t);
      }
      states.data[p] = formulas::fresh_state();
    });
  }

  void advance(const core::KernelRows& kernel, core::DeviceSpan<const BinaryProblem> problems,
               core::DeviceSpan<const double> upper, core::DeviceSpan<double> alpha,
               core::DeviceSpan<double> gradient, core::DeviceSpan<SmoState> states,
               formulas::SmoLimits limits) override {
    for (std::int64_t p = 0; p < problems.size; ++p)
      if (states.data[p].status == SmoStatus::wants_row) states.data[p].status = SmoStatus::running;
    const std::vector<std::int64_t> live = with_status(problems, states, SmoStatus::running);
    pool_.run(std::int64_t(live.size()), [&](std::int64_t chunk) {
      const std::int64_t p = live[static_cast<std::size_t>(chunk)];
      Solver solver(kernel, problems.data[p], upper.data, alpha.data, gradient.data);
      solver.advance(states.data[p], limits);
    });
  }

  void missing_rows(const core::KernelRows& kernel, core::DeviceSpan<const BinaryProblem> problems,
                    core::DeviceSpan<const double> upper, core::DeviceSpan<const double> alpha,
                    core::DeviceSpan<const double> gradient,
                    core::DeviceSpan<const SmoState> states, std::int32_t count,
                    core::DeviceSpan<std::int32_t> out) override {
    assert(count >= 1 && out.size == problems.size * count);
    pool_.run(problems.size, [&](std::int64_t p) {
      std::int32_t* const chosen = out.data + p * count;
      if (states.data[p].status != SmoStatus::wants_row) {
        std::fill(chosen, chosen + count, -1);
        return;
      }
      const BinaryProblem& problem = problems.data[p];
      chosen[0] = static_cast<std::int32_t>(states.data[p].wanted_row);
      choose_violators(kernel, problem, upper.data + problem.offset, alpha.data + problem.offset,
                       gradient.data + problem.offset, count, chosen);
    });
  }

  void rebuild(const core::KernelRows& kernel, std::int64_t begin, std::int64_t end,
               core::DeviceSpan<const BinaryProblem> problems, core::DeviceSpan<const double> alpha,
               core::DeviceSpan<double> gradient, core::DeviceSpan<SmoState> states) override {
    struct Part {
      std::int64_t problem, begin, end;
    };
    std::vector<Part> parts;
    for (std::int64_t p : with_status(problems, states, SmoStatus::rebuild)) {
      const std::int64_t rows = problems.data[p].rows();
      for (std::int64_t first = 0; first < rows; first += rebuild_grain)
        parts.push_back({p, first, std::min(first + rebuild_grain, rows)});
      if (end == kernel.diagonal.size) states.data[p].status = SmoStatus::running;
    }
    pool_.run(std::int64_t(parts.size()), [&](std::int64_t chunk) {
      const Part& part = parts[static_cast<std::size_t>(chunk)];
      const BinaryProblem& problem = problems.data[part.problem];
      rebuild_part(kernel, problem, alpha.data + problem.offset, gradient.data + problem.offset,
                   {part.begin, part.end, begin, end});
    });
  }

  void grow(double growth, core::DeviceSpan<const BinaryProblem> problems,
            core::DeviceSpan<double> upper, core::DeviceSpan<double> alpha,
            core::DeviceSpan<double> gradient, core::DeviceSpan<SmoState> states) override {
    pool_.run(problems.size, [&](std::int64_t p) {
      grow_problem(growth, problems.data[p], upper.data, alpha.data, gradient.data);
      states.data[p] = formulas::fresh_state();
    });
  }

  void summarize(core::DeviceSpan<const BinaryProblem> problems,
                 core::DeviceSpan<const double> upper, core::DeviceSpan<const double> alpha,
                 core::DeviceSpan<const double> gradient,
                 core::DeviceSpan<core::BinarySummary> summaries) override {
    pool_.run(problems.size, [&](std::int64_t p) {
      summaries.data[p] =
          summarize_problem(problems.data[p], upper.data, alpha.data, gradient.data);
    });
  }

  void decide_rows(const core::KernelRows& kernel, core::DeviceSpan<const BinaryProblem> problems,
                   core::DeviceSpan<const double> alpha, core::DeviceSpan<const double> gradient,
                   core::DeviceSpan<const std::int32_t> rows,
                   core::DeviceSpan<const core::HeldOutRows> held,
                   core::DeviceSpan<double> decisions) override {
    pool_.run(problems.size, [&](std::int64_t p) {
      decide_problem(kernel, problems.data[p], alpha.data, gradient.data, rows.data, held.data[p],
                     decisions.data);
    });
  }

 private:
  // Largest first, so that threads finish together.
  static std::vector<std::int64_t> with_status(core::DeviceSpan<const BinaryProblem> problems,
                                               core::DeviceSpan<SmoState> states,
                                               SmoStatus status) {
    std::vector<std::int64_t> chosen;
    for (std::int64_t p = 0; p < problems.size; ++p)
      if (states.data[p].status == status) chosen.push_back(p);
    std::stable_sort(chosen.begin(), chosen.end(), [&](std::int64_t a, std::int64_t b) {
      return problems.data[a].rows() > problems.data[b].rows();
    });
    return chosen;
  }

  core::ThreadPool& pool_;
};

}  // namespace

std::unique_ptr<core::SmoOps> make_smo(core::ThreadPool& pool) {
  return std::make_unique<CpuSmo>(pool);
}

}  // namespace whiteline::cpu
