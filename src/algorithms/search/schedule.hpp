// Which trial is run when, by several threads.
#pragma once

#include <whiteline/search.hpp>

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace whiteline::search_parts {

// Trials are begun in their order, trial i when trials 0 .. i - in_flight have ended. Made and
// taken apart by the thread that called the library, which is one of those that work.
class Schedule {
 public:
  Schedule(const SearchSpace& space, const SearchParams& params, const TrialFunction& trial);

  // Runs trials, one after another, until all have ended; called by each thread, once.
  void work(const Context& ctx);
  SearchResult result();  // throws what stopped the search

 private:
  using Lock = std::unique_lock<std::mutex>;

  std::optional<std::size_t> next_trial(Lock& lock);
  bool begin_new_trial();  // false: not before another one has ended, or never
  bool all_begun() const { return exhausted_ || trials_.size() >= std::size_t(params_.trials); }
  void run(std::size_t number, const Context& ctx, Lock& lock);
  bool go_on(std::size_t number, const ProgressEvent& event);
  void wait(Lock& lock);
  bool report(Lock& lock);
  bool is_caller() const { return std::this_thread::get_id() == caller_; }

  const SearchSpace& space_;
  const SearchParams& params_;
  const TrialFunction& trial_;
  const std::thread::id caller_ = std::this_thread::get_id();
  std::mutex mutex_;  // of all below
  std::condition_variable changed_;
  std::vector<SearchTrial> trials_;
  std::vector<double> shares_;       // done of each trial, 0 .. 1
  std::deque<std::size_t> to_redo_;  // known, but not ended
  std::size_t ended_ = 0;            // trials 0 .. ended_ - 1 have ended
  std::size_t running_ = 0;
  bool exhausted_ = false;
  std::exception_ptr failure_;  // the search stops
};

}  // namespace whiteline::search_parts
