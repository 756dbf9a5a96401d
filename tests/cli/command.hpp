// Runs the built `whiteline` command the way a shell does, and looks at what it leaves.
#pragma once

#include <nlohmann/json.hpp>

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace whiteline::test {

struct CommandResult {
  int exit_code = -1;  // 128 + n when signal n ended it
  std::string out, err;
};

struct CommandOptions {
  std::filesystem::path folder;                    // to run in; empty: here
  std::map<std::string, std::string> environment;  // beside what this process has
  std::chrono::milliseconds interrupt_after{0};    // then SIGINT; 0: never
  std::function<bool()> kill_when;                 // asked every millisecond; after true, SIGKILL
  bool terminal = false;  // stderr is a terminal of 100 columns, its bytes are in `err`
};

// `arguments` without the name of the command.
CommandResult run_whiteline(const std::vector<std::string>& arguments,
                            const CommandOptions& options = {});

// The files of the whole tree, relative to the folder, sorted.
std::vector<std::string> files_below(const std::filesystem::path& folder);
nlohmann::json json_of(const std::filesystem::path& file);

}  // namespace whiteline::test
