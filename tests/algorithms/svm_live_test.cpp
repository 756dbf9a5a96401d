// Live use: a kept predictor takes no memory once it is warm. This program counts every allocation.
#include <whiteline/svm.hpp>

#include <atomic>
#include <cstdlib>
#include <new>
#include <optional>

#include "algorithms/svm_data.hpp"

namespace {

std::atomic<std::int64_t> allocations{0};

void* counted(std::size_t size, std::size_t alignment) {
  ++allocations;
  void* memory = nullptr;
  return posix_memalign(&memory, alignment, size ? size : 1) == 0 ? memory : nullptr;
}

void* counted_or_throw(std::size_t size, std::size_t alignment) {
  if (void* const memory = counted(size, alignment)) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) { return counted_or_throw(size, alignof(std::max_align_t)); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return counted_or_throw(size, std::size_t(alignment));
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return counted(size, alignof(std::max_align_t));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

// What matrices and scratch memory of the CPU come from.
extern "C" void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  return counted(size, alignment);
}

namespace whiteline {
namespace {

TEST(SvmLive, AWarmPredictorAllocatesNothing) {
  const Context ctx("cpu", {.threads = 2});
  const test::Labelled set = test::peaks(60, 40, 3, 0.5, 30);
  const Matrix x = set.on(ctx);
  for (const Kernel& kernel : {rbf(0.5), cosine()}) {
    const SvmParams params{.kernel = kernel};
    SvmPredictor predictor(
        ctx,
        svm_calibrate(ctx, svm_train(ctx, params, x, set.labels).model, params, {}, x, set.labels),
        {.probability = true,
         .decision = true,
         .labels = SvmPredictParams::Labels::vote_break_ties});
    SvmPrediction out;
    const HostView all{set.x.data(), set.rows, 40}, one{set.x.data(), 1, 40};
    const auto use = [&] {
      predictor.predict(x, out);
      predictor.classify(all, std::nullopt, out);
      predictor.classify(one, std::nullopt, out);
    };
    const std::int64_t cold = allocations;
    use();
    EXPECT_GT(allocations, cold);  // it does count
    const std::int64_t warm = allocations;
    for (int call = 0; call < 3; ++call) use();
    EXPECT_EQ(allocations, warm);
    EXPECT_EQ(out.labels.size(), 1u);
  }
}

}  // namespace
}  // namespace whiteline
