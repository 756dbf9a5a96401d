#include "algorithms/svm/solve.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

#include "core/ops/ops.hpp"

namespace whiteline::svm {

namespace {

using formulas::BinaryProblem;
using formulas::SmoState;
using formulas::SmoStatus;

constexpr int max_continuations = 5;  // after a final check that failed
constexpr std::int64_t first_round = 256, largest_round = 1 << 18;  // steps
constexpr double short_round = 0.008, long_round = 0.025;           // seconds

// How many steps a round takes: as many as fit between two looks at the callback. Results do not
// depend on it.
class RoundLength {
 public:
  std::int64_t steps() const { return steps_; }
  void took(double seconds) {
    if (seconds < short_round) steps_ = std::min(2 * steps_, largest_round);
    if (seconds > long_round) steps_ = std::max<std::int64_t>(steps_ / 2, 16);
  }

 private:
  std::int64_t steps_ = first_round;
};

// Sends each finished problem round again with a fresh gradient, until one of them confirms it.
class Verifier {
 public:
  Verifier(std::size_t problems, FinalCheck check)
      : check_(check), fresh_at_(problems, -1), rebuilds_(problems, 0) {}

  // True when states changed.
  bool review(std::vector<SmoState>& states) {
    bool changed = false;
    for (std::size_t p = 0; p < states.size(); ++p) {
      SmoState& state = states[p];
      if (state.status == SmoStatus::rebuild) fresh_at_[p] = state.iterations;
      const bool finished =
          state.status != SmoStatus::running && state.status != SmoStatus::rebuild;
      if (check_ == FinalCheck::none || !finished || fresh_at_[p] == state.iterations) continue;
      fresh_at_[p] = state.iterations;
      state.status = rebuilds_[p]++ > max_continuations ? SmoStatus::stalled : SmoStatus::rebuild;
      changed = true;
    }
    return changed;
  }

 private:
  FinalCheck check_;
  std::vector<std::int64_t> fresh_at_;  // iterations when the gradient was last rebuilt
  std::vector<int> rebuilds_;
};

std::int64_t iteration_limit(const std::vector<BinaryProblem>& problems, std::int64_t wanted) {
  if (wanted > 0) return wanted;
  std::int64_t limit = 10'000'000;
  for (const BinaryProblem& p : problems) limit = std::max(limit, 100 * p.rows());
  return limit;
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

Solutions solve_problems(TrainingSet& set, const Kernel& kernel,
                         std::vector<BinaryProblem> problems, std::vector<double> upper,
                         const SolveOptions& options) {
  const Context& ctx = set.context();
  const ConstMatrixView matrix = set.matrix(kernel, std::int64_t(upper.size()), options.progress);
  const core::Buffer<float> diagonal = set.diagonal(kernel);
  auto& ops = core::need(ctx.queue().ops().smo, "smo");
  const core::Buffer<BinaryProblem> device_problems(ctx, problems);
  const core::Buffer<double> device_upper(ctx, upper);
  core::Buffer<double> alpha(ctx, std::int64_t(upper.size()));
  core::Buffer<double> gradient(ctx, std::int64_t(upper.size()));
  core::Buffer<SmoState> states(ctx, std::int64_t(problems.size()));
  ops.start(device_problems.span(), alpha.span(), gradient.span(), states.span());

  const std::int64_t limit = iteration_limit(problems, options.max_iterations);
  Verifier verifier(problems.size(), options.check);
  RoundLength round;
  std::vector<SmoState> host;
  for (std::size_t open = problems.size(); open > 0;) {
    const auto start = std::chrono::steady_clock::now();
    ops.advance(matrix, diagonal.span(), device_problems.span(), device_upper.span(), alpha.span(),
                gradient.span(), states.span(), {options.tolerance, round.steps(), limit});
    host = states.to_host();
    round.took(seconds_since(start));
    if (verifier.review(host)) states = core::Buffer<SmoState>(ctx, host);
    const auto has = [&](SmoStatus status) {
      return std::count_if(host.begin(), host.end(),
                           [&](const SmoState& s) { return s.status == status; });
    };
    const auto rebuilding = static_cast<std::size_t>(has(SmoStatus::rebuild));
    if (rebuilding > 0)
      ops.rebuild_gradient(matrix, device_problems.span(), alpha.span(), gradient.span(),
                           states.span());
    open = rebuilding + static_cast<std::size_t>(has(SmoStatus::running));
    report(options.progress, options.stage, problems.size() - open, problems.size());
  }
  return {std::move(problems), std::move(upper), alpha.to_host(), gradient.to_host(),
          std::move(host)};
}

BinarySolution evaluate(const Solutions& solutions, std::size_t problem) {
  const BinaryProblem& p = solutions.problems[problem];
  BinarySolution out;
  double free_sum = 0.0, twice_objective = 0.0;
  double least_up = std::numeric_limits<double>::infinity(), most_low = -least_up;
  for (std::int64_t t = 0; t < p.rows(); ++t) {
    const std::size_t i = at(p.offset + t);
    const double alpha = solutions.alpha[i], upper = solutions.upper[i],
                 gradient = solutions.gradient[i], sign = p.sign(t);
    if (upper <= 0.0) continue;
    twice_objective += alpha * (sign * gradient - 1.0);
    if (formulas::in_up(sign, alpha, upper)) least_up = std::min(least_up, gradient);
    if (formulas::in_low(sign, alpha, upper)) most_low = std::max(most_low, gradient);
    if (alpha >= upper) ++out.bounded_support_vectors;
    if (alpha <= 0.0 || alpha >= upper) continue;
    ++out.free_support_vectors;
    free_sum += gradient;
  }
  out.objective = twice_objective / 2.0;
  out.rho = out.free_support_vectors > 0 ? free_sum / double(out.free_support_vectors)
                                         : (least_up + most_low) / 2.0;
  return out;
}

}  // namespace whiteline::svm
