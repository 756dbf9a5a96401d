// One test body over all backends: a fixture derived from BackendTest, TEST_P, and
// INSTANTIATE_TEST_SUITE_P(Backends, Name, test::all_backends(), test::backend_name). A body is
// compiled once, whatever the number of backends.
#pragma once

#include <gtest/gtest.h>
#include <whiteline/context.hpp>

#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "support/folders.hpp"

namespace whiteline::test {

// "emu" is the CUDA backend on the emulated GPU.
inline auto all_backends() { return ::testing::Values("cpu", "emu", "cuda"); }
inline std::string backend_name(const ::testing::TestParamInfo<const char*>& info) {
  return info.param;
}

// A missing device is a failure: the emulator where it is built, a GPU where
// WHITELINE_REQUIRE_CUDA=1.
inline bool device_is_required(const std::string& device) {
  if (device == "emu") return emulator_is_built();
  const char* cuda = std::getenv("WHITELINE_REQUIRE_CUDA");
  return device != "cuda" || (cuda && std::string(cuda) == "1");
}

// A fixture whose test is skipped, visibly, where the device is missing.
class BackendTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    try {
      ctx_.emplace(device(), ContextOptions{.threads = 2});
    } catch (const DeviceUnavailable& error) {
      if (device_is_required(device())) FAIL() << error.what();
      GTEST_SKIP() << error.what();
    }
  }

  const char* device() const { return GetParam(); }
  bool emulated() const { return std::string_view(device()) == "emu"; }
  const Context& ctx() const { return *ctx_; }

 private:
  std::optional<Context> ctx_;
};

}  // namespace whiteline::test
