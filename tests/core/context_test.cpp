#include <gtest/gtest.h>
#include <whiteline/context.hpp>
#include <whiteline/version.hpp>

#include <cstdlib>
#include <string>

namespace whiteline {
namespace {

std::string message_of(auto&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

TEST(Devices, ListTheCpuFirstAndGiveEveryMissingOneAReason) {
  const auto all = devices();
  ASSERT_GE(all.size(), 2u);
  EXPECT_EQ(all[0].name, "cpu");
  EXPECT_TRUE(all[0].available);
  EXPECT_GT(all[0].memory_bytes, 0u);
  for (const DeviceInfo& device : all)
    EXPECT_NE(device.available, !device.reason.empty()) << device.name;
}

TEST(Context, AutoSaysWhatItTook) {
  const Context ctx("auto");
  EXPECT_NE(ctx.choice().find("using "), std::string::npos);
  EXPECT_TRUE(Context("cpu").choice().empty());
}

TEST(Context, ObeysTheNumberOfThreads) {
  EXPECT_EQ(Context("cpu", {.threads = 3}).threads(), 3);
  EXPECT_EQ(Context("cpu", {.threads = 3}).fork().threads(), 3);
  EXPECT_THROW(Context("cpu", {.threads = -1}), InvalidArgument);
}

TEST(Context, ObeysTheMemoryLimit) {
  EXPECT_EQ(Context("cpu", {.memory_limit = 1 << 20}).memory_limit(), 1u << 20);
  EXPECT_GT(Context("cpu").memory_limit(), 0u);
}

TEST(Context, RefusesUnknownDevicesByName) {
  for (const char* device : {"", "gpu", "cuda:", "cuda:x", "cuda:-1", "cpu:0:0", "auto:1"})
    EXPECT_THROW(Context{device}, InvalidArgument) << device;
  EXPECT_THROW(Context("cpu:1"), DeviceUnavailable);
}

TEST(Context, GivesTheReasonWhenCudaIsAskedForAndMissing) {
  for (const DeviceInfo& device : devices())
    if (device.name.starts_with("cuda") && device.available) GTEST_SKIP() << "there is a GPU here";
  const std::string message = message_of([] { Context ctx("cuda"); });
  EXPECT_NE(message.find("cannot use device cuda ("), std::string::npos) << message;
  EXPECT_NE(message.find(devices()[1].reason), std::string::npos) << message;
}

TEST(Version, IsThatOfTheHeaders) { EXPECT_STREQ(version(), WHITELINE_VERSION); }

}  // namespace
}  // namespace whiteline
