// Which GPUs the plugin holds code for.
#pragma once

#include <string_view>

namespace whiteline::cuda {

struct ComputeCapability {
  int major, minor;
};

// `architectures` as CMAKE_CUDA_ARCHITECTURES has them, separated by commas: machine code (-real)
// runs on the same major version from its minor version on, PTX (-virtual) on all later versions,
// a name alone is both; a letter after the number ties either to that very version.
bool has_code_for(std::string_view architectures, ComputeCapability capability);

}  // namespace whiteline::cuda
