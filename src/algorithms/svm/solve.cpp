#include "algorithms/svm/solve.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <span>
#include <utility>

#include "algorithms/svm/solve_rounds.hpp"
#include "core/ops/ops.hpp"
#include "core/seconds.hpp"

namespace whiteline::svm {

namespace {

using formulas::BinaryProblem;
using formulas::SmoState;
using formulas::SmoStatus;

// Rows that a problem gets at a time: the one it waits for and those that violate most. As many as
// a pass over the spectra pays for, and as few as leave little to regret.
constexpr std::int32_t rows_a_wait = 14;
// Of sums of gradients, a call: about 15 ms of one thread.
constexpr std::int64_t rebuild_terms = 20'000'000, fewest_rows_a_rebuild = 16;

std::int64_t iteration_limit(const std::vector<BinaryProblem>& problems, std::int64_t wanted) {
  if (wanted > 0) return wanted;
  std::int64_t limit = 10'000'000;
  for (const BinaryProblem& p : problems) limit = std::max(limit, 100 * p.rows());
  return limit;
}

// The problems of one call on their device.
class Run {
 public:
  Run(const Context& ctx, RowStore& store, const std::vector<BinaryProblem>& problems,
      const std::vector<double>& upper, const SolveOptions& options)
      : ctx_(ctx),
        store_(store),
        problems_(problems),
        upper_(upper),
        options_(options),
        limit_(iteration_limit(problems, options.max_iterations)),
        verifier_(problems.size(), options.check),
        device_problems_(ctx, problems),
        device_upper_(ctx, upper),
        alpha_(ctx, std::int64_t(upper.size())),
        gradient_(ctx, std::int64_t(upper.size())),
        states_(ctx, std::int64_t(problems.size())) {
    ops().start(device_problems_.span(), alpha_.span(), gradient_.span(), states_.span());
  }

  // Solves problems [first, first + count) together.
  void solve(std::int64_t first, std::int64_t count) {
    first_ = first, count_ = count;
    for (bool open = true; open;) {
      const auto start = std::chrono::steady_clock::now();
      ops().advance(store_.table(), problems(), device_upper_.span(), alpha_.span(),
                    gradient_.span(), states(), {options_.tolerance, round_.steps(), limit_});
      host_ = states_.to_host();
      round_.took(core::seconds_since(start));
      if (verifier_.review(host_, at(first), at(first + count))) states_ = {ctx_, host_};
      report_progress();
      // Rows are asked for when no problem can go on without, so that results of the store do not
      // depend on how long a round is.
      if (!has(SmoStatus::running)) {
        if (has(SmoStatus::rebuild))
          rebuild();
        else if (has(SmoStatus::wants_row))
          fetch_missing();
      }
      open = has(SmoStatus::running) || has(SmoStatus::rebuild) || has(SmoStatus::wants_row);
    }
  }

  Solutions take(std::vector<BinaryProblem> problems, std::vector<double> upper) const {
    return {std::move(problems),
            std::move(upper),
            alpha_.to_host(),
            gradient_.to_host(),
            host_,
            {},
            {},
            {}};
  }

 private:
  core::SmoOps& ops() const { return core::need(ctx_.queue().ops().smo, "smo"); }
  core::DeviceSpan<const BinaryProblem> problems() const {
    return device_problems_.span().part(first_, count_);
  }
  core::DeviceSpan<SmoState> states() { return states_.span().part(first_, count_); }

  bool has(SmoStatus status) const {
    return std::any_of(host_.begin() + first_, host_.begin() + first_ + count_,
                       [&](const SmoState& s) { return s.status == status; });
  }

  void report_progress() const {
    const auto finished = std::count_if(host_.begin(), host_.end(), [](const SmoState& s) {
      return s.status != SmoStatus::running && s.status != SmoStatus::rebuild &&
             s.status != SmoStatus::wants_row;
    });
    report(options_.progress, options_.stage, std::uint64_t(finished), problems_.size());
  }

  // Kernel rows that free rows of the present problems need again and again, by number.
  std::vector<bool> free_rows() const {
    const std::vector<double> alpha = alpha_.to_host();
    std::vector<bool> rows(at(store_.rows()), false);
    for (std::int64_t p = first_; p < first_ + count_; ++p) {
      const BinaryProblem& problem = problems_[at(p)];
      for (std::int64_t t = 0; t < problem.rows(); ++t) {
        const std::size_t i = at(problem.offset + t);
        if (alpha[i] > 0.0 && alpha[i] < upper_[i]) rows[at(problem.kernel_row(t))] = true;
      }
    }
    return rows;
  }

  // What the gradients to be rebuilt are sums of, by number of the row; each once.
  std::vector<WantedRow> support_rows() const {
    const std::vector<double> alpha = alpha_.to_host();
    std::vector<WantedRow> rows;
    for (std::int64_t p = first_; p < first_ + count_; ++p) {
      const BinaryProblem& problem = problems_[at(p)];
      if (host_[at(p)].status != SmoStatus::rebuild) continue;
      for (std::int64_t t = 0; t < problem.rows(); ++t)
        if (alpha[at(problem.offset + t)] > 0.0)
          rows.push_back({std::int32_t(problem.kernel_row(t)), problem.table});
    }
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    return rows;
  }

  void fetch(std::span<const WantedRow> wanted, const std::vector<bool>& keep) {
    store_.fetch(wanted, keep, [this] { report_progress(); });
  }

  void fetch_missing() {
    core::Buffer<std::int32_t> rows(ctx_, count_ * rows_a_wait);
    ops().missing_rows(store_.table(), problems(), device_upper_.span(),
                       std::as_const(alpha_).span(), std::as_const(gradient_).span(),
                       std::as_const(states_).span().part(first_, count_), rows_a_wait,
                       rows.span());
    const std::vector<std::int32_t> chosen = rows.to_host();
    std::vector<WantedRow> wanted;
    for (std::size_t i = 0; i < chosen.size(); ++i)
      if (chosen[i] >= 0)
        wanted.push_back({chosen[i], problems_[at(first_ + std::int64_t(i) / rows_a_wait)].table});
    std::vector<bool> keep;
    if (store_.short_of(std::ssize(wanted)) > 0) keep = free_rows();
    fetch(wanted, keep);
  }

  // Fresh gradients, as many rows of the kernel matrix at a time as the store holds.
  void rebuild() {
    const std::vector<WantedRow> needed = support_rows();
    std::int64_t sums = 1;
    for (std::int64_t p = first_; p < first_ + count_; ++p)
      if (host_[at(p)].status == SmoStatus::rebuild) sums += problems_[at(p)].rows();
    std::int64_t rows = std::max(rebuild_terms * ctx_.threads() / sums, fewest_rows_a_rebuild);
    if (store_.ever_forgets()) rows = std::min(rows, store_.capacity() / 4);
    const std::size_t most = at(rows);
    std::size_t first = 0;
    for (std::int64_t begin = 0; begin < store_.rows();) {
      const std::size_t count = std::min(most, needed.size() - first);
      fetch(std::span(needed).subspan(first, count), {});
      first += count;
      const std::int64_t end = first < needed.size() ? needed[first].row : store_.rows();
      ops().rebuild(store_.table(), begin, end, problems(), std::as_const(alpha_).span(),
                    gradient_.span(), states());
      begin = end;
      report_progress();
    }
    host_ = states_.to_host();
  }

  const Context& ctx_;
  RowStore& store_;
  const std::vector<BinaryProblem>& problems_;
  const std::vector<double>& upper_;
  const SolveOptions& options_;
  const std::int64_t limit_;
  Verifier verifier_;
  RoundLength round_;
  const core::Buffer<BinaryProblem> device_problems_;
  const core::Buffer<double> device_upper_;
  core::Buffer<double> alpha_, gradient_;
  core::Buffer<SmoState> states_;
  std::vector<SmoState> host_;
  std::int64_t first_ = 0, count_ = 0;
};

}  // namespace

Solutions solve_problems(TrainingSet& set, const Kernel& kernel,
                         std::vector<BinaryProblem> problems, std::vector<double> upper,
                         const SolveOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  const std::int64_t numbers = std::ssize(upper);
  const bool made = !set.has_row_store(kernel, numbers);
  RowStore& store = set.row_store(kernel, numbers, options.progress);
  for (BinaryProblem& problem : problems) problem.table = store.table_of(problem);
  store.hide();
  const double matrix_seconds = core::seconds_since(start), row_seconds = store.seconds();
  const std::int64_t rows_before = made ? 0 : store.rows_computed();
  Run run(set.context(), store, problems, upper, options);
  const auto size = std::ssize(problems);
  // Problems that take turns would throw each other's rows out of a store that forgets.
  const std::int64_t together =
      store.ever_forgets() ? std::max<std::int64_t>(store.capacity() / (8 * rows_a_wait), 1) : size;
  for (std::int64_t first = 0; first < size; first += together)
    run.solve(first, std::min(together, size - first));
  Solutions out = run.take(std::move(problems), std::move(upper));
  out.rows_computed = store.rows_computed() - rows_before;
  out.kernel_seconds = matrix_seconds + store.seconds() - row_seconds;
  out.solver_seconds = core::seconds_since(start) - out.kernel_seconds;
  return out;
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
  out.gap = most_low - least_up;
  out.rho = out.free_support_vectors > 0 ? free_sum / double(out.free_support_vectors)
                                         : (least_up + most_low) / 2.0;
  return out;
}

}  // namespace whiteline::svm
