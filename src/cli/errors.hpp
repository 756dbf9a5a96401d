// The exit codes of the command, and the failures that only the command knows.
#pragma once

#include <whiteline/error.hpp>

#include <exception>

namespace whiteline::cli {

enum ExitCode {
  exit_fine = 0,
  exit_failed = 1,
  exit_usage = 2,
  exit_unreadable = 3,
  exit_device = 4,  // or memory
  exit_interrupted = 130,
};

// The command line is wrong: found before any work.
class UsageError : public Error {
 public:
  using Error::Error;
};

// The exit code that belongs to a failure.
int exit_code_of(const std::exception& error);

}  // namespace whiteline::cli
