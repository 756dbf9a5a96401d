// Which accesses are conflicts by CUDA's rules, and which are not.
#include "race.hpp"

#include <gtest/gtest.h>

#include "run_kernel.hpp"

namespace whiteline::test {
namespace {

// Whether the detector reports a conflict, in each schedule the same.
void expect_conflict(bool conflict, void (*kernel)(int*), dim3 blocks, dim3 threads) {
  for (const std::uint64_t schedule : schedules) {
    simt::set_schedule_seed(schedule);
    int out[64] = {};
    run_kernel(kernel, {blocks, threads}, out);
    EXPECT_EQ(simt::take_conflicts() > 0, conflict) << "schedule " << schedule;
  }
}

class Races : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!simt::finds_races) GTEST_SKIP() << "this build has no race detector (preset emu-race)";
  }
};

template <bool second_step>
__global__ void hand_on(int* out) {  // lane 0 -> 1 -> 2
  WL_SHARED(int, word, [1]);
  const unsigned lane = threadIdx.x;
  if (lane == 0) word[0] = 41;
  if (lane == 0 || lane == 1) __syncwarp(3u);
  if (second_step && (lane == 1 || lane == 2)) __syncwarp(6u);
  if (lane == 2) out[0] = word[0] + 1;
}

TEST_F(Races, OrderIsHandedOnFromLaneToLane) {
  expect_conflict(false, hand_on<true>, 1, 32);
  expect_conflict(true, hand_on<false>, 1, 32);
}

// All lanes read one word, then one of them writes it again.
template <bool barrier_after_reading>
__global__ void reuse(int* out) {
  WL_SHARED(int, word, [1]);
  for (int round = 0; round < 3; ++round) {
    if (threadIdx.x == unsigned(round)) word[0] = round;
    __syncwarp();
    out[threadIdx.x] += word[0];
    if (barrier_after_reading) __syncwarp();
  }
}

TEST_F(Races, AWordIsReusedAfterABarrierOnly) {
  expect_conflict(false, reuse<true>, 1, 32);
  expect_conflict(true, reuse<false>, 1, 32);
}

template <bool block_wide>
__global__ void across_warps(int* out) {
  WL_SHARED(int, word, [64]);
  word[threadIdx.x] = int(threadIdx.x);
  if (block_wide)
    __syncthreads();
  else
    __syncwarp();
  out[threadIdx.x] = word[63 - threadIdx.x];
}

TEST_F(Races, WarpsAreOrderedByTheBlocksBarrierOnly) {
  expect_conflict(false, across_warps<true>, 1, 64);
  expect_conflict(true, across_warps<false>, 1, 64);
}

__global__ void shuffle_between(int* out) {
  WL_SHARED(int, word, [32]);
  word[threadIdx.x] = 1;
  __shfl_sync(~0u, 0, 0);
  out[threadIdx.x] = word[31 - threadIdx.x];
}

TEST_F(Races, AShuffleOrdersNothing) { expect_conflict(true, shuffle_between, 1, 32); }

__global__ void count(int* out) { atomicAdd(&out[0], 1); }
__global__ void count_and_look(int* out) {
  atomicAdd(&out[0], 1);
  if (threadIdx.x == 0) out[1 + blockIdx.x] = out[0];
}
__global__ void count_plainly(int* out) { out[0] += 1; }

TEST_F(Races, AtomicsConflictOnlyWithPlainAccesses) {
  expect_conflict(false, count, 4, 64);
  expect_conflict(true, count_and_look, 4, 64);
  expect_conflict(true, count_plainly, 1, 2);
  expect_conflict(true, count_plainly, 2, 1);
}

__global__ void own_word(int* out) { out[blockIdx.x * blockDim.x + threadIdx.x] += 1; }
__global__ void read_all_write_one(int* out) {
  if (blockIdx.x == 1)
    out[1 + threadIdx.x] = 1;
  else
    out[32 + blockIdx.x] = out[1 + threadIdx.x];
}

TEST_F(Races, BlocksAreNeverOrdered) {
  expect_conflict(false, own_word, 2, 32);
  expect_conflict(true, read_all_write_one, 3, 8);
}

__global__ void bytes_of_a_word(int* out) { reinterpret_cast<char*>(out)[threadIdx.x] = 1; }

TEST_F(Races, NeighbouringBytesAreApart) { expect_conflict(false, bytes_of_a_word, 1, 64); }

}  // namespace
}  // namespace whiteline::test
