#include <whiteline/context.hpp>

#include <set>

#include "cli/workshop.hpp"

namespace whiteline::test {
namespace {

class DevicesCommand : public Workshop {};

TEST_F(DevicesCommand, TellsOfTheCpuAndOfCuda) {
  const CommandResult result = run({"devices"});
  EXPECT_EQ(result.out.rfind("cpu   available: ", 0), 0u) << result.out;
  EXPECT_NE(result.out.find("\ncuda"), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("GiB"), std::string::npos) << result.out;
  EXPECT_EQ(result.err, "");
}

TEST_F(DevicesCommand, GivesTheReasonOfWhatIsMissing) {
  for (const DeviceInfo& device : devices()) {
    if (device.available) continue;
    const std::string line = "unavailable: " + device.reason + "\n";
    EXPECT_NE(run({"devices"}).out.find(line), std::string::npos) << line;
  }
}

TEST_F(DevicesCommand, VerboseSaysWhatAutoTakes) {
  const CommandResult result = run({"devices", "--verbose"});
  EXPECT_NE(result.out.find("auto takes "), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("build "), std::string::npos) << result.out;
}

TEST_F(DevicesCommand, VerboseSaysOfEachKernelWhetherAGpuHasRunIt) {
  const std::string text = run({"devices", "--verbose"}).out;
  const auto json = nlohmann::json::parse(run({"devices", "--verbose", "--json"}).out)["kernels"];
  std::set<std::string> names;
  for (const auto& kernel : json) {
    const std::string name = kernel["name"], state = kernel["state"];
    EXPECT_EQ(std::string(kernel["hash"]).size(), 16u);
    EXPECT_EQ(kernel.contains("date"), state != "not run");
    const std::size_t line = text.find("\n  " + name + " ");
    ASSERT_NE(line, std::string::npos) << name;
    const std::string evidence = text.substr(line, text.find('\n', line + 1) - line);
    EXPECT_EQ(evidence.find("emulated only") == std::string::npos, state == "verified") << evidence;
    names.insert(name);
  }
  EXPECT_TRUE(names.count("smo") && names.count("kernel_matrix") && names.count("network_conv1d"));
}

TEST_F(DevicesCommand, JsonListsTheSameDevices) {
  const auto json = nlohmann::json::parse(run({"devices", "--json"}).out);
  ASSERT_GE(json["devices"].size(), 2u);
  EXPECT_EQ(json["devices"][0]["name"], "cpu");
  EXPECT_EQ(json["devices"][0]["available"], true);
  for (const auto& device : json["devices"])
    EXPECT_TRUE(device.contains(device["available"] ? "description" : "reason"));
}

TEST_F(DevicesCommand, HelpAndVersionExplainThemselves) {
  EXPECT_EQ(run({"--version"}).out.rfind("whiteline ", 0), 0u);
  const CommandResult help = run({"--help"});
  for (const char* verb : {"devices", "info", "synth", "train", "classify"}) {
    EXPECT_NE(help.out.find(verb), std::string::npos) << verb;
    EXPECT_NE(run({verb, "--help"}).out.find("--json"), std::string::npos) << verb;
  }
}

}  // namespace
}  // namespace whiteline::test
