#include <algorithm>
#include <cassert>
#include <vector>

#include "cpu/cpu_backend.hpp"
#include "cpu/smo_chain.hpp"
#include "cpu/smo_rows.hpp"
#include "cpu/smo_solver.hpp"

namespace whiteline::cpu {

namespace {

using formulas::BinaryProblem;
using formulas::SmoState;
using formulas::SmoStatus;

constexpr std::int64_t rebuild_grain = 1024;  // rows a chunk

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
    const auto advance_one = [&](std::int64_t p, bool with_threads) {
      SmoSolver solver(kernel, problems.data[p], upper.data, alpha.data, gradient.data);
      if (with_threads) solver.use_threads(pool_);
      solver.advance(states.data[p], limits);
    };
    // Long problems one after another, where they are too few for all threads.
    const auto end = std::find_if(live.begin(), live.end(), [&](std::int64_t p) {
      return problems.data[p].rows() <= long_problem_rows;
    });
    const auto few = std::int64_t(end - live.begin()) < pool_.threads() ? end : live.begin();
    for (auto p = live.begin(); p != few; ++p) advance_one(*p, true);
    pool_.run(live.end() - few, [&](std::int64_t chunk) { advance_one(few[chunk], false); });
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
