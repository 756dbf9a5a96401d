// The only function that the plugin exports.
#include "core/plugin.hpp"

#include "core/build_id.hpp"  // made by CMake
#include "cuda/cuda_backend.hpp"

extern "C" WHITELINE_EXPORT const whiteline::core::PluginInfo* whiteline_plugin() {
  static const whiteline::core::PluginInfo info{
      whiteline::core::plugin_abi, whiteline::core::contract_hash,
      []() -> whiteline::core::Backend* { return new whiteline::cuda::CudaBackend; }};
  return &info;
}
