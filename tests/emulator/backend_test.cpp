// The CUDA backend's host side on the emulated GPU: which devices it offers, and what becomes of
// memory, copies and products.
#include <gtest/gtest.h>
#include <whiteline/matrix.hpp>

#include <functional>
#include <numeric>
#include <string>
#include <vector>

#include "core/buffer.hpp"
#include "core/ops/ops.hpp"
#include "core/registry.hpp"
#include "fake_cuda.hpp"
#include "support/tolerance.hpp"

namespace whiteline::test {
namespace {

std::string message_of(auto&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

class CudaBackendOnEmu : public ::testing::Test {
 protected:
  void SetUp() override { emulator::reset(); }
  void TearDown() override {
    emulator::reset();
    EXPECT_EQ(emulator::live_objects(), 0u);
  }

  std::vector<DeviceInfo> devices() const {
    const core::BackendEntry& entry = core::backend("emu");
    return entry.backend ? entry.backend->devices() : std::vector<DeviceInfo>();
  }
  // The reason of the only device, which cannot be used; Context gives the same one.
  std::string reason() const {
    const auto all = devices();
    if (all.size() != 1 || all[0].available) return "it can be used";
    EXPECT_NE(message_of([] { Context ctx("emu"); }).find(all[0].reason), std::string::npos);
    EXPECT_THROW(Context("emu"), DeviceUnavailable);
    return all[0].reason;
  }
};

TEST_F(CudaBackendOnEmu, RecordsWorkAndDoesItAgain) {
  const Context ctx("emu");
  const std::vector<float> ones(6, 1.0f);
  const Matrix x = Matrix::from_host(ctx, {ones.data(), 2, 3});
  core::Buffer<double> sum(ctx, 6);
  sum.fill(0);
  const auto add = [&] { ctx.queue().ops().reduce->add_to(x.view(), sum.span()); };
  const auto recording = ctx.queue().record(add);
  ASSERT_TRUE(recording);
  EXPECT_EQ(sum.to_host(), std::vector<double>(6, 0.0));
  add();
  for (int i = 0; i < 3; ++i) recording->replay();
  EXPECT_EQ(sum.to_host(), std::vector<double>(6, 4.0));
}

TEST_F(CudaBackendOnEmu, RefusesToRecordWhatAReplayCannotDo) {
  const Context ctx("emu");
  core::Queue& queue = ctx.queue();
  core::Buffer<int> buffer(ctx, 4);
  const std::vector<int> numbers{1, 2, 3, 4};
  const auto refused = [&](const std::function<void()>& work) {
    EXPECT_NE(message_of([&] { queue.record(work); }).find("cannot record"), std::string::npos);
  };
  refused([&] { queue.allocate(64); });
  refused([&] { queue.synchronize(); });
  refused([&] { buffer.write(0, numbers); });
  refused([&] { buffer.to_host(); });
  refused([&] { Matrix::from_host(ctx, {std::vector<float>(4).data(), 2, 2}); });
  refused([&] { queue.record([] {}); });
  EXPECT_THROW(queue.record([] { throw Unsupported("no"); }), Unsupported);
  buffer.write(0, numbers);  // it still works
  EXPECT_EQ(buffer.to_host(), numbers);
}

TEST_F(CudaBackendOnEmu, ReplaysOutliveTheirRecording) {
  const Context ctx("emu");
  core::Buffer<int> from(ctx, 4), to(ctx, 4);
  from.fill(1);
  auto recording =
      ctx.queue().record([&] { ctx.queue().copy(to.span().data, from.span().data, 16); });
  recording->replay();
  from.fill(2);
  recording.reset();
  EXPECT_EQ(to.to_host()[3], 0x01010101);
}

TEST_F(CudaBackendOnEmu, ListsEveryDevice) {
  emulator::set_device_count(2);
  const auto all = devices();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[1].name, "emu:1");
  EXPECT_TRUE(all[1].available);
  EXPECT_EQ(all[1].description, "emulated GPU, compute capability 9.0");
  EXPECT_EQ(all[1].memory_bytes, std::uint64_t{1} << 30);
  EXPECT_EQ(Context("emu:1").device().name, "emu:1");
  EXPECT_NE(message_of([] { Context ctx("emu:2"); }).find("the last GPU is emu:1"),
            std::string::npos);
}

TEST_F(CudaBackendOnEmu, SaysWhyThereIsNoDevice) {
  emulator::set_device_count(0, cudaErrorInsufficientDriver);
  emulator::set_driver_version(0);
  EXPECT_EQ(reason(), "no NVIDIA driver");
  emulator::set_driver_version(12020);
  EXPECT_EQ(reason(), "the NVIDIA driver is too old: it is for CUDA 12.2, CUDA 13.0 is needed");
  emulator::set_device_count(0, cudaErrorStubLibrary);
  EXPECT_NE(reason().find("stub library"), std::string::npos);
  emulator::set_device_count(0, cudaErrorNoDevice);
  EXPECT_NE(reason().find("no NVIDIA GPU"), std::string::npos);
  emulator::set_device_count(0, cudaErrorInvalidValue);
  EXPECT_NE(reason().find("cudaErrorInvalidValue"), std::string::npos);
}

TEST_F(CudaBackendOnEmu, SaysWhyADeviceCannotBeUsed) {
  emulator::set_compute_capability(7, 5);
  EXPECT_EQ(reason(), "emulated GPU has compute capability 7.5, at least 8.0 is needed");
  emulator::set_compute_capability(11, 0);  // newer than the machine code, older than the PTX
  EXPECT_NE(reason().find("has no code for emulated GPU of compute capability 11.0"),
            std::string::npos);
  for (const auto& [major, minor] : {std::pair{8, 0}, {8, 9}, {9, 0}, {10, 3}, {12, 0}, {13, 1}}) {
    emulator::set_compute_capability(major, minor);
    EXPECT_TRUE(devices()[0].available) << major << "." << minor;
  }
  emulator::fail_call(2, cudaErrorInvalidValue);  // its properties
  EXPECT_NE(devices()[0].reason.find("does not answer"), std::string::npos);
}

TEST_F(CudaBackendOnEmu, CountsItsOwnUnusedMemoryAsFree) {
  const Context ctx("emu");
  EXPECT_EQ(ctx.memory_limit(), (std::uint64_t{1} << 30) / 10 * 8);
  EXPECT_EQ(ctx.threads(), 1);
  EXPECT_EQ(Context("emu", {.memory_limit = 4096}).fork().memory_limit(), 4096u);
}

TEST_F(CudaBackendOnEmu, SaysHowMuchMemoryItFailedToTake) {
  emulator::set_memory(1 << 20);
  const Context ctx("emu");
  const core::Buffer<float> quarter(ctx, 1 << 16);
  EXPECT_EQ(message_of([&] { core::Buffer<float> whole(ctx, 1 << 18); }),
            "cannot take 1.0 MiB of memory on emu:0 (0.8 MiB of 1.0 MiB are free) lower --memory "
            "or use --device cpu");
  EXPECT_THROW(core::Buffer<float>(ctx, 1 << 18), OutOfMemory);
}

TEST_F(CudaBackendOnEmu, UsesMemoryAgainThatWasReleasedBefore) {
  emulator::set_memory(1 << 20);
  const Context ctx("emu");
  for (int round = 0; round < 10; ++round) {
    core::Buffer<float> half(ctx, 1 << 17);
    half.fill(0);
  }
}

TEST_F(CudaBackendOnEmu, CarriesMoreThanItsStagingMemoryBothWays) {
  const Context ctx("emu");
  std::vector<int> numbers(3'000'001);  // 11.4 MiB in blocks of 4 MiB
  std::iota(numbers.begin(), numbers.end(), 0);
  const core::Buffer<int> first(ctx, std::span<const int>(numbers));
  std::vector<core::Buffer<int>> small;
  for (int i = 0; i < 100; ++i) small.emplace_back(ctx, std::span<const int>(&numbers[i], 3));
  EXPECT_EQ(first.to_host(), numbers);
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(small[std::size_t(i)].to_host(), (std::vector<int>{i, i + 1, i + 2}));
  EXPECT_EQ(first.to_host(), numbers);
}

TEST_F(CudaBackendOnEmu, LetsTheHostReuseWhatItUploaded) {
  const Context ctx("emu");
  std::vector<int> numbers{1, 2, 3};
  const core::Buffer<int> buffer(ctx, std::span<const int>(numbers));
  numbers = {7, 8, 9};
  EXPECT_EQ(buffer.to_host(), (std::vector<int>{1, 2, 3}));
}

TEST_F(CudaBackendOnEmu, CopiesAndFillsInOrder) {
  const Context ctx("emu");
  const std::vector<int> numbers{1, 2, 3, 4};
  core::Buffer<int> from(ctx, std::span<const int>(numbers)), to(ctx, 4);
  ctx.queue().copy(to.span().data, from.span().data, 16);
  from.fill(0);
  EXPECT_EQ(to.to_host(), numbers);
  EXPECT_EQ(from.to_host(), (std::vector<int>{0, 0, 0, 0}));
}

TEST_F(CudaBackendOnEmu, WorksOnTwoDevicesInTurns) {
  emulator::set_device_count(2);
  const Context first("emu:0"), second("emu:1");
  core::Buffer<int> a(first, 4), b(second, 4);
  for (int round = 0; round < 2; ++round) {
    a.fill(1);
    b.fill(2);
  }
  EXPECT_EQ(a.to_host()[3], 0x01010101);
  EXPECT_EQ(b.to_host()[3], 0x02020202);
}

struct Product {
  std::int64_t m, n, k;
  core::Transpose transpose_a, transpose_b;
  float alpha, beta;
};

std::vector<float> waves(std::int64_t size, float step) {
  std::vector<float> values(static_cast<std::size_t>(size));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = std::sin(step * float(i));
  return values;
}

void expect_product(const Context& ctx, const Product& p) {
  const bool across_a = p.transpose_a == core::Transpose::yes,
             across_b = p.transpose_b == core::Transpose::yes;
  const std::int64_t a_cols = across_a ? p.m : p.k, b_cols = across_b ? p.k : p.n;
  const auto a = waves(p.m * p.k, 0.7f), b = waves(p.k * p.n, 0.3f), c = waves(p.m * p.n, 0.1f);
  const Matrix left = Matrix::from_host(ctx, {a.data(), across_a ? p.k : p.m, a_cols}),
               right = Matrix::from_host(ctx, {b.data(), across_b ? p.n : p.k, b_cols});
  Matrix out = Matrix::from_host(ctx, {c.data(), p.m, p.n});
  core::need(ctx.queue().ops().blas, "blas")
      .gemm(p.alpha, left.view(), p.transpose_a, right.view(), p.transpose_b, p.beta, out.view());
  std::vector<float> got(c.size());
  out.copy_to(got);
  for (std::int64_t i = 0; i < p.m; ++i)
    for (std::int64_t j = 0; j < p.n; ++j) {
      double sum = 0.0;
      for (std::int64_t k = 0; k < p.k; ++k)
        sum += double(a[std::size_t(across_a ? k * a_cols + i : i * a_cols + k)]) *
               b[std::size_t(across_b ? j * b_cols + k : k * b_cols + j)];
      const std::size_t at = std::size_t(i * p.n + j);
      ASSERT_NEAR(got[at], p.alpha * sum + p.beta * double(c[at]), tolerance(p.k, 2.0));
    }
}

TEST_F(CudaBackendOnEmu, MultipliesRowMajorMatricesOfAnyShape) {
  const Context ctx("emu");
  using core::Transpose;
  for (const auto& [m, n, k] : {std::tuple{1, 1, 1}, {33, 31, 32}, {2, 57, 5}, {32, 1, 33}})
    for (const Transpose a : {Transpose::no, Transpose::yes})
      for (const Transpose b : {Transpose::no, Transpose::yes})
        for (const float beta : {0.0f, -0.5f}) expect_product(ctx, {m, n, k, a, b, 1.5f, beta});
}

TEST_F(CudaBackendOnEmu, MultipliesEmptyMatrices) {
  const Context ctx("emu");
  using core::Transpose;
  for (const auto& [m, n, k] : {std::tuple{0, 3, 4}, {3, 0, 4}, {0, 0, 0}, {3, 4, 0}})
    for (const float beta : {0.0f, 1.0f, 0.5f})
      expect_product(ctx, {m, n, k, Transpose::no, Transpose::no, 1.0f, beta});
}

}  // namespace
}  // namespace whiteline::test
