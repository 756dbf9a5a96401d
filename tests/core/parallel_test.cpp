#include "core/parallel.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

namespace whiteline::core {
namespace {

TEST(ThreadPool, RunsEachChunkOnceForAnyNumberOfThreads) {
  for (int threads : {1, 2, 3, 8}) {
    ThreadPool pool(threads);
    EXPECT_EQ(pool.threads(), threads);
    for (std::int64_t chunks : {0, 1, 2, 31, 1000}) {
      std::vector<int> count(static_cast<std::size_t>(chunks), 0);
      pool.run(chunks, [&](std::int64_t chunk) { ++count[std::size_t(chunk)]; });
      for (int c : count) EXPECT_EQ(c, 1);
    }
  }
}

TEST(ThreadPool, NestedCallsRunInline) {
  ThreadPool pool(4);
  std::atomic<int> sum = 0;
  pool.run(10, [&](std::int64_t) { pool.run(10, [&](std::int64_t) { ++sum; }); });
  EXPECT_EQ(sum, 100);
}

TEST(ThreadPool, RethrowsTheLowestChunksException) {
  ThreadPool pool(4);
  for (int repeat = 0; repeat < 50; ++repeat) {
    try {
      pool.run(64, [&](std::int64_t chunk) {
        if (chunk >= 3) throw std::runtime_error(std::to_string(chunk));
      });
      FAIL() << "nothing was thrown";
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "3");
    }
  }
  std::atomic<int> sum = 0;
  pool.run(5, [&](std::int64_t) { ++sum; });
  EXPECT_EQ(sum, 5) << "the pool is of no use after an exception";
}

TEST(ThreadPool, RangesCoverTheWholeWithoutOverlap) {
  ThreadPool pool(3);
  std::vector<int> count(1001, 0);
  parallel_for(pool, 1001, 64, [&](std::int64_t begin, std::int64_t end) {
    EXPECT_EQ(begin % 64, 0);
    for (std::int64_t i = begin; i < end; ++i) ++count[std::size_t(i)];
  });
  for (int c : count) EXPECT_EQ(c, 1);
}

}  // namespace
}  // namespace whiteline::core
