// Python programs beside ours, where this machine has them.
#pragma once

#include <sys/wait.h>

#include <cstdlib>

#include "io/files.hpp"

namespace whiteline::test {

constexpr const char* python = "/usr/bin/python3";

inline int status_of(const std::string& command) {
  const int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

inline bool has_module(const std::string& name) {
  return status_of(std::string(python) + " -c 'import " + name + "' >/dev/null 2>&1") == 0;
}

// Runs the script in the folder; its asserts are ours.
inline void expect_python_agrees(const TemporaryFolder& folder, const std::string& script) {
  write_text(folder / "check.py", script);
  EXPECT_EQ(status_of("cd " + folder.path().string() + " && " + python +
                      " -W ignore check.py >output.txt 2>&1"),
            0)
      << read_text(folder / "output.txt");
}

}  // namespace whiteline::test
