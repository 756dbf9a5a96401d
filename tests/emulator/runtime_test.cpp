// What the emulated CUDA runtime adds to the emulated GPU: late streams, memory of its own, order,
// errors that stay.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <vector>

#include "fake_cuda.hpp"
#include "host_device.hpp"

namespace whiteline::test {
namespace {

__global__ void add_one(float* x, int size) {
  const int i = int(blockIdx.x * blockDim.x + threadIdx.x);
  if (i < size) x[i] += 1.0f;
}
__global__ void breaks_a_rule() {
  if (threadIdx.x == 0) return;
  __syncthreads();
}

constexpr int size = 1000;
constexpr std::size_t bytes = size * sizeof(float);

// Device memory with ones in it.
class FakeRuntime : public ::testing::Test {
 protected:
  void SetUp() override {
    emulator::reset();
    ASSERT_EQ(cudaMalloc(&device_, bytes), cudaSuccess);
    ASSERT_EQ(cudaMemcpyAsync(device_, ones_.data(), bytes, cudaMemcpyHostToDevice), cudaSuccess);
    ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  }
  void TearDown() override {
    emulator::reset();
    EXPECT_EQ(cudaFree(device_), cudaSuccess);
    EXPECT_EQ(emulator::live_objects(), 0u);
  }

  cudaStream_t new_stream() {
    cudaStream_t stream = nullptr;
    EXPECT_EQ(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), cudaSuccess);
    return stream;
  }

  const std::vector<float> ones_ = std::vector<float>(size, 1.0f);
  std::vector<float> host_ = std::vector<float>(size, -1.0f);
  float* device_ = nullptr;
};

TEST_F(FakeRuntime, AMissingWaitReadsOldData) {
  WL_LAUNCH(add_one, dim3(8), dim3(128), 0, nullptr, device_, size);
  ASSERT_EQ(cudaMemcpyAsync(host_.data(), device_, bytes, cudaMemcpyDeviceToHost), cudaSuccess);
  EXPECT_EQ(host_[0], -1.0f);
  ASSERT_EQ(cudaStreamSynchronize(nullptr), cudaSuccess);
  EXPECT_EQ(host_, std::vector<float>(size, 2.0f));
}

TEST_F(FakeRuntime, AStreamWaitsForAnEventOfAnother) {
  const cudaStream_t first = new_stream(), second = new_stream();
  cudaEvent_t event = nullptr;
  ASSERT_EQ(cudaEventCreateWithFlags(&event, cudaEventDisableTiming), cudaSuccess);
  WL_LAUNCH(add_one, dim3(8), dim3(128), 0, first, device_, size);
  ASSERT_EQ(cudaEventRecord(event, first), cudaSuccess);
  ASSERT_EQ(cudaStreamWaitEvent(second, event), cudaSuccess);
  ASSERT_EQ(cudaMemcpyAsync(host_.data(), device_, bytes, cudaMemcpyDeviceToHost, second),
            cudaSuccess);
  ASSERT_EQ(cudaStreamSynchronize(second), cudaSuccess);
  EXPECT_EQ(host_[size - 1], 2.0f);
  EXPECT_EQ(cudaEventDestroy(event), cudaSuccess);
  EXPECT_EQ(cudaStreamDestroy(first), cudaSuccess);
  EXPECT_EQ(cudaStreamDestroy(second), cudaSuccess);
}

TEST_F(FakeRuntime, ACapturedStreamDoesItsWorkWhenTheGraphIsLaunched) {
  const cudaStream_t stream = new_stream();
  cudaGraph_t graph = nullptr;
  cudaGraphExec_t work = nullptr;
  ASSERT_EQ(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), cudaSuccess);
  WL_LAUNCH(add_one, dim3(8), dim3(128), 0, stream, device_, size);
  ASSERT_EQ(cudaStreamEndCapture(stream, &graph), cudaSuccess);
  ASSERT_EQ(cudaGraphInstantiate(&work, graph), cudaSuccess);
  EXPECT_EQ(cudaGraphDestroy(graph), cudaSuccess);
  for (int i = 0; i < 3; ++i) ASSERT_EQ(cudaGraphLaunch(work, stream), cudaSuccess);
  EXPECT_EQ(cudaGraphExecDestroy(work), cudaSuccess);
  EXPECT_EQ(cudaGraphLaunch(work, stream), cudaErrorInvalidValue);
  ASSERT_EQ(cudaMemcpyAsync(host_.data(), device_, bytes, cudaMemcpyDeviceToHost, stream),
            cudaSuccess);
  ASSERT_EQ(cudaStreamSynchronize(stream), cudaSuccess);
  EXPECT_EQ(host_, std::vector<float>(size, 4.0f));
  EXPECT_EQ(cudaStreamDestroy(stream), cudaSuccess);
}

TEST_F(FakeRuntime, WaitingForACapturedStreamSpoilsItsGraph) {
  const cudaStream_t stream = new_stream();
  cudaEvent_t event = nullptr;
  ASSERT_EQ(cudaEventCreateWithFlags(&event, cudaEventDisableTiming), cudaSuccess);
  const auto spoils = [&](const auto& wait) {
    cudaGraph_t graph = nullptr;
    ASSERT_EQ(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), cudaSuccess);
    ASSERT_EQ(cudaEventRecord(event, stream), cudaSuccess);
    EXPECT_EQ(wait(), cudaErrorStreamCaptureUnsupported);
    EXPECT_EQ(cudaStreamEndCapture(stream, &graph), cudaErrorStreamCaptureInvalidated);
    EXPECT_EQ(graph, nullptr);
  };
  spoils([&] { return cudaStreamSynchronize(stream); });
  spoils([&] { return cudaEventSynchronize(event); });
  spoils([&] { return cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal); });
  EXPECT_EQ(cudaEventDestroy(event), cudaSuccess);
  EXPECT_EQ(cudaStreamDestroy(stream), cudaSuccess);
}

TEST_F(FakeRuntime, TheHostReadingDeviceMemoryFaults) {
  const pid_t child = fork();
  if (child == 0) {
    signal(SIGSEGV, SIG_DFL);
    const volatile float value = *static_cast<const volatile float*>(device_);
    _exit(value == 0.0f ? 1 : 0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGSEGV);
}

TEST_F(FakeRuntime, RefusesMixedUpPointersAndSizes) {
  float host[10] = {};
  EXPECT_EQ(cudaMemcpyAsync(device_, host, 40, cudaMemcpyDeviceToHost), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemcpyAsync(host, device_, 40, cudaMemcpyHostToDevice), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemcpyAsync(device_ + size - 5, host, 40, cudaMemcpyHostToDevice),
            cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemsetAsync(host, 0, 40), cudaErrorInvalidValue);
  EXPECT_EQ(cudaFree(host), cudaErrorInvalidValue);
}

TEST_F(FakeRuntime, RefusesMemoryThatWasGivenBack) {
  const cudaStream_t stream = new_stream();
  cudaMemPoolProps properties{cudaMemAllocationTypePinned, {cudaMemLocationTypeDevice, 0}};
  cudaMemPool_t pool = nullptr;
  ASSERT_EQ(cudaMemPoolCreate(&pool, &properties), cudaSuccess);
  void* address = nullptr;
  ASSERT_EQ(cudaMallocFromPoolAsync(&address, 64, pool, stream), cudaSuccess);
  ASSERT_EQ(cudaFreeAsync(address, stream), cudaSuccess);
  EXPECT_EQ(cudaMemsetAsync(address, 0, 64, stream), cudaErrorInvalidValue);
  EXPECT_EQ(cudaFreeAsync(address, stream), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemPoolDestroy(pool), cudaSuccess);
  EXPECT_EQ(cudaStreamDestroy(stream), cudaSuccess);
}

TEST_F(FakeRuntime, RefusesAKernelOnAStreamOfAnotherDevice) {
  emulator::set_device_count(2);
  ASSERT_EQ(cudaSetDevice(1), cudaSuccess);
  const cudaStream_t stream = new_stream();
  ASSERT_EQ(cudaSetDevice(0), cudaSuccess);
  WL_LAUNCH(add_one, dim3(1), dim3(1), 0, stream, device_, size);
  EXPECT_EQ(cudaGetLastError(), cudaErrorInvalidResourceHandle);
  EXPECT_EQ(cudaSetDevice(2), cudaErrorInvalidDevice);
  EXPECT_EQ(cudaStreamDestroy(stream), cudaSuccess);
}

TEST_F(FakeRuntime, RefusesAnImpossibleLaunchAndForgetsItWhenAsked) {
  WL_LAUNCH(add_one, dim3(1), dim3(2000), 0, nullptr, device_, size);
  EXPECT_EQ(cudaPeekAtLastError(), cudaErrorInvalidConfiguration);
  EXPECT_EQ(cudaGetLastError(), cudaErrorInvalidConfiguration);
  EXPECT_EQ(cudaGetLastError(), cudaSuccess);
}

TEST_F(FakeRuntime, ABrokenRuleFailsEveryCallFromThenOn) {
  WL_LAUNCH(breaks_a_rule, dim3(1), dim3(32), 0, nullptr);
  EXPECT_EQ(cudaGetLastError(), cudaSuccess);  // a launch only enqueues
  EXPECT_EQ(cudaStreamSynchronize(nullptr), cudaErrorLaunchFailure);
  void* address = nullptr;
  EXPECT_EQ(cudaMalloc(&address, 64), cudaErrorLaunchFailure);
  EXPECT_EQ(cudaGetLastError(), cudaErrorLaunchFailure);
  EXPECT_EQ(cudaGetLastError(), cudaErrorLaunchFailure);
}

TEST_F(FakeRuntime, FailsTheCallItIsToldTo) {
  int count = 0;
  emulator::fail_call(2, cudaErrorMemoryAllocation);
  EXPECT_EQ(cudaGetDeviceCount(&count), cudaSuccess);
  EXPECT_EQ(cudaGetDeviceCount(&count), cudaErrorMemoryAllocation);
  EXPECT_EQ(cudaGetDeviceCount(&count), cudaSuccess);
}

}  // namespace
}  // namespace whiteline::test
