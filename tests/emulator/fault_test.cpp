// Every CUDA call of an operation fails in turn: the error is clear, nothing leaks, the output
// stays, and the CPU goes on.
#include <gtest/gtest.h>
#include <whiteline/matrix.hpp>

#include <numeric>
#include <string>
#include <vector>

#include "core/buffer.hpp"
#include "core/ops/ops.hpp"
#include "fake_cuda.hpp"

namespace whiteline::test {
namespace {

const std::vector<float> numbers{1, 2, 3, 4, 5, 6};

// out = x x' of a 2 x 3 matrix, from opening the device to reading the result. Returns the calls up
// to there; those after it only clean up.
long multiply(std::vector<float>& out) {
  const Context ctx("emu");
  const Matrix x = Matrix::from_host(ctx, {numbers.data(), 2, 3});
  Matrix product(ctx, 2, 2);
  core::need(ctx.queue().ops().blas, "blas")
      .gemm(1.0f, x.view(), core::Transpose::no, x.view(), core::Transpose::yes, 0.0f,
            product.view());
  product.copy_to(out);
  return emulator::calls();
}

// out = 3 x, added up by a recording. Returns the calls up to there.
long add_thrice(std::vector<double>& out) {
  const Context ctx("emu");
  const Matrix x = Matrix::from_host(ctx, {numbers.data(), 2, 3});
  core::Buffer<double> sum(ctx, 6);
  sum.fill(0);
  const auto recording =
      ctx.queue().record([&] { ctx.queue().ops().reduce->add_to(x.view(), sum.span()); });
  for (int i = 0; i < 3; ++i) recording->replay();
  out = sum.to_host();
  return emulator::calls();
}

class FaultOnEmu : public ::testing::TestWithParam<cudaError_t> {
 protected:
  void TearDown() override { emulator::reset(); }
};
INSTANTIATE_TEST_SUITE_P(OfEachKind, FaultOnEmu,
                         ::testing::Values(cudaErrorMemoryAllocation, cudaErrorInvalidValue,
                                           cudaErrorLaunchFailure));

// work(out), whose calls up to its result it returns, fails at each of them.
template <class T>
void fail_each_call(cudaError_t error, long (*work)(std::vector<T>&), std::vector<T> untouched,
                    const std::vector<T>& right) {
  std::vector<T> out = untouched;
  emulator::reset();
  const long calls = work(out), calls_with_cleaning = emulator::calls();
  ASSERT_EQ(out, right);
  ASSERT_GT(calls, 20);
  for (long call = 1; call <= calls_with_cleaning; ++call) {
    emulator::reset();
    emulator::fail_call(call, error);
    out = untouched;
    std::string message = "nothing failed";
    try {
      work(out);
    } catch (const Error& caught) {
      message = caught.what();
    }
    if (call <= calls) {
      EXPECT_NE(message.find("--device cpu"), std::string::npos) << message << ", call " << call;
      EXPECT_EQ(out, untouched) << "call " << call;
    } else {
      EXPECT_EQ(message, "nothing failed") << "call " << call;
      EXPECT_EQ(out, right) << "call " << call;
    }
    EXPECT_EQ(emulator::live_objects(), 0u) << "call " << call;
    emulator::reset();
    work(out);
    EXPECT_EQ(out, right) << "after the failure of call " << call;
  }
}

TEST_P(FaultOnEmu, AtEachCallIsReportedAndLeavesNothingBehind) {
  fail_each_call<float>(GetParam(), multiply, std::vector<float>(4, -1.0f), {14, 32, 32, 77});
}

TEST_P(FaultOnEmu, OfARecordingIsReportedAndLeavesNothingBehind) {
  fail_each_call<double>(GetParam(), add_thrice, std::vector<double>(6, -1.0),
                         {3, 6, 9, 12, 15, 18});
}

TEST_P(FaultOnEmu, LeavesTheQueueUsableWhereCudaAllowsIt) {
  emulator::reset();
  const Context ctx("emu");
  const core::Buffer<float> buffer(ctx, std::span<const float>(numbers));
  const bool lasts = GetParam() == cudaErrorLaunchFailure;
  const long before = emulator::calls();
  ASSERT_EQ(buffer.to_host(), numbers);
  const long calls = emulator::calls() - before;
  for (long call = 1; call <= calls; ++call) {
    emulator::fail_call(call, GetParam());
    EXPECT_THROW(buffer.to_host(), Error) << "call " << call;
    if (!lasts) {
      EXPECT_EQ(cudaPeekAtLastError(), cudaSuccess) << "the next launch would be blamed";
    } else {
      EXPECT_THROW(ctx.synchronize(), Error);
      const std::vector<float> on_cpu =
          core::Buffer<float>(Context("cpu"), std::span<const float>(numbers)).to_host();
      EXPECT_EQ(on_cpu, numbers);
      emulator::reset();  // what only a new process can do on a GPU
    }
    emulator::fail_call(0, cudaSuccess);
    EXPECT_EQ(buffer.to_host(), numbers) << "after call " << call;
  }
}

}  // namespace
}  // namespace whiteline::test
