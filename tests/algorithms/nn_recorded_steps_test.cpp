// Steps that a queue may replay are those enqueued one by one, on every device.
#include <gtest/gtest.h>

#include <numeric>

#include "algorithms/nn/recorded_steps.hpp"
#include "support/ops_backends.hpp"

namespace whiteline::test {
namespace {

class RecordedSteps : public OpsTest<&core::Ops::reduce> {};
INSTANTIATE_TEST_SUITE_P(Backends, RecordedSteps, all_backends(), backend_name);

// Step i adds `x` to a sum and writes the sum to place i.
struct Counting {
  const Context& ctx;
  core::ReduceOps& ops;
  float x = 1.0f;
  Matrix table = Matrix::from_host(ctx, {&x, 1, 1});
  core::Buffer<double> sum{ctx, 1}, sums;

  Counting(const Context& ctx, core::ReduceOps& ops, std::int64_t steps)
      : ctx(ctx), ops(ops), sums(ctx, steps) {
    sum.fill(0);
    sums.fill(0);
  }
  void step(std::int64_t i) {
    ops.add_to(table.view(), sum.span());
    ctx.queue().copy(sums.span().data + i, sum.span().data, sizeof(double));
  }
};

TEST_P(RecordedSteps, AreDoneInTheirOrderInEachEpoch) {
  for (const std::int64_t count : {0, 1, 31, 32, 33, 70}) {
    Counting counting(ctx(), ops(), count);
    nn::RecordedSteps steps;
    std::vector<std::int64_t> asked;
    for (int epoch = 0; epoch < 3; ++epoch) {
      steps.run(
          ctx().queue(), count, [&](std::int64_t i) { counting.step(i); },
          [&](std::int64_t i) { asked.push_back(i); });
      std::vector<double> expected(std::size_t(count), 0.0);
      std::iota(expected.begin(), expected.end(), double(epoch * count + 1));
      EXPECT_EQ(counting.sums.to_host(), expected) << count << ", " << epoch;
      std::vector<std::int64_t> each(std::size_t(count), 0);
      std::iota(each.begin(), each.end(), 0);
      EXPECT_EQ(asked, each);
      asked.clear();
    }
  }
}

TEST_P(RecordedSteps, SeeWhatDeviceMemoryHoldsThen) {
  Counting counting(ctx(), ops(), 3);
  nn::RecordedSteps steps;
  double expected = 0.0;
  for (int epoch = 0; epoch < 4; ++epoch) {
    const auto x = float(epoch + 1);
    ctx().queue().upload(counting.table.view().data, &x, sizeof x);
    steps.run(ctx().queue(), 3, [&](std::int64_t i) { counting.step(i); });
    expected += 3.0 * double(x);
    EXPECT_EQ(counting.sums.to_host().back(), expected) << epoch;
  }
}

TEST_P(RecordedSteps, CanBeStoppedBeforeAnyStep) {
  Counting counting(ctx(), ops(), 40);
  nn::RecordedSteps steps;
  const auto run = [&](std::int64_t last) {
    steps.run(
        ctx().queue(), 40, [&](std::int64_t i) { counting.step(i); },
        [&](std::int64_t i) {
          if (i > last) throw Cancelled("enough");
        });
  };
  run(40);
  EXPECT_THROW(run(35), Cancelled);
  EXPECT_THROW(run(-1), Cancelled);
  EXPECT_GE(counting.sum.to_host().front(), 40.0 + 36.0);
}

}  // namespace
}  // namespace whiteline::test
