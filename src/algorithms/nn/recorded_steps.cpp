#include "algorithms/nn/recorded_steps.hpp"

#include <algorithm>
#include <utility>

namespace whiteline::nn {

namespace {

// Steps of one recording: a caller that stops a run waits for so many.
constexpr std::int64_t steps_at_once = 32;
// The recordings of longer epochs would take much memory.
constexpr std::int64_t most_recorded = 8192;

}  // namespace

void RecordedSteps::run(core::Queue& queue, std::int64_t count, const Step& step,
                        const Step& before) {
  if (ran_before_ && recordings_.empty() && count <= most_recorded) record(queue, count, step);
  for (std::int64_t i = 0; i < count; ++i) {
    if (before) before(i);
    if (recordings_.empty())
      step(i);
    else if (i % steps_at_once == 0)
      recordings_[std::size_t(i / steps_at_once)]->replay();
  }
  ran_before_ = true;
}

void RecordedSteps::record(core::Queue& queue, std::int64_t count, const Step& step) {
  std::vector<std::unique_ptr<core::Recording>> made;
  for (std::int64_t first = 0; first < count; first += steps_at_once) {
    auto recording = queue.record([&] {
      for (std::int64_t i = first; i < std::min(count, first + steps_at_once); ++i) step(i);
    });
    if (!recording) return;
    made.push_back(std::move(recording));
  }
  recordings_ = std::move(made);
}

}  // namespace whiteline::nn
