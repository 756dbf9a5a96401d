#include "algorithms/svm/search_chain.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/ops/ops.hpp"
#include "core/seconds.hpp"

namespace whiteline::svm {

namespace {

using formulas::BinaryProblem;
using formulas::SmoState;
using formulas::SmoStatus;

constexpr double round_seconds = 0.015;  // between two looks at the callback
constexpr std::int64_t shortest_round = 64, longest_round = 1 << 18;  // steps a problem

bool is_open(const SmoState& state) {
  return state.status == SmoStatus::running || state.status == SmoStatus::rebuild;
}

std::int64_t total_iterations(const std::vector<SmoState>& states) {
  std::int64_t sum = 0;
  for (const SmoState& state : states) sum += state.iterations;
  return sum;
}

SolveStatus worst(const std::vector<SmoState>& states) {
  SolveStatus out = SolveStatus::converged;
  for (const SmoState& state : states) {
    if (state.status == SmoStatus::stalled) out = SolveStatus::stalled;
    if (state.status == SmoStatus::iteration_limit)
      out = std::max(out, SolveStatus::iteration_limit);
  }
  return out;
}

}  // namespace

ChainSolver::ChainSolver(TrainingSet& set, const SvmParams& params, std::vector<Split> splits)
    : set_(set), params_(params), splits_(std::move(splits)) {
  const auto& classes = set.rows().classes;
  pairs_ = classes.size() * (classes.size() - 1) / 2;
  std::vector<std::int32_t> asked;
  std::int64_t out = 0;
  for (const Split& split : splits_) {
    const auto begin = std::int64_t(asked.size());
    asked.insert(asked.end(), split.asked.begin(), split.asked.end());
    for (const BinaryProblem& problem : make_pairs(classes, numbers())) {
      problems_.push_back(problem);
      held_.push_back({begin, std::int64_t(asked.size()), out});
      out += std::int64_t(split.asked.size());
      for (std::int64_t t = 0; t < problem.rows(); ++t)
        unit_upper_.push_back(split.unit_upper[at(problem.kernel_row(t))]);
    }
  }
  const Context& ctx = set.context();
  device_problems_ = {ctx, problems_};
  upper_ = {ctx, numbers()};
  alpha_ = {ctx, numbers()};
  gradient_ = {ctx, numbers()};
  decisions_ = {ctx, out};
  device_states_ = {ctx, problems()};
  summaries_ = {ctx, problems()};
  asked_ = {ctx, asked};
  device_held_ = {ctx, held_};
}

void ChainSolver::compute_matrix(const Kernel& kernel, const SolvedProblems& solved) {
  if (kernel.type != KernelType::precomputed) set_.centred(norm_of(kernel));  // counts as held
  const std::int64_t n = set_.kernel_rows();
  if (matrix_.rows() != n) {
    constexpr double bytes_a_number = 48.0;  // on the device and here
    set_.plan(4.0 * double(n) * double((n + 15) / 16 * 16) + bytes_a_number * double(numbers()),
              "the kernel matrix");
    matrix_ = set_.fresh_matrix([&] { solved(0); });
  }
  set_.compute(
      kernel, [&](std::int64_t) { solved(0); }, matrix_.view());
}

core::SmoOps& ChainSolver::ops() const {
  return core::need(set_.context().queue().ops().smo, "smo");
}

void ChainSolver::start(double C) {
  std::vector<double> upper(unit_upper_.size());
  std::transform(unit_upper_.begin(), unit_upper_.end(), upper.begin(),
                 [&](double unit) { return C * unit; });
  upper_ = {set_.context(), upper};
  ops().start(device_problems_.span(), alpha_.span(), gradient_.span(), device_states_.span());
}

void ChainSolver::solve(const core::KernelRows& kernel, const SolvedProblems& solved) {
  std::int64_t limit = params_.max_iterations;
  if (limit == 0)
    for (const BinaryProblem& p : problems_)
      limit = std::max<std::int64_t>({limit, 10'000'000, 100 * p.rows()});
  std::int64_t open = problems(), before = 0;
  while (open > 0) {
    const auto began = std::chrono::steady_clock::now();
    const auto steps = static_cast<std::int64_t>(round_seconds * steps_a_second_ / double(open));
    ops().advance(kernel, device_problems_.span(), upper_.span(), alpha_.span(), gradient_.span(),
                  device_states_.span(),
                  {params_.tolerance, std::clamp(steps, shortest_round, longest_round), limit});
    states_ = device_states_.to_host();
    const std::int64_t now = total_iterations(states_);
    const double seconds = core::seconds_since(began);
    if (seconds > 0.05 * round_seconds) steps_a_second_ = double(now - before + 1) / seconds;
    before = now;
    open = std::count_if(states_.begin(), states_.end(), is_open);
    if (std::any_of(states_.begin(), states_.end(),
                    [](const SmoState& s) { return s.status == SmoStatus::rebuild; }))
      ops().rebuild(kernel, 0, kernel.diagonal.size, device_problems_.span(), alpha_.span(),
                    gradient_.span(), device_states_.span());
    solved(problems() - open);
  }
}

void ChainSolver::run(const Kernel& kernel, const std::vector<double>& Cs, bool warm,
                      const SolvedProblems& solved,
                      const std::function<void(std::size_t, ChainStep)>& done) {
  compute_matrix(kernel, solved);
  const ConstMatrixView matrix = std::as_const(matrix_).view();
  const core::Buffer<float> diagonal = set_.diagonal(kernel);
  std::vector<const float*> table;
  for (std::int64_t r = 0; r < matrix.rows; ++r) table.push_back(matrix.data + r * matrix.stride);
  const core::Buffer<const float*> rows(set_.context(), table);
  const core::KernelRows kernel_rows{rows.span(), diagonal.span()};
  for (std::size_t i = 0; i < Cs.size(); ++i) {
    if (i == 0 || !warm)
      start(Cs[i]);
    else
      ops().grow(Cs[i] / Cs[i - 1], device_problems_.span(), upper_.span(), alpha_.span(),
                 gradient_.span(), device_states_.span());
    solve(kernel_rows, solved);
    done(i, read(kernel_rows));
  }
}

ChainStep ChainSolver::read(const core::KernelRows& kernel) {
  ops().summarize(device_problems_.span(), upper_.span(), alpha_.span(), gradient_.span(),
                  summaries_.span());
  ops().decide_rows(kernel, device_problems_.span(), alpha_.span(), gradient_.span(), asked_.span(),
                    device_held_.span(), decisions_.span());
  const std::vector<core::BinarySummary> summaries = summaries_.to_host();
  const std::vector<double> decisions = decisions_.to_host();
  ChainStep step;
  for (std::size_t s = 0; s < splits_.size(); ++s)
    step.voted.push_back(votes(s, decisions, summaries));
  step.support_vectors = mean_support_vectors();
  step.iterations = total_iterations(states_);
  step.status = worst(states_);
  return step;
}

double ChainSolver::mean_support_vectors() const {
  const std::vector<double> alpha = alpha_.to_host();
  std::int64_t sum = 0;
  for (std::size_t s = 0; s < splits_.size(); ++s) {
    std::vector<std::uint8_t> supports(at(set_.kernel_rows()), 0);
    for (std::size_t p = s * pairs_; p < (s + 1) * pairs_; ++p) {
      const BinaryProblem& problem = problems_[p];
      const double* first = alpha.data() + problem.offset;
      const double* second = first + problem.first_rows;
      for (std::int64_t t = 0; t < problem.first_rows; ++t)
        supports[at(problem.first_begin + t)] |= std::uint8_t(first[t] > 0.0);
      for (std::int64_t t = 0; t < problem.second_rows; ++t)
        supports[at(problem.second_begin + t)] |= std::uint8_t(second[t] > 0.0);
    }
    sum += std::count(supports.begin(), supports.end(), 1);
  }
  return double(sum) / double(splits_.size());
}

std::vector<std::int32_t> ChainSolver::votes(
    std::size_t split, const std::vector<double>& decisions,
    const std::vector<core::BinarySummary>& summaries) const {
  const std::size_t classes = set_.rows().classes.size(), rows = splits_[split].asked.size();
  std::vector<std::int32_t> count(rows * classes, 0);
  std::size_t p = split * pairs_;
  for (std::size_t a = 0; a < classes; ++a)
    for (std::size_t b = a + 1; b < classes; ++b, ++p) {
      const double* decision = decisions.data() + held_[p].out;
      for (std::size_t i = 0; i < rows; ++i)
        ++count[i * classes + (decision[i] - summaries[p].rho > 0.0 ? a : b)];
    }
  std::vector<std::int32_t> voted;
  for (std::size_t i = 0; i < rows; ++i) {
    const auto of_row = count.begin() + std::ptrdiff_t(i * classes);
    voted.push_back(
        std::int32_t(std::max_element(of_row, of_row + std::ptrdiff_t(classes)) - of_row));
  }
  return voted;
}

}  // namespace whiteline::svm
