// Opening plugins: whatever lies in the folder, the answer is a reason, and a quick one.
#include <gtest/gtest.h>
#include <whiteline/version.hpp>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "support/folders.hpp"

namespace whiteline::test {
namespace {

namespace fs = std::filesystem;

const fs::path libraries = test::build_folder() / "lib";

// A folder that is gone after the test.
class Plugins : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "whiteline-plugins-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path folder_;
};

struct Answer {
  std::string reason;   // "usable", or why not
  double milliseconds;  // to open it
  std::string product;  // "right", or the error of a matrix product
};

// What a fresh process finds that looks for plugins in `folder`.
Answer probe(const fs::path& folder, const std::string& backend) {
  // AddressSanitizer's dlopen looks beside the plugin only when told to.
  const std::string command = "LD_LIBRARY_PATH='" + folder.string() + "' WHITELINE_PLUGIN_PATH='" +
                              folder.string() + "' '" +
                              (test::build_folder() / "bin/plugin_probe").string() + "' " + backend;
  std::FILE* const pipe = popen(command.c_str(), "r");
  std::string output;
  for (int c; pipe && (c = std::fgetc(pipe)) != EOF;) output += static_cast<char>(c);
  EXPECT_EQ(pipe ? pclose(pipe) : -1, 0) << command << "\n" << output;
  const auto first = output.find('\n'), second = output.find('\n', first + 1);
  if (second == std::string::npos) return {};
  return {output.substr(0, first), std::atof(output.substr(first + 1).c_str()),
          output.substr(second + 1, output.size() - second - 2)};
}

void expect_contains(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << "`" << text << "` lacks `" << part << "`";
}

TEST_F(Plugins, MissingOnesAreNamed) {
  const Answer answer = probe(folder_, "cuda");
  expect_contains(answer.reason, "no cuda plugin (there is no " + folder_.string());
  expect_contains(answer.product, "cannot use device cuda (no cuda plugin");
  EXPECT_LT(answer.milliseconds, 50.0);
  expect_contains(probe(folder_ / "nowhere", "cuda").reason, "no cuda plugin");
}

TEST_F(Plugins, FilesThatAreNoLibrariesAreRefused) {
  std::ofstream(folder_ / "libwhiteline_cuda.so") << "this is no library";
  expect_contains(probe(folder_, "cuda").reason, "the cuda plugin does not load (");
  std::ofstream(folder_ / "libwhiteline_cuda.so", std::ios::trunc).flush();
  expect_contains(probe(folder_, "cuda").reason, "the cuda plugin does not load (");
  fs::remove(folder_ / "libwhiteline_cuda.so");
  fs::create_directory(folder_ / "libwhiteline_cuda.so");
  expect_contains(probe(folder_, "cuda").reason, "the cuda plugin does not load (");
}

TEST_F(Plugins, LibrariesThatAreNoPluginsAreRefused) {
  expect_contains(probe(libraries / "not_a_plugin", "cuda").reason,
                  "is no whiteline plugin (no symbol whiteline_plugin)");
}

TEST_F(Plugins, OfAnotherInterfaceAreRefused) {
  expect_contains(probe(libraries / "other_abi", "cuda").reason,
                  "the cuda plugin has another interface (ABI 12345, this library has ");
}

TEST_F(Plugins, OfAnotherBuildAreRefused) {
  expect_contains(
      probe(libraries / "other_build", "cuda").reason,
      "the cuda plugin is of another build (of old, this library is " + std::string(build_id()));
}

TEST_F(Plugins, ThatFailAreAReason) {
  expect_contains(probe(libraries / "failing", "cuda").reason, "the fake plugin has no device");
}

TEST_F(Plugins, OfThisBuildAreOpenedWhereverTheyLie) {
  for (const char* file :
       {"libwhiteline_emu.so", "libwhiteline_simt.so", "libwhiteline_emu_cublas.so"})
    fs::copy(libraries / file, folder_);
  const Answer answer = probe(folder_, "emu");
  EXPECT_EQ(answer.reason, "usable");
  EXPECT_EQ(answer.product, "right");
}

TEST_F(Plugins, WithoutCublasSayWhatTheyLookedFor) {
  if (WHITELINE_SANITIZED_ADDRESSES)
    GTEST_SKIP() << "AddressSanitizer's dlopen looks where the program's libraries are";
  for (const char* file : {"libwhiteline_emu.so", "libwhiteline_simt.so"})
    fs::copy(libraries / file, folder_);
  const Answer answer = probe(folder_, "emu");
  EXPECT_EQ(answer.reason, "usable");
  expect_contains(answer.product,
                  "cannot multiply matrices on the GPU (cuBLAS cannot be opened: "
                  "libwhiteline_emu_cublas.so: cannot open shared object file");
}

TEST_F(Plugins, OfCudaAnswerQuicklyWithoutAGpu) {
  if (!fs::exists(libraries / "libwhiteline_cuda.so")) GTEST_SKIP() << "built without nvcc";
  const Answer answer = probe(libraries, "cuda");
  if (answer.reason == "usable") GTEST_SKIP() << "there is a GPU here";
  EXPECT_LT(answer.milliseconds, 50.0);
  expect_contains(answer.product, "cannot use device cuda");
}

}  // namespace
}  // namespace whiteline::test
