// What a backend in a shared library of its own exports: one C symbol that returns a PluginInfo.
#pragma once

#include <cstdint>

#include "core/backend.hpp"

namespace whiteline::core {

constexpr std::uint32_t plugin_abi = 1;  // raised when PluginInfo changes
constexpr const char* plugin_symbol = "whiteline_plugin";

struct PluginInfo {
  std::uint32_t abi;     // plugin_abi; first, so that a mismatch can always be read
  const char* build_id;  // whiteline::build_id() of the contract the plugin was built with
  Backend* (*create)();  // owned by the registry; throws on failure
};
using PluginEntry = const PluginInfo* (*)();

}  // namespace whiteline::core
