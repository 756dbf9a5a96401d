#include "cli/progress_bar.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace whiteline::cli {

namespace {

bool stderr_is_a_terminal() {
  const char* kind = std::getenv("TERM");
  return isatty(STDERR_FILENO) == 1 && !(kind && std::string_view(kind) == "dumb");
}

int terminal_width() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

std::string clock_text(double seconds) {
  const auto whole = static_cast<long>(seconds + 0.5);
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

}  // namespace

std::string progress_line(const ProgressEvent& event, double elapsed_seconds, int width) {
  std::string line = fmt::format("{:<10}", event.stage);
  if (event.total == 0) {
    line += fmt::format(" {}  {}", event.done, clock_text(elapsed_seconds));
  } else {
    const double share = std::min(1.0, double(event.done) / double(event.total));
    constexpr int cells = 30;
    const int full = static_cast<int>(share * cells);
    line += fmt::format(" [{}{}] {:3.0f} %", std::string(std::size_t(full), '#'),
                        std::string(std::size_t(cells - full), ' '), 100.0 * share);
    if (share > 0.0 && elapsed_seconds > 0.5)
      line += fmt::format("  {} left", clock_text(elapsed_seconds * (1.0 - share) / share));
  }
  return line.substr(0, std::size_t(std::max(width, 0)));
}

ProgressBar::ProgressBar(bool wanted) : visible_(wanted && stderr_is_a_terminal()) {}

ProgressBar::~ProgressBar() { clear(); }

void ProgressBar::update(const ProgressEvent& event) {
  if (!visible_) return;
  const auto now = Clock::now();
  if (event.stage != stage_) {
    stage_ = event.stage;
    stage_began_ = now;
  } else if (now - last_drawn_ < std::chrono::milliseconds(100)) {
    return;
  }
  last_drawn_ = now;
  const double elapsed = std::chrono::duration<double>(now - stage_began_).count();
  const std::string line = progress_line(event, elapsed, terminal_width() - 1);
  fmt::print(stderr, "\r{:<{}}", line, drawn_);
  std::fflush(stderr);
  drawn_ = std::max(drawn_, line.size());
}

void ProgressBar::clear() {
  if (drawn_ == 0) return;
  fmt::print(stderr, "\r{:<{}}\r", "", drawn_);
  std::fflush(stderr);
  drawn_ = 0;
  stage_.clear();
}

}  // namespace whiteline::cli
