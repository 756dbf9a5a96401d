// Reading, where memory may not suffice.
#pragma once

#include <fmt/format.h>
#include <whiteline/error.hpp>

#include <filesystem>
#include <new>
#include <stdexcept>

namespace whiteline::io {

// Runs `read`, with a failed allocation as one of our errors.
template <class Read>
auto guarded(const std::filesystem::path& path, Read read) {
  try {
    return read();
  } catch (const std::bad_alloc&) {
    throw OutOfMemory(fmt::format(
        "cannot read {} (there is not enough memory for it) read a smaller part", path.string()));
  } catch (const std::length_error&) {
    throw OutOfMemory(fmt::format(
        "cannot read {} (there is not enough memory for it) read a smaller part", path.string()));
  }
}

}  // namespace whiteline::io
