// Memory of the CPU's own, as blocks: large ones on huge pages, which the system hands out sooner.
#pragma once

#include <cstddef>
#include <cstdlib>

namespace whiteline::cpu {

constexpr std::size_t block_alignment = 64;  // bytes
constexpr std::size_t huge_page = 2 << 20;

// The size of the block for `bytes`: large blocks are whole huge pages.
constexpr std::size_t block_size(std::size_t bytes) {
  const std::size_t step = bytes >= 2 * huge_page ? huge_page : block_alignment;
  const std::size_t padded = (bytes + step - 1) / step * step;
  return padded >= bytes ? padded : bytes;
}
constexpr bool is_large(std::size_t size) { return size >= 2 * huge_page; }

// `size` as block_size() gives it; contents undefined; null where there is none. std::free() takes
// it back.
void* take_block(std::size_t size);

struct FreeBlock {
  void operator()(void* block) const { std::free(block); }
};

}  // namespace whiteline::cpu
