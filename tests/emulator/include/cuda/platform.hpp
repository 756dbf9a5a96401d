// Stands in for src/cuda/platform.hpp where the backend is built for the emulated GPU.
#pragma once

#include <array>

namespace whiteline::cuda {

inline constexpr const char* backend_name = "emu";
inline constexpr const char* architectures = "80-real,90a-real,100-real,120";
inline constexpr std::array cublas_files{"libwhiteline_emu_cublas.so"};
inline constexpr std::array<const char*, 0> library_folders{};

}  // namespace whiteline::cuda
