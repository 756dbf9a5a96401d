// A temporary folder with small generated files, made by the command itself.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "cli/command.hpp"
#include "io/files.hpp"

namespace whiteline::test {

class Workshop : public ::testing::Test {
 protected:
  // Runs the command here, on the CPU, and expects it to succeed.
  CommandResult run(std::vector<std::string> arguments) {
    std::string text;
    for (const std::string& word : arguments) text += word + " ";
    const CommandResult result = try_to_run(std::move(arguments));
    EXPECT_EQ(result.exit_code, 0) << text << "\n" << result.err;
    return result;
  }
  CommandResult try_to_run(std::vector<std::string> arguments) {
    return run_whiteline(arguments, {.folder = folder_.path()});
  }

  // About 82 spectra of FeO and Fe3O4.
  void make_set(const std::string& name = "w.npz") {
    run({"synth", "w", "--scale", "0.02", "--difficulty", "clean", "-o", name, "--quiet"});
  }
  void make_cube(const std::string& name = "cube.npz") {
    run({"synth", "cube", "--height", "12", "--width", "10", "--pixel", "3", "-o", name,
         "--quiet"});
  }
  void make_model(const std::string& name = "fe.safetensors",
                  const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"train",    "w.npz",  "--background", "powerlaw:485:515",
                                          "--kernel", "cosine", "--C",          "1000",
                                          "--device", "cpu",    "-o",           name,
                                          "--quiet"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    run(arguments);
  }

  std::string at(const std::string& name) const { return (folder_ / name).string(); }
  std::vector<std::string> files() const { return files_below(folder_.path()); }
  const TemporaryFolder& folder() const { return folder_; }

 private:
  TemporaryFolder folder_;
};

}  // namespace whiteline::test
