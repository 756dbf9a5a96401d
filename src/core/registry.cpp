#include "core/registry.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <whiteline/version.hpp>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>

#include "core/plugin.hpp"
#include "cpu/cpu_backend.hpp"

namespace whiteline::core {

namespace {

// WHITELINE_PLUGIN_PATH if set, else the folder that holds this library.
std::filesystem::path plugin_folder() {
  if (const char* folder = std::getenv("WHITELINE_PLUGIN_PATH")) return folder;
  Dl_info self{};
  dladdr(reinterpret_cast<const void*>(&plugin_folder), &self);
  return std::filesystem::path(self.dli_fname ? self.dli_fname : ".").parent_path();
}

std::string no_reason_given(const char* text) { return text ? text : "no reason given"; }

// Opens the plugin and checks that it was built for this library; the handle is never closed, as
// the backend's code must stay.
BackendEntry open_plugin(const std::string& name) {
  BackendEntry entry{name, nullptr, {}};
  const auto path = plugin_folder() / fmt::format("libwhiteline_{}.so", name);
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    entry.reason = fmt::format("no {} plugin (there is no {})", name, path.string());
    return entry;
  }
  void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    entry.reason =
        fmt::format("the {} plugin does not load ({})", name, no_reason_given(dlerror()));
    return entry;
  }
  const auto info_of = reinterpret_cast<PluginEntry>(dlsym(handle, plugin_symbol));
  if (!info_of) {
    entry.reason =
        fmt::format("{} is no whiteline plugin (no symbol {})", path.string(), plugin_symbol);
    return entry;
  }
  const PluginInfo* info = info_of();
  if (info->abi != plugin_abi) {
    entry.reason = fmt::format("the {} plugin has another interface (ABI {}, this library has {})",
                               name, info->abi, plugin_abi);
  } else if (std::string_view(info->build_id) != build_id()) {
    entry.reason = fmt::format("the {} plugin is of another build ({}, this library is {})", name,
                               info->build_id, build_id());
  } else {
    try {
      entry.backend = info->create();
    } catch (const std::exception& error) {
      entry.reason = error.what();
    }
  }
  return entry;
}

}  // namespace

const BackendEntry& backend(std::string_view name) {
  static std::mutex mutex;
  static auto& entries =
      *new std::map<std::string, BackendEntry, std::less<>>;  // as backends: kept
  std::lock_guard lock(mutex);
  if (const auto found = entries.find(name); found != entries.end()) return found->second;
  const std::string key(name);
  if (name == "cpu") return entries[key] = {key, &cpu::backend(), {}};
  if (name == "cuda" || name == "emu") return entries[key] = open_plugin(key);
  throw InvalidArgument(fmt::format(
      "unknown device `{}` (known: auto, cpu, cuda, cuda:0, ...) see `whiteline devices`", name));
}

const std::vector<std::string>& public_backends() {
  static const std::vector<std::string> names{"cpu", "cuda"};
  return names;
}

}  // namespace whiteline::core
