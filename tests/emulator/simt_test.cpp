// What the emulated GPU must allow, and what it must refuse by name.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "race.hpp"
#include "run_kernel.hpp"
#include "sanitizers.hpp"

namespace whiteline::test::simt_test {
namespace {

class EmulatedGpu : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  void SetUp() override { simt::set_schedule_seed(GetParam()); }
  void TearDown() override { EXPECT_EQ(simt::take_conflicts(), 0); }
};
INSTANTIATE_TEST_SUITE_P(InEverySchedule, EmulatedGpu, ::testing::ValuesIn(schedules));

// Two halves of a warp work apart, at different speeds.
__global__ void halves(int* out) {
  const int lane = int(threadIdx.x);
  const unsigned mask = lane < 16 ? 0x0000ffffu : 0xffff0000u;
  int sum = lane;
  for (int round = 0; round < (lane < 16 ? 1 : 3); ++round)
    for (int offset = 8; offset; offset /= 2) sum += __shfl_xor_sync(mask, sum, offset);
  out[lane] = sum;
}

TEST_P(EmulatedGpu, KeepsCollectivesOfDisjointMasksApart) {
  int out[32];
  run_kernel(halves, {1, 32}, out);
  EXPECT_EQ(out[0], 120);
  EXPECT_EQ(out[15], 120);
  EXPECT_EQ(out[16], 376 * 256);
  EXPECT_EQ(out[31], 376 * 256);
}

__global__ void groups_of_8(int* out) {
  const int lane = int(threadIdx.x);
  out[lane] = __shfl_down_sync(~0u, lane, 3, 8);
  out[32 + lane] = __shfl_up_sync(~0u, lane, 3, 8);
  out[64 + lane] = __shfl_sync(~0u, lane, 9, 8);
}

TEST_P(EmulatedGpu, ShufflesWithinGroups) {
  int out[96];
  run_kernel(groups_of_8, {1, 32}, out);
  for (int lane = 0; lane < 32; ++lane) {
    EXPECT_EQ(out[lane], lane % 8 < 5 ? lane + 3 : lane);
    EXPECT_EQ(out[32 + lane], lane % 8 >= 3 ? lane - 3 : lane);
    EXPECT_EQ(out[64 + lane], lane / 8 * 8 + 1);
  }
}

__global__ void votes(unsigned* out) {
  const unsigned odd = __ballot_sync(~0u, threadIdx.x & 1);
  if (threadIdx.x % 32 == 0) out[threadIdx.x / 32] = odd;
  if (threadIdx.x == 0) out[2] = __any_sync(1u, true) + 2u * __all_sync(1u, false);
}

TEST_P(EmulatedGpu, VotesInAPartOfAWarpToo) {
  unsigned out[3];
  run_kernel(votes, {1, 40}, out);  // the second warp has 8 lanes
  EXPECT_EQ(out[0], 0xaaaaaaaau);
  EXPECT_EQ(out[1], 0xaau);
  EXPECT_EQ(out[2], 1u);
}

__global__ void count_under_lock(int* lock, volatile int* count) {
  while (atomicCAS(lock, 0, 1) != 0) {
  }
  *count = *count + 1;
  __threadfence();
  atomicExch(lock, 0);
}

TEST_P(EmulatedGpu, EndsASpinLock) {
  int lock = 0, count = 0;
  run_kernel(count_under_lock, {3, 100}, &lock, &count);
  EXPECT_EQ(count, 300);
  simt::take_conflicts();  // the race detector does not understand locks
}

__global__ void add_all(float* sum, double* wide, unsigned long long* bits) {
  atomicAdd(sum, 1.0f);
  atomicAdd(wide, 1.0);
  atomicOr(bits, 1ull << (threadIdx.x % 64));
}

TEST_P(EmulatedGpu, HasAtomicsOnFloatsDoublesAndWideWords) {
  float sum = 0;
  double wide = 0;
  unsigned long long bits = 0;
  run_kernel(add_all, {2, 64}, &sum, &wide, &bits);
  EXPECT_EQ(sum, 128.0f);
  EXPECT_EQ(wide, 128.0);
  EXPECT_EQ(bits, ~0ull);
}

// Lane 0 -> 1 -> 2, each step ordered by a __syncwarp of two lanes.
__global__ void hand_on(int* out) {
  WL_SHARED(int, word, [1]);
  const unsigned lane = threadIdx.x;
  if (lane == 0) word[0] = 41;
  if (lane == 0 || lane == 1) __syncwarp(3u);
  if (lane == 1 || lane == 2) __syncwarp(6u);
  if (lane == 2) out[0] = word[0] + 1;
}

TEST_P(EmulatedGpu, HandsOrderOnThroughPartsOfAWarp) {
  int out = 0;
  run_kernel(hand_on, {1, 32}, &out);
  EXPECT_EQ(out, 42);
}

__global__ void fresh_shared(unsigned* out) {
  WL_SHARED(unsigned, words, [64]);
  if (blockIdx.x == 0) words[threadIdx.x] = 7;
  __syncthreads();
  if (blockIdx.x == 1) out[threadIdx.x] = words[threadIdx.x];
}

TEST_P(EmulatedGpu, GivesEachBlockSharedMemoryThatHoldsNothing) {
  if (simt::reads_are_checked) GTEST_SKIP() << "MemorySanitizer refuses the read itself";
  std::vector<unsigned> out(64);
  run_kernel(fresh_shared, {2, 64}, out.data());
  EXPECT_EQ(out, std::vector<unsigned>(64, ~0u));
}

// --- refused ----------------------------------------------------------------------------------
__global__ void outside_mask() { __shfl_sync(1u, 0, 0); }
__global__ void different_masks() { __shfl_sync(threadIdx.x & 1 ? ~0u : 0x7fffffffu, 0, 0); }
__global__ void different_places() {
  if (threadIdx.x & 1)
    __syncwarp();
  else
    __syncwarp();
}
__global__ void leaves_before_shuffle() {
  if (threadIdx.x == 5) return;
  __shfl_sync(~0u, 0, 0);
}
__global__ void leaves_before_barrier() {
  if (threadIdx.x == 5) return;
  __syncthreads();
}
__global__ void different_barriers() {
  if (threadIdx.x < 32)
    __syncthreads();
  else
    __syncthreads();
}
__global__ void too_much_shared() {
  WL_SHARED(float, big, [13000]);
  if (threadIdx.x == 0) big[0] = 1.0f;
}
__global__ void wait_for_other_block(int* flag) {
  if (blockIdx.x == 1) atomicExch(flag, 1);
  while (atomicAdd(flag, 0) == 0) {
  }
}
__global__ void nothing() {}

TEST_P(EmulatedGpu, RefusesCollectivesThatDoNotMeet) {
  using ::testing::PrintToString;
  const auto says = [](const std::string& refusal, const char* part) {
    EXPECT_NE(refusal.find(part), std::string::npos) << PrintToString(refusal);
    EXPECT_NE(refusal.find("simt_test.cpp:"), std::string::npos) << "no place in: " << refusal;
  };
  says(refusal_of(outside_mask, {1, 32}), "not in the mask");
  says(refusal_of(different_masks, {1, 32}), "disagree on the mask");
  says(refusal_of(different_places, {1, 32}), "different collectives");
  says(refusal_of(leaves_before_shuffle, {1, 32}), "a lane of the mask exited");
  says(refusal_of(leaves_before_barrier, {1, 64}), "1 threads exited before __syncthreads");
  says(refusal_of(different_barriers, {1, 64}), "different __syncthreads");
}

TEST_P(EmulatedGpu, LimitsSharedMemoryUnlessTheLaunchAsksForMore) {
  EXPECT_NE(refusal_of(too_much_shared, {1, 32}).find("shared memory"), std::string::npos);
  EXPECT_EQ(refusal_of(too_much_shared, {1, 32, 0, 64 * 1024}), "");
}

TEST_P(EmulatedGpu, RefusesImpossibleLaunchesAndGoesOn) {
  EXPECT_NE(refusal_of(nothing, {1, 1025}).find("invalid launch"), std::string::npos);
  EXPECT_NE(refusal_of(nothing, {{1, 65536}, 1}).find("invalid launch"), std::string::npos);
  EXPECT_NE(refusal_of(nothing, {0, 1}).find("invalid launch"), std::string::npos);
  EXPECT_EQ(refusal_of(nothing, {4, {8, 8, 16}}), "");
}

TEST(EmulatedGpuBlocks, CannotWaitForEachOther) {
  simt::set_schedule_seed(0);  // block 0 first
  int flag = 0;
  EXPECT_NE(refusal_of(wait_for_other_block, {2, 1}, &flag).find("livelock"), std::string::npos);
}

}  // namespace
}  // namespace whiteline::test::simt_test
