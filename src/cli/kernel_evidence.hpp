// Which kernels of the CUDA backend have run on a GPU as they are in this build.
#pragma once

#include <span>
#include <string_view>

namespace whiteline::cli {

enum class KernelState { verified, changed, not_run };

struct KernelEvidence {
  std::string_view name;  // of the family: its file in src/cuda
  std::string_view hash;  // of its source as built, but for comments and layout
  KernelState state;
  // Of the last run that passed its tests; empty where there was none.
  std::string_view date, device, checks;
};

// All families, by name; made from bench/results/gpu-evidence.json by cmake/gpu-evidence.cmake.
std::span<const KernelEvidence> kernel_evidence();

}  // namespace whiteline::cli
