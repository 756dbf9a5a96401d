// How far whiteline-hdf5 is, in a memory file that it writes while it works.
#pragma once

#include <cstdint>

#include "io/memory_file.hpp"

namespace whiteline::io {

class HelperProgress {
 public:
  HelperProgress() : file_("whiteline-progress") {}

  int descriptor() const { return file_.descriptor(); }
  // The same part of `whole` as the helper says it has done; 0 before it has said anything.
  std::uint64_t part_of(std::uint64_t whole) const;

 private:
  MemoryFile file_;
};

}  // namespace whiteline::io
