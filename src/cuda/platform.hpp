// What this build of the backend calls itself, what it holds code for, and where its libraries
// are. The emulated build (tests/emulator) puts a header of the same name first in the include
// path.
#pragma once

#include <array>

namespace whiteline::cuda {

inline constexpr const char* backend_name = "cuda";
inline constexpr const char* architectures = WHITELINE_CUDA_ARCHITECTURES;  // "80-real,90a-real"
inline constexpr std::array cublas_files{"libcublas.so.13", "libcublas.so.12"};
inline constexpr std::array library_folders{WHITELINE_CUDA_LIBRARY_DIR, "/usr/local/cuda/lib64"};

}  // namespace whiteline::cuda
