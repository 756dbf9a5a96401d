// One line on the terminal that says how far a run is and when it will be done.
#pragma once

#include <whiteline/progress.hpp>

#include <chrono>
#include <string>

namespace whiteline::cli {

// "train     [########            ]  40 %  0:12 left", at most `width` characters wide.
std::string progress_line(const ProgressEvent& event, double elapsed_seconds, int width);

// Draws on stderr, and only where that is a terminal; no colours. One per process at a time.
class ProgressBar {
 public:
  explicit ProgressBar(bool wanted);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void update(const ProgressEvent& event);
  void clear();  // removes the line, so that something else can be printed

 private:
  using Clock = std::chrono::steady_clock;

  bool visible_;
  std::size_t drawn_ = 0;  // characters on the line
  std::string stage_;
  Clock::time_point stage_began_, last_drawn_;
};

}  // namespace whiteline::cli
