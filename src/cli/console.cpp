#include "cli/console.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "cli/interrupt.hpp"

namespace whiteline::cli {

Console::Console(const OutputOptions& options) : options_(options), bar_(!options.quiet) {}

void Console::result(const std::string& text) {
  bar_.clear();
  if (!options_.json && !options_.quiet) fmt::print("{}\n", text);
  std::fflush(stdout);
}

void Console::json(const Json& value) {
  bar_.clear();
  if (options_.json) fmt::print("{}\n", to_text(value));
  std::fflush(stdout);
}

void Console::note(const std::string& text) {
  bar_.clear();
  if (!options_.quiet) print_error(text);
}

void Console::warn(const std::string& text) {
  bar_.clear();
  print_error("warning: " + text);
  warnings_.push_back(text);
}

Progress Console::progress() {
  return [this](const ProgressEvent& event) {
    bar_.update(event);
    return !interrupted();
  };
}

void print_error(const std::string& message) { fmt::print(stderr, "whiteline: {}\n", message); }

}  // namespace whiteline::cli
