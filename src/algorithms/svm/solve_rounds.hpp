// How a solution goes on from round to round: how long a round is, and whether its end stands.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "algorithms/svm/solve.hpp"

namespace whiteline::svm {

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
  static constexpr std::int64_t first_round = 256, largest_round = 1 << 18;  // steps
  static constexpr double short_round = 0.008, long_round = 0.025;           // seconds

  std::int64_t steps_ = first_round;
};

// Sends each finished problem round again with a fresh gradient, until one of them confirms it.
class Verifier {
 public:
  Verifier(std::size_t problems, FinalCheck check)
      : check_(check), fresh_at_(problems, -1), rebuilds_(problems, 0) {}

  // Of problems [begin, end). True when states changed.
  bool review(std::vector<formulas::SmoState>& states, std::size_t begin, std::size_t end) {
    bool changed = false;
    for (std::size_t p = begin; p < end; ++p) {
      using formulas::SmoStatus;
      SmoState& state = states[p];
      if (state.status == SmoStatus::rebuild) fresh_at_[p] = state.iterations;
      const bool finished = state.status != SmoStatus::running &&
                            state.status != SmoStatus::rebuild &&
                            state.status != SmoStatus::wants_row;
      if (check_ == FinalCheck::none || !finished || fresh_at_[p] == state.iterations) continue;
      fresh_at_[p] = state.iterations;
      state.status = rebuilds_[p]++ > max_continuations ? SmoStatus::stalled : SmoStatus::rebuild;
      changed = true;
    }
    return changed;
  }

 private:
  using SmoState = formulas::SmoState;
  static constexpr int max_continuations = 5;  // after a final check that failed

  FinalCheck check_;
  std::vector<std::int64_t> fresh_at_;  // iterations when the gradient was last rebuilt
  std::vector<int> rebuilds_;
};

}  // namespace whiteline::svm
