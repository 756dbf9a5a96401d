// Who is told what: results on stdout, everything else on stderr.
#pragma once

#include <whiteline/progress.hpp>

#include <string>
#include <vector>

#include "cli/options.hpp"
#include "cli/progress_bar.hpp"

namespace whiteline::cli {

class Console {
 public:
  explicit Console(const OutputOptions& options);

  void result(const std::string& text);  // stdout; silent with --json or --quiet
  void json(const Json& value);          // stdout; only with --json
  void note(const std::string& text);    // stderr; silent with --quiet
  void warn(const std::string& text);    // stderr, and kept for the run record
  const std::vector<std::string>& warnings() const { return warnings_; }

  // For the library's parameters: draws the bar, and answers "stop" after Ctrl-C. The console must
  // outlive it.
  Progress progress();

 private:
  OutputOptions options_;
  ProgressBar bar_;
  std::vector<std::string> warnings_;
};

// `whiteline: message` on stderr.
void print_error(const std::string& message);

}  // namespace whiteline::cli
