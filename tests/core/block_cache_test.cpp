#include "cpu/block_cache.hpp"

#include <gtest/gtest.h>

namespace whiteline::cpu {
namespace {

void* block(std::size_t bytes) { return std::aligned_alloc(64, bytes); }

TEST(BlockCacheTest, GivesBackABlockOfJustTheSizeThatIsAskedFor) {
  BlockCache cache(1024);
  EXPECT_EQ(cache.take(128), nullptr);
  void* const kept = block(128);
  cache.keep(kept, 128);
  EXPECT_EQ(cache.take(64), nullptr);
  EXPECT_EQ(cache.take(192), nullptr);
  EXPECT_EQ(cache.take(128), kept);
  EXPECT_EQ(cache.take(128), nullptr);
  std::free(kept);
}

TEST(BlockCacheTest, FreesTheBlocksKeptLongestBeyondItsLimit) {
  BlockCache cache(300);
  void* const first = block(128);
  cache.keep(first, 128);
  void* const second = block(192);
  cache.keep(second, 192);  // 320 bytes: the first is freed
  EXPECT_EQ(cache.take(128), nullptr);
  EXPECT_EQ(cache.take(192), second);
  std::free(second);
  cache.keep(block(512), 512);  // larger than all that may be kept
  EXPECT_EQ(cache.take(512), nullptr);
}

TEST(BlockCacheTest, ForgetsAllBlocksWhenCleared) {
  BlockCache cache(1024);
  cache.keep(block(128), 128);
  cache.clear();
  EXPECT_EQ(cache.take(128), nullptr);
}

}  // namespace
}  // namespace whiteline::cpu
