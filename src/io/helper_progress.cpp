#include "io/helper_progress.hpp"

#include <unistd.h>

#include <algorithm>

#include "io/hspy_protocol.hpp"

namespace whiteline::io {

std::uint64_t HelperProgress::part_of(std::uint64_t whole) const {
  hspy::BytesDone said;
  if (pread(descriptor(), &said, sizeof said, 0) != sizeof said || said.total == 0) return 0;
  return std::uint64_t(double(whole) * std::min(1.0, double(said.done) / double(said.total)));
}

}  // namespace whiteline::io
