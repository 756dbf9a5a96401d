// The one place that knows who compiles device code: nvcc, the emulated build (-DWL_EMULATE) or
// plain C++.
#pragma once

#if defined(__CUDACC__)

#include <cuda_runtime.h>
inline constexpr bool wl_gpu_instructions = true;
#define WL_HD __host__ __device__
#define WL_SHARED(type, name, extents) __shared__ type name extents
#define WL_DYN_SHARED(type, name)                                    \
  extern __shared__ __align__(16) unsigned char wl_dynamic_shared[]; \
  type* const name = reinterpret_cast<type*>(wl_dynamic_shared)
#define WL_LAUNCH(kernel, grid, block, shared_bytes, stream, ...) \
  kernel<<<grid, block, shared_bytes, stream>>>(__VA_ARGS__)

#elif defined(WL_EMULATE)

#include <cuda_runtime.h>  // tests/emulator/include
inline constexpr bool wl_gpu_instructions = false;
#define WL_HD
#define WL_SHARED(type, name, extents) \
  using name##_array = type extents;   \
  static const char name##_identity{}; \
  auto& name = *static_cast<name##_array*>(simt::shared(&name##_identity, sizeof(name##_array)))
#define WL_DYN_SHARED(type, name) type* const name = static_cast<type*>(simt::dynamic_shared())
#define WL_LAUNCH(kernel, grid, block, shared_bytes, stream, ...) \
  emulator::launch(kernel, grid, block, shared_bytes, stream __VA_OPT__(, ) __VA_ARGS__)

#else

#define WL_HD

#endif
