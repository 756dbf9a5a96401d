// A plugin with the interface number and build id that it is compiled with; it makes no backend.
#include <whiteline/version.hpp>

#include "core/plugin.hpp"

extern "C" WHITELINE_EXPORT const whiteline::core::PluginInfo* whiteline_plugin() {
  static const whiteline::core::PluginInfo info{
      FAKE_PLUGIN_ABI, FAKE_PLUGIN_BUILD_ID, []() -> whiteline::core::Backend* {
        throw whiteline::DeviceUnavailable("the fake plugin has no device");
      }};
  return &info;
}
