#include "support/smo_batch.hpp"

#include <random>

#include "support/ops_backends.hpp"

namespace whiteline {
namespace {

using formulas::SmoState;
using formulas::SmoStatus;
using test::add_mixed_problems;
using test::Batch;
using test::Points;
using test::random_points;
using test::reference::Dual;
using test::reference::SteppedProblem;

class SmoTest : public test::OpsTest<&core::Ops::smo> {};
INSTANTIATE_TEST_SUITE_P(Backends, SmoTest, test::all_backends(), test::backend_name);

TEST_P(SmoTest, StepsMatchTheDefinitionBitForBit) {
  const Points points = random_points(320, 11, 0.8);
  Batch batch(ctx(), points);
  add_mixed_problems(batch, 3);
  batch.start();
  std::vector<SteppedProblem> expected;
  for (std::size_t p = 0; p < batch.problems().size(); ++p) expected.push_back(batch.stepped(p));
  for (std::int64_t steps : {0, 1, 2, 30, 100000}) {
    batch.advance({1e-3, steps, 100000});
    const std::vector<SmoState> states = batch.states();
    for (std::size_t p = 0; p < expected.size(); ++p) {
      advance(expected[p], 1e-3, steps, 100000);
      SCOPED_TRACE(testing::Message() << "problem " << p << " after another " << steps);
      EXPECT_EQ(states[p].iterations, expected[p].iterations);
      EXPECT_EQ(states[p].gap, expected[p].gap);
      EXPECT_EQ(static_cast<int>(states[p].status), static_cast<int>(expected[p].status));
      EXPECT_EQ(batch.of(p, batch.alpha()), expected[p].alpha);
      EXPECT_EQ(batch.of(p, batch.gradient()), expected[p].gradient);
    }
  }
  for (const SteppedProblem& p : expected) EXPECT_EQ(p.status, SteppedProblem::converged);
  batch.expect_sentinels();
}

TEST_P(SmoTest, RebuiltGradientsMatchTheDefinitionBitForBit) {
  const Points points = random_points(320, 12, 0.8);
  Batch batch(ctx(), points);
  add_mixed_problems(batch, 4);
  batch.start();
  batch.advance({1e-3, 40, 100000});
  std::vector<SmoState> states = batch.states();
  const std::vector<double> before = batch.gradient();
  states[1].status = states[2].status = SmoStatus::rebuild;
  batch.set_states(states);
  batch.rebuild();
  for (std::size_t p = 0; p < states.size(); ++p) {
    SteppedProblem expected = batch.stepped(p);
    expected.alpha = batch.of(p, batch.alpha());
    expected.gradient = batch.of(p, before);
    if (p == 1 || p == 2) expected.status = SteppedProblem::rebuild;
    rebuild_gradient(expected);
    EXPECT_EQ(batch.of(p, batch.gradient()), expected.gradient) << "problem " << p;
    const SmoStatus status = p == 1 || p == 2 ? SmoStatus::running : states[p].status;
    EXPECT_EQ(batch.states()[p].status, status);
  }
  batch.expect_sentinels();
}

TEST_P(SmoTest, ObjectiveOfSmallProblemsIsThatOfBruteForce) {
  const Points points = random_points(512, 21, 1.5);
  const int count = emulated() ? 200 : 1000;
  Batch batch(ctx(), points);
  std::mt19937 random(5);
  for (int i = 0; i < count; ++i) {
    const std::int64_t first = std::int64_t(random() % 32), second = std::int64_t(random() % 31);
    std::vector<double> upper(32, 0.0);
    upper[random() % 16] = 1.0 + double(random() % 50);  // at least one row a class
    upper[16 + random() % 16] = 1.0 + double(random() % 50);
    const std::size_t more = random() % (i % 10 == 0 ? 7 : 5);  // 8 rows are slow to enumerate
    for (std::size_t r = 0; r < more; ++r) upper[random() % 32] = 0.1 + double(random() % 9);
    batch.add({first * 16, 16, (second + (second >= first)) * 16, 16}, upper);
  }
  batch.start();
  batch.advance({1e-6, 1000000, 1000000});
  const std::vector<SmoState> states = batch.states();
  const std::vector<double> all = batch.alpha();
  for (std::size_t p = 0; p < states.size(); ++p) {
    ASSERT_EQ(states[p].status, SmoStatus::converged) << "problem " << p;
    std::vector<double> alpha;
    const Dual dual = batch.dual(p, batch.of(p, all), alpha);
    double sum = 0.0, balance = 0.0;
    for (std::size_t i = 0; i < alpha.size(); ++i) {
      ASSERT_GE(alpha[i], 0.0);
      ASSERT_LE(alpha[i], dual.upper[i]);
      sum += alpha[i];
      balance += alpha[i] * dual.y[i];
    }
    EXPECT_LE(std::abs(balance), 1e-12 * sum);
    EXPECT_NEAR(kkt_gap(dual, alpha), states[p].gap, 1e-9 * (1.0 + sum));
    const double best = brute_force_objective(dual);
    EXPECT_NEAR(objective(dual, alpha), best, 1e-6 * std::abs(best)) << "problem " << p;
  }
}

TEST_P(SmoTest, LargerProblemsReachTheOptimumOfPlainSteps) {
  const Points points = random_points(208, 31, 2.0);
  Batch batch(ctx(), points);
  batch.add({0, 112, 112, 96}, std::vector<double>(208, 3.0));
  batch.start();
  batch.advance({1e-6, 1000000, 1000000});
  ASSERT_EQ(batch.states()[0].status, SmoStatus::converged);
  std::vector<double> alpha;
  const Dual dual = batch.dual(0, batch.of(0, batch.alpha()), alpha);
  const double best = objective(dual, test::reference::solve_plainly(dual, 1e-10));
  EXPECT_NEAR(objective(dual, alpha), best, 1e-9 * std::abs(best));
}

TEST_P(SmoTest, StopsAtTheIterationLimitWithTheGradientUpToDate) {
  const Points points = random_points(64, 41, 1.0);
  Batch batch(ctx(), points);
  batch.add({0, 32, 32, 32}, std::vector<double>(64, 10.0));
  batch.start();
  batch.advance({1e-9, 1000, 13});
  const SmoState state = batch.states()[0];
  EXPECT_EQ(state.status, SmoStatus::iteration_limit);
  EXPECT_EQ(state.iterations, 13);
  std::vector<double> alpha;
  const Dual dual = batch.dual(0, batch.of(0, batch.alpha()), alpha);
  EXPECT_NEAR(kkt_gap(dual, alpha), state.gap, 1e-9);
  batch.advance({1e-9, 1000, 13});  // not running any more
  EXPECT_EQ(batch.states()[0].iterations, 13);
}

TEST_P(SmoTest, AProblemThatCannotMoveAsksForARebuildOnceThenStalls) {
  const Points points = random_points(32, 51, 1.0);
  Batch batch(ctx(), points);
  std::vector<double> upper(32, 0.0);
  upper[0] = upper[16] = 1e21;
  batch.add({0, 16, 16, 16}, upper);
  batch.start();
  // A gradient of the size of 1 asks for a step that alpha = 1e20 cannot take.
  std::vector<double> alpha = batch.alpha(), gradient = batch.gradient();
  alpha[16] = alpha[32] = 1e20;
  batch.set_alpha(alpha);
  batch.advance({1e-3, 10, 1000});
  EXPECT_EQ(batch.states()[0].status, SmoStatus::rebuild);
  EXPECT_EQ(batch.states()[0].stalls, 1);
  batch.rebuild();
  EXPECT_EQ(batch.states()[0].status, SmoStatus::running);
  batch.set_gradient(gradient);
  batch.set_alpha(alpha);
  batch.advance({1e-3, 10, 1000});
  EXPECT_EQ(batch.states()[0].status, SmoStatus::stalled);
  EXPECT_EQ(batch.states()[0].iterations, 0);
  EXPECT_EQ(batch.alpha(), alpha);
}

TEST_P(SmoTest, NoProblemsAndProblemsOfOneClassAreSolvedAtOnce) {
  const Points points = random_points(32, 61, 1.0);
  Batch none(ctx(), points);
  none.start();
  none.advance({1e-3, 10, 10});
  none.rebuild();
  EXPECT_TRUE(none.states().empty());
  Batch batch(ctx(), points);
  batch.add({0, 16, 16, 0}, std::vector<double>(16, 1.0));
  batch.add({0, 16, 16, 16}, std::vector<double>(32, 0.0));
  batch.start();
  batch.advance({1e-3, 10, 10});
  for (const SmoState& state : batch.states()) {
    EXPECT_EQ(state.status, SmoStatus::converged);
    EXPECT_EQ(state.iterations, 0);
    EXPECT_EQ(state.gap, -std::numeric_limits<double>::infinity());
  }
}

}  // namespace
}  // namespace whiteline
