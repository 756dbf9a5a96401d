// CUDA libraries that are opened at run time.
#pragma once

#include <span>
#include <string>

namespace whiteline::cuda {

// One opened shared library, never closed again; null with the reason when there is none.
struct OpenedLibrary {
  void* handle = nullptr;
  std::string reason;
};

// The first of `files` that opens: where the system looks, else in the folders where CUDA toolkits
// and the nvidia packages of Python put their libraries.
OpenedLibrary open_library(std::span<const char* const> files);

}  // namespace whiteline::cuda
