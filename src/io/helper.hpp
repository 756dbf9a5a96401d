// whiteline-hdf5: the program that touches HDF5 files, so that the library's crashes stay there.
#pragma once

#include <whiteline/error.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace whiteline::io {

// WHITELINE_HDF5_HELPER, or libexec/whiteline/whiteline-hdf5 beside the library. Throws Unsupported
// with the reason when there is none.
WHITELINE_EXPORT std::filesystem::path hdf5_helper();

struct HelperRun {
  std::vector<std::string> arguments;
  std::vector<int> descriptors;        // become 3, 4, ...
  double seconds = 5.0;                // it is killed after that
  std::function<void()> still_wanted;  // called every 50 ms; its exception kills the helper
};

// How it ended: empty, or "it crashed, signal 11".
std::string run_helper(const std::filesystem::path& program, const HelperRun& run);

}  // namespace whiteline::io
