// One test body over all backends: TYPED_TEST_SUITE(Name, AllBackends) and `context<TypeParam>()`.
#pragma once

#include <gtest/gtest.h>
#include <whiteline/context.hpp>

#include <cstdlib>
#include <optional>
#include <string>

#include "support/folders.hpp"

namespace whiteline::test {

struct Cpu {
  static constexpr const char* device = "cpu";
};
struct Emu {  // the CUDA backend on the emulated GPU
  static constexpr const char* device = "emu";
};
struct Cuda {
  static constexpr const char* device = "cuda";
};
using AllBackends = ::testing::Types<Cpu, Emu, Cuda>;

struct BackendNames {
  template <class Backend>
  static std::string GetName(int) {
    return Backend::device;
  }
};

// The device's context, or none with the reason.
template <class Backend>
std::optional<Context> open_context(std::string& reason, ContextOptions options = {.threads = 2}) {
  try {
    return Context(Backend::device, options);
  } catch (const DeviceUnavailable& error) {
    reason = error.what();
    return std::nullopt;
  }
}

// A missing device is a failure: the emulator where it is built, a GPU where
// WHITELINE_REQUIRE_CUDA=1.
inline bool device_is_required(const std::string& device) {
  if (device == "emu") return emulator_is_built();
  const char* cuda = std::getenv("WHITELINE_REQUIRE_CUDA");
  return device != "cuda" || (cuda && std::string(cuda) == "1");
}

// A fixture whose test is skipped, visibly, where the device is missing.
template <class Backend>
class BackendTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string reason;
    ctx_ = open_context<Backend>(reason);
    if (ctx_) return;
    if (device_is_required(Backend::device)) FAIL() << reason;
    GTEST_SKIP() << reason;
  }

  const Context& ctx() const { return *ctx_; }
  static constexpr bool emulated = std::string_view(Backend::device) == "emu";

 private:
  std::optional<Context> ctx_;
};

}  // namespace whiteline::test
