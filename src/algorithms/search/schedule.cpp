#include "algorithms/search/schedule.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <utility>

#include "algorithms/search/samplers.hpp"
#include "core/seconds.hpp"

namespace whiteline::search_parts {

Schedule::Schedule(const SearchSpace& space, const SearchParams& params, const TrialFunction& trial)
    : space_(space), params_(params), trial_(trial) {
  const std::size_t known = std::min(params.known.size(), std::size_t(params.trials));
  trials_.assign(params.known.begin(), params.known.begin() + std::ptrdiff_t(known));
  for (std::size_t t = 0; t < known; ++t) {
    shares_.push_back(trials_[t].outcome ? 1.0 : 0.0);
    if (!trials_[t].outcome) to_redo_.push_back(t);
  }
  ended_ = to_redo_.empty() ? known : to_redo_.front();
}

void Schedule::work(const Context& ctx) {
  Lock lock(mutex_);
  try {
    while (const auto number = next_trial(lock)) run(*number, ctx, lock);
  } catch (...) {
    if (!lock.owns_lock()) lock.lock();
    if (!failure_) failure_ = std::current_exception();
    changed_.notify_all();
  }
  while (running_ > 0) changed_.wait(lock);  // after a failure
}

std::optional<std::size_t> Schedule::next_trial(Lock& lock) {
  for (;;) {
    if (failure_) return std::nullopt;
    if (!to_redo_.empty()) {
      const std::size_t number = to_redo_.front();
      to_redo_.pop_front();
      return number;
    }
    if (!all_begun() && begin_new_trial()) return trials_.size() - 1;
    if (all_begun() && running_ == 0) return std::nullopt;
    wait(lock);
  }
}

bool Schedule::begin_new_trial() {
  const std::size_t number = trials_.size();
  if (number >= ended_ + std::size_t(params_.suggest.in_flight)) return false;
  auto values = next_values(space_, params_.suggest, trials_);
  if (!values) {
    exhausted_ = true;
    return false;
  }
  trials_.push_back({std::move(*values)});
  shares_.push_back(0.0);
  if (params_.on_ask) params_.on_ask(std::int64_t(number), trials_.back());
  return true;
}

void Schedule::run(std::size_t number, const Context& ctx, Lock& lock) {
  const SearchValues values = trials_[number].values;  // trials_ grows meanwhile
  ++running_;
  lock.unlock();
  std::exception_ptr problem;
  TrialOutcome outcome;
  const auto start = std::chrono::steady_clock::now();
  try {
    const Progress progress = [&](const ProgressEvent& event) { return go_on(number, event); };
    outcome = trial_({std::int64_t(number), std::uint32_t(8 * number), values, ctx, progress});
  } catch (...) {
    problem = std::current_exception();
  }
  outcome.seconds = core::seconds_since(start);
  if (outcome.status == TrialStatus::ok && !std::isfinite(outcome.loss))
    outcome.status = TrialStatus::diverged;
  if (outcome.status != TrialStatus::ok) {
    outcome.loss = std::numeric_limits<double>::infinity();
    outcome.accuracy = 0.0;
  }
  lock.lock();
  --running_;
  changed_.notify_all();
  if (problem) std::rethrow_exception(problem);
  trials_[number].outcome = outcome;
  shares_[number] = 1.0;
  while (ended_ < trials_.size() && trials_[ended_].outcome) ++ended_;
  if (params_.on_tell) params_.on_tell(std::int64_t(number), trials_[number]);
  if (is_caller()) report(lock);
}

bool Schedule::go_on(std::size_t number, const ProgressEvent& event) {
  Lock lock(mutex_);
  if (event.total > 0) shares_[number] = std::min(1.0, double(event.done) / double(event.total));
  if (failure_) return false;
  return !is_caller() || report(lock);
}

void Schedule::wait(Lock& lock) {
  using namespace std::chrono_literals;
  if (!is_caller()) return changed_.wait(lock);
  if (changed_.wait_for(lock, 50ms) == std::cv_status::timeout) report(lock);
}

// Tells the caller how far the search is; false, and a failure, where it is to stop.
bool Schedule::report(Lock& lock) {
  if (!params_.progress) return true;
  double done = 0.0;
  for (const double share : shares_) done += share;
  const std::uint64_t thousandths = std::uint64_t(1000.0 * done);
  const std::uint64_t total = 1000 * std::uint64_t(params_.trials);
  lock.unlock();
  std::exception_ptr problem;
  try {
    whiteline::report(params_.progress, "search", thousandths, total);
  } catch (...) {
    problem = std::current_exception();
  }
  lock.lock();
  if (problem && !failure_) {
    failure_ = problem;
    changed_.notify_all();
  }
  return !problem;
}

SearchResult Schedule::result() {
  if (failure_) std::rethrow_exception(failure_);
  SearchResult result;
  result.trials = std::move(trials_);
  result.exhausted = exhausted_;
  const auto loss = [&](std::size_t t) { return result.trials[t].outcome->loss; };
  for (std::size_t t = 0; t < result.trials.size(); ++t)
    if (std::isfinite(loss(t)) && (!result.best || loss(t) < loss(*result.best))) result.best = t;
  return result;
}

}  // namespace whiteline::search_parts
