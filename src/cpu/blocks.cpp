#include "cpu/blocks.hpp"

#include <sys/mman.h>

namespace whiteline::cpu {

void* take_block(std::size_t size) {
  void* const block = std::aligned_alloc(is_large(size) ? huge_page : block_alignment, size);
  if (block && is_large(size)) madvise(block, size, MADV_HUGEPAGE);  // if it may be
  return block;
}

}  // namespace whiteline::cpu
