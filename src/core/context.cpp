#include <fmt/format.h>
#include <whiteline/context.hpp>

#include <charconv>
#include <utility>

#include "core/backend.hpp"
#include "core/registry.hpp"

namespace whiteline {

namespace {

struct DeviceName {
  std::string_view backend;
  int number = 0;
};

DeviceName parse(std::string_view device) {
  const auto colon = device.find(':');
  if (colon == std::string_view::npos) return {device, 0};
  const std::string_view digits = device.substr(colon + 1);
  int number = -1;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size() || number < 0)
    throw InvalidArgument(fmt::format(
        "unknown device `{}` (a number must follow the colon) write cuda:0 or cuda:1", device));
  return {device.substr(0, colon), number};
}

std::shared_ptr<core::Queue> open_queue(std::string_view device, const ContextOptions& options) {
  const DeviceName wanted = parse(device);
  const core::BackendEntry& entry = core::backend(wanted.backend);
  if (!entry.backend)
    throw DeviceUnavailable(
        fmt::format("cannot use device {} ({}) use --device cpu", device, entry.reason));
  return entry.backend->make_queue(wanted.number, options);
}

}  // namespace

std::vector<DeviceInfo> devices() {
  std::vector<DeviceInfo> all;
  for (const std::string& name : core::public_backends()) {
    const core::BackendEntry& entry = core::backend(name);
    if (!entry.backend) {
      all.push_back({name, false, "", entry.reason, 0});
      continue;
    }
    for (DeviceInfo& info : entry.backend->devices()) all.push_back(std::move(info));
  }
  return all;
}

Context::Context(std::string_view device, ContextOptions options) {
  require(options.threads >= 0, "the number of threads is negative (0 means all cores)");
  if (device != "auto") {
    queue_ = open_queue(device, options);
    return;
  }
  std::string why_not;
  for (const DeviceInfo& info : devices()) {
    if (info.name == "cpu") continue;
    if (info.available) {
      queue_ = open_queue(info.name, options);
      choice_ = fmt::format("using {} ({})", info.name, info.description);
      return;
    }
    why_not += fmt::format("{}{}: {}", why_not.empty() ? "" : "; ", info.name, info.reason);
  }
  queue_ = open_queue("cpu", options);
  choice_ = fmt::format("using cpu ({})", why_not);
}

Context::Context(std::shared_ptr<core::Queue> queue) : queue_(std::move(queue)) {}

Context Context::fork() const { return Context(queue_->fork()); }
const DeviceInfo& Context::device() const { return queue_->device(); }
const std::string& Context::choice() const { return choice_; }
int Context::threads() const { return queue_->threads(); }
std::uint64_t Context::memory_limit() const { return queue_->memory_limit(); }
void Context::synchronize() const { queue_->synchronize(); }

}  // namespace whiteline
