// whiteline devices: what there is to compute on, and why not.
#include <fmt/format.h>
#include <whiteline/version.hpp>

#include <algorithm>
#include <memory>

#include "cli/console.hpp"
#include "cli/kernel_evidence.hpp"
#include "cli/options.hpp"
#include "cli/ranges.hpp"

namespace whiteline::cli {

namespace {

struct DevicesOptions {
  OutputOptions output;
  bool verbose = false;
};

Json device_json(const DeviceInfo& device) {
  Json entry = {{"name", device.name}, {"available", device.available}};
  if (device.available) {
    entry["description"] = device.description;
    entry["memory_bytes"] = device.memory_bytes;
  } else {
    entry["reason"] = device.reason;
  }
  return entry;
}

std::string line(const DeviceInfo& device, std::size_t width) {
  if (!device.available)
    return fmt::format("{:<{}}  unavailable: {}", device.name, width, device.reason);
  const std::string memory =
      device.memory_bytes > 0 ? ", " + format_bytes(device.memory_bytes) : std::string();
  return fmt::format("{:<{}}  available: {}{}", device.name, width, device.description, memory);
}

Json kernel_json(const KernelEvidence& kernel) {
  constexpr std::string_view states[] = {"verified", "changed", "not run"};
  Json entry = {{"name", kernel.name},
                {"hash", kernel.hash},
                {"state", states[static_cast<std::size_t>(kernel.state)]}};
  if (kernel.state == KernelState::not_run) return entry;
  entry.update({{"date", kernel.date}, {"device", kernel.device}, {"checks", kernel.checks}});
  return entry;
}

std::string evidence_of(const KernelEvidence& kernel) {
  switch (kernel.state) {
    case KernelState::verified:
      return fmt::format("verified {}, {}: {}", kernel.date, kernel.device, kernel.checks);
    case KernelState::changed:
      return fmt::format("changed since it ran on {}, {}: emulated only", kernel.device,
                         kernel.date);
    case KernelState::not_run:
      break;
  }
  return "not yet run on a GPU: emulated only";
}

void show_kernels(Console& console, Json& result) {
  std::size_t width = 0;
  Json list = Json::array();
  for (const KernelEvidence& kernel : kernel_evidence()) {
    width = std::max(width, kernel.name.size());
    list.push_back(kernel_json(kernel));
  }
  console.result("CUDA kernels:");
  for (const KernelEvidence& kernel : kernel_evidence())
    console.result(fmt::format("  {:<{}}  {}", kernel.name, width, evidence_of(kernel)));
  result["kernels"] = list;
}

void run_devices(const DevicesOptions& options) {
  Console console(options.output);
  const std::vector<DeviceInfo> all = devices();
  std::size_t width = 4;
  Json list = Json::array();
  for (const DeviceInfo& device : all) {
    width = std::max(width, device.name.size());
    list.push_back(device_json(device));
  }
  for (const DeviceInfo& device : all) console.result(line(device, width));
  Json result = {{"devices", list}};
  if (options.verbose) {
    const Context automatic;
    console.result(fmt::format("auto takes {}: {}", automatic.device().name, automatic.choice()));
    console.result(
        fmt::format("working memory {}, {} CPU threads, unless --memory and --threads "
                    "say otherwise",
                    format_bytes(automatic.memory_limit()), automatic.threads()));
    console.result(fmt::format("whiteline {}, build {}", version(), build_id()));
    result["auto"] = {{"name", automatic.device().name},
                      {"choice", automatic.choice()},
                      {"memory_limit_bytes", automatic.memory_limit()},
                      {"threads", automatic.threads()}};
    result["whiteline"] = {{"version", version()}, {"build_id", build_id()}};
    show_kernels(console, result);
  }
  console.json(result);
}

}  // namespace

void add_devices(CommandLine& command) {
  Verb verb = command.verb("devices", "List what can be computed on, and why not");
  auto options = std::make_shared<DevicesOptions>();
  verb.flag("--verbose", options->verbose,
            "also what auto would take, limits, versions and which\nkernels have run on a GPU");
  add_output_options(verb, options->output);
  verb.run([options](const Json&) { run_devices(*options); });
}

}  // namespace whiteline::cli
