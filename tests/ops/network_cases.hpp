// What the tests of network operations share.
#pragma once

#include <functional>
#include <vector>

#include "core/buffer.hpp"
#include "reference/network.hpp"
#include "support/ops_backends.hpp"
#include "support/random_table.hpp"
#include "support/tolerance.hpp"

namespace whiteline::test {

using core::Activation;
using formulas::DescentRule;
using reference::Numbers;

inline const std::vector<Activation> activations = {
    Activation::linear, Activation::relu, Activation::sigmoid,     Activation::tanh,
    Activation::elu,    Activation::selu, Activation::exponential, Activation::leaky_relu};

inline double largest_magnitude(const Numbers& x) {
  double most = 0.0;
  for (const double value : x.values) most = std::max(most, std::abs(value));
  return most;
}

inline Table rounded(const Numbers& x) {
  Table table(x.rows, x.cols);
  std::copy(x.values.begin(), x.values.end(), table.values.begin());
  return table;
}

inline void expect_near(const Table& got, const Numbers& want, double tolerance,
                        const std::string& what = "") {
  ASSERT_EQ(got.rows, want.rows) << what;
  ASSERT_EQ(got.cols, want.cols) << what;
  for (std::int64_t r = 0; r < got.rows; ++r)
    for (std::int64_t c = 0; c < got.cols; ++c)
      ASSERT_NEAR(got(r, c), want(r, c), tolerance)
          << what << " at row " << r << ", column " << c << " of " << got.rows << " x " << got.cols;
}

// A sum of dy y that depends on x, and its gradient by central differences.
inline Numbers slopes(const std::function<Numbers(const Numbers&)>& forward, const Numbers& x,
                      const Numbers& dy) {
  const double step = 1e-5;
  const auto sum = [&](const Numbers& from) {
    const Numbers y = forward(from);
    double total = 0.0;
    for (std::size_t i = 0; i < y.values.size(); ++i) total += y.values[i] * dy.values[i];
    return total;
  };
  Numbers gradient(x.rows, x.cols);
  for (std::size_t i = 0; i < x.values.size(); ++i) {
    Numbers more = x, less = x;
    more.values[i] += step;
    less.values[i] -= step;
    gradient.values[i] = (sum(more) - sum(less)) / (2.0 * step);
  }
  return gradient;
}

// Central differences of step 1e-5 in double are right to some 1e-9 of the numbers involved.
inline void expect_same_slopes(const Numbers& gradient, const Numbers& slopes) {
  ASSERT_EQ(gradient.values.size(), slopes.values.size());
  for (std::size_t i = 0; i < slopes.values.size(); ++i)
    ASSERT_NEAR(gradient.values[i], slopes.values[i], 1e-7 * (1.0 + largest_magnitude(gradient)));
}

// A parameter on the device and what an optimiser keeps of it, between sentinels.
struct HeldParameter {
  Framed values, gradient, mean, square;

  HeldParameter(const Context& ctx, const Table& start)
      : values(ctx, start),
        gradient(ctx, Table(start.rows, start.cols)),
        mean(ctx, Table(start.rows, start.cols)),
        square(ctx, Table(start.rows, start.cols)) {}
  core::Parameter get() { return {values.view(), gradient.view(), mean.view(), square.view()}; }
};

class NetworkTest : public OpsTest<&core::Ops::network> {
 protected:
  void SetUp() override {
    OpsTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    state_ = core::Buffer<core::TrainingState>(ctx(), 1);
    state_.fill(0);
  }
  core::DeviceSpan<core::TrainingState> state() { return state_.span(); }
  core::TrainingState state_now() const { return state_.to_host()[0]; }
  void set_state(const core::TrainingState& to) { state_.write(0, {&to, 1}); }
  core::Descent descent(DescentRule rule, float rate = 0.1f) { return {rule, rate, state_.span()}; }
  core::Descent gradient_only() { return descent(DescentRule::gradient_only); }

 private:
  core::Buffer<core::TrainingState> state_;
};

}  // namespace whiteline::test
