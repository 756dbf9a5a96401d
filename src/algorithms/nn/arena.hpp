// Buffers that are in use for part of the time share the memory of an arena.
#pragma once

#include <cstdint>
#include <vector>

namespace whiteline::nn {

struct ArenaBuffer {
  std::int64_t size = 0;               // floats
  std::int64_t first = -1, last = -1;  // times of its first and last use; -1: none yet
  std::int64_t offset = 0;             // floats, a multiple of 16
};

// Gives each buffer a place such that those in use at the same time do not overlap; returns the
// floats needed in all.
std::int64_t place_buffers(std::vector<ArenaBuffer>& buffers);

}  // namespace whiteline::nn
