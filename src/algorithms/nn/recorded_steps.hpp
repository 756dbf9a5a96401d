// The steps of an epoch, for devices that gain by replaying them.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "core/backend.hpp"

namespace whiteline::nn {

// Steps that are the same in each epoch but for what lies in device memory. They are enqueued one
// by one in the first epoch, and from recordings after it where the queue records.
class WHITELINE_EXPORT RecordedSteps {
 public:
  using Step = std::function<void(std::int64_t)>;

  // Enqueues step(0) .. step(count - 1); `count` is the same in each epoch. Calls before(i) ahead
  // of what step i is enqueued with: itself, or the steps of its recording.
  void run(core::Queue& queue, std::int64_t count, const Step& step, const Step& before = {});

 private:
  void record(core::Queue& queue, std::int64_t count, const Step& step);

  std::vector<std::unique_ptr<core::Recording>> recordings_;
  bool ran_before_ = false;
};

}  // namespace whiteline::nn
