// Large blocks of memory that were given back, kept for the next who wants one of the same size: a
// fresh block is cleared by the system first, which takes as long as filling it.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <new>

namespace whiteline::cpu {

// Blocks from std::aligned_alloc. For any number of threads.
class BlockCache {
 public:
  explicit BlockCache(std::size_t most) : most_(most) {}
  ~BlockCache() { clear(); }
  BlockCache(const BlockCache&) = delete;
  BlockCache& operator=(const BlockCache&) = delete;

  // A kept block of just this size, contents undefined; null: there is none.
  void* take(std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    for (auto block = blocks_.rbegin(); block != blocks_.rend(); ++block)
      if (block->bytes == bytes) {
        void* const address = block->address;
        blocks_.erase(std::next(block).base());
        kept_ -= bytes;
        return address;
      }
    return nullptr;
  }

  // Keeps the block; frees those kept longest where there would be more than `most` bytes.
  void keep(void* address, std::size_t bytes) noexcept {
    const std::lock_guard lock(mutex_);
    try {
      blocks_.push_back({address, bytes});
    } catch (const std::bad_alloc&) {  // no memory to remember it by
      std::free(address);
      return;
    }
    kept_ += bytes;
    while (kept_ > most_) free_oldest();
  }

  void clear() {
    const std::lock_guard lock(mutex_);
    while (!blocks_.empty()) free_oldest();
  }

 private:
  struct Block {
    void* address;
    std::size_t bytes;
  };

  void free_oldest() {
    std::free(blocks_.front().address);
    kept_ -= blocks_.front().bytes;
    blocks_.pop_front();
  }

  std::mutex mutex_;
  std::deque<Block> blocks_;  // kept longest first
  std::size_t most_, kept_ = 0;
};

}  // namespace whiteline::cpu
