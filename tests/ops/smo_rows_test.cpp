// SmoOps on rows of the kernel matrix by number, of which some are not there.
#include <random>
#include <string>
#include <tuple>

#include "support/backends.hpp"
#include "support/smo_batch.hpp"

namespace whiteline {
namespace {

using formulas::SmoState;
using formulas::SmoStatus;
using test::at;
using test::Batch;
using test::Points;
using test::random_points;
namespace reference = test::reference;
using test::reference::SteppedProblem;

constexpr std::int64_t many = 100000;  // steps

std::vector<SteppedProblem> definitions(const Batch& batch) {
  std::vector<SteppedProblem> all;
  for (std::size_t p = 0; p < batch.problems().size(); ++p) all.push_back(batch.stepped(p));
  return all;
}

// On 96 rows: a few of them, all, and classes in descending order.
void add_small_problems(Batch& batch, unsigned seed) {
  std::mt19937 random(seed);
  for (const formulas::BinaryProblem& p :
       {formulas::BinaryProblem{0, 16, 32, 16, 0}, {0, 64, 64, 32, 0}, {48, 48, 0, 32, 0}})
    batch.add(p, test::random_upper(p.rows(), random));
}

void expect_same(const Batch& batch, const std::vector<SteppedProblem>& expected) {
  const std::vector<SmoState> states = batch.states();
  const std::vector<double> alpha = batch.alpha(), gradient = batch.gradient();
  for (std::size_t p = 0; p < expected.size(); ++p) {
    SCOPED_TRACE("problem " + std::to_string(p));
    EXPECT_EQ(states[p].iterations, expected[p].iterations);
    EXPECT_EQ(states[p].gap, expected[p].gap);
    EXPECT_EQ(static_cast<int>(states[p].status), static_cast<int>(expected[p].status));
    EXPECT_EQ(batch.of(p, alpha), expected[p].alpha);
    EXPECT_EQ(batch.of(p, gradient), expected[p].gradient);
  }
  batch.expect_sentinels();
}

class SmoRowsTest : public test::BackendTest {};
INSTANTIATE_TEST_SUITE_P(Backends, SmoRowsTest, test::all_backends(), test::backend_name);

// Which rows of its own the batch has not been given.
void tell_missing(const Batch& batch, std::size_t p, SteppedProblem& problem) {
  for (std::size_t t = 0; t < problem.size(); ++t)
    problem.missing[t] = !batch.has_row(batch.problems()[p].kernel_row(std::int64_t(t)));
}

// A problem gets one row at a time: just the one it waits for.
TEST_P(SmoRowsTest, AProblemMakesTheBestOfTheRowsThatAreThereBeforeItWaits) {
  const Points points = random_points(96, 12, 0.8);
  Batch batch(ctx(), points);
  add_small_problems(batch, 4);
  batch.start();
  std::vector<SteppedProblem> expected = definitions(batch);
  for (std::int64_t given = 0;; ++given) {
    for (std::size_t p = 0; p < expected.size(); ++p) tell_missing(batch, p, expected[p]);
    batch.advance_rows({1e-3, 7, many});
    const std::vector<SmoState> states = batch.states();
    std::int64_t wanted = -1;
    bool running = false;
    for (std::size_t p = 0; p < states.size(); ++p) {
      advance(expected[p], 1e-3, 7, many);
      running = running || states[p].status == SmoStatus::running;
      ASSERT_EQ(states[p].status == SmoStatus::wants_row,
                expected[p].status == SteppedProblem::wants_row);
      if (states[p].status != SmoStatus::wants_row) continue;
      EXPECT_EQ(states[p].settled_gap, expected[p].settled_gap);
      wanted = states[p].wanted_row;
      EXPECT_EQ(wanted, batch.problems()[p].kernel_row(expected[p].wanted));
      EXPECT_FALSE(batch.has_row(wanted));
    }
    if (wanted < 0 && !running) break;
    if (wanted >= 0 && !running) batch.give_row(wanted);
    ASSERT_LT(given, 10000);
  }
  for (const SteppedProblem& p : expected) EXPECT_EQ(p.status, SteppedProblem::converged);
  expect_same(batch, expected);
  std::int64_t rows = 0;
  for (std::int64_t row = 0; row < points.rows; ++row) rows += batch.has_row(row);
  EXPECT_LT(rows, points.rows);  // those that take no part are never asked for
}

TEST_P(SmoRowsTest, WaitsBeforeTheFirstStepThatLacksARow) {
  const Points points = random_points(32, 13, 1.0);
  Batch batch(ctx(), points);
  batch.add({0, 16, 16, 16}, std::vector<double>(32, 2.0));
  batch.start();
  batch.advance_rows({1e-3, 10, many});
  SmoState state = batch.states()[0];
  EXPECT_EQ(state.status, SmoStatus::wants_row);
  EXPECT_EQ(state.iterations, 0);
  EXPECT_EQ(state.gap, 2.0);
  EXPECT_EQ(state.wanted_row, 0);  // F = -y: the first row of the first class
  EXPECT_EQ(state.settled_gap, 1.0);
  batch.give_row(0);
  batch.advance_rows({1e-3, 0, many});  // no steps to take: not waiting any more
  EXPECT_EQ(batch.states()[0].status, SmoStatus::running);
  batch.advance_rows({1e-3, 10, many});
  state = batch.states()[0];
  EXPECT_EQ(state.status, SmoStatus::wants_row);
  EXPECT_EQ(state.iterations, 0);
  EXPECT_EQ(state.wanted_row, 16);  // the first of the other class
}

TEST_P(SmoRowsTest, TheGapAtTheLimitIsThatOfAllRows) {
  const Points points = random_points(96, 17, 0.8);
  Batch batch(ctx(), points);
  batch.add({0, 48, 48, 48}, std::vector<double>(96, 2.0));
  batch.start();
  SteppedProblem expected = batch.stepped(0);
  for (std::int64_t row = 0; row < points.rows; row += 5) batch.give_row(row);
  tell_missing(batch, 0, expected);
  advance(expected, 1e-3, many, 5);
  batch.advance_rows({1e-3, many, 5});
  ASSERT_EQ(batch.states()[0].status, SmoStatus::iteration_limit);
  EXPECT_GT(expected.gap, reference::extremes(expected, false).gap);
  expect_same(batch, {expected});
}

TEST_P(SmoRowsTest, MissingRowsAreThoseThatViolateMost) {
  const Points points = random_points(96, 14, 0.8);
  for (const std::int32_t count : {1, 2, 3, 28, 200}) {
    Batch batch(ctx(), points);
    add_small_problems(batch, 5);
    batch.start();
    for (std::int64_t row = 0; row < points.rows; row += 3) batch.give_row(row);
    for (int round = 0; round < 3; ++round) {
      batch.advance_rows({1e-3, many, many});
      const std::vector<SmoState> states = batch.states();
      const std::vector<std::int32_t> got = batch.missing_rows(count);
      for (std::size_t p = 0; p < states.size(); ++p) {
        SCOPED_TRACE(testing::Message() << "problem " << p << ", " << count << " rows");
        std::vector<std::int32_t> expected;
        if (states[p].status == SmoStatus::wants_row) {
          SteppedProblem now = batch.stepped(p);
          now.alpha = batch.of(p, batch.alpha());
          now.gradient = batch.of(p, batch.gradient());
          tell_missing(batch, p, now);
          const std::int64_t wanted = batch.problems()[p].row_of(states[p].wanted_row);
          for (std::int64_t t : missing_rows(now, wanted, std::size_t(count)))
            expected.push_back(std::int32_t(batch.problems()[p].kernel_row(t)));
        }
        expected.resize(std::size_t(count), -1);
        const auto first = got.begin() + std::int64_t(p) * count;
        EXPECT_EQ(std::vector<std::int32_t>(first, first + count), expected);
      }
      for (const std::int32_t row : got)
        if (row >= 0) batch.give_row(row);
    }
  }
}

TEST_P(SmoRowsTest, AProblemKnowsOnlyTheRowsOfItsOwnTable) {
  const Points points = random_points(96, 16, 0.8);
  Batch batch(ctx(), points);
  const std::vector<double> upper(64, 2.0);
  batch.add({0, 32, 48, 32, 0, 0}, upper);
  batch.add({0, 32, 48, 32, 0, 96}, upper);
  batch.start();
  for (std::int64_t row = 0; row < points.rows; ++row) batch.give_row(row, 96);
  batch.advance_rows({1e-3, many, many});
  std::vector<SmoState> states = batch.states();
  EXPECT_EQ(states[0].status, SmoStatus::wants_row);
  EXPECT_EQ(states[1].status, SmoStatus::converged);
  const std::vector<std::int32_t> missing = batch.missing_rows(64);
  EXPECT_EQ(std::count(missing.begin(), missing.begin() + 64, -1), 0);
  EXPECT_EQ(std::count(missing.begin() + 64, missing.end(), -1), 64);
  SteppedProblem expected = batch.stepped(1);
  advance(expected, 1e-3, many, many);
  EXPECT_EQ(batch.of(1, batch.gradient()), expected.gradient);
  states[1].status = SmoStatus::rebuild;
  batch.set_states(states);
  batch.rebuild_rows(0, 96);
  expected.status = SteppedProblem::rebuild;
  rebuild_gradient(expected);
  EXPECT_EQ(batch.of(1, batch.gradient()), expected.gradient);
  EXPECT_EQ(batch.states()[1].status, SmoStatus::running);
}

TEST_P(SmoRowsTest, GradientsAreRebuiltInPartsWithTheBitsOfTheWhole) {
  const Points points = random_points(320, 15, 0.8);
  const auto rebuilt = [&](const std::vector<std::int64_t>& ends) {
    Batch batch(ctx(), points);
    batch.add({0, 272, 272, 48}, std::vector<double>(320, 2.0));
    batch.add({0, 16, 16, 16}, std::vector<double>(32, 2.0));
    batch.add({32, 32, 128, 112}, std::vector<double>(144, 2.0));
    batch.start();
    batch.give_all_rows();
    batch.advance_rows({1e-3, 40, many});
    const std::vector<double> before = batch.gradient();
    std::vector<SmoState> states = batch.states();
    states[0].status = states[2].status = SmoStatus::rebuild;
    batch.set_states(states);
    std::int64_t begin = 0;
    for (const std::int64_t end : ends) {
      EXPECT_EQ(batch.states()[0].status, SmoStatus::rebuild);
      batch.rebuild_rows(begin, end);
      begin = end;
    }
    EXPECT_EQ(batch.states()[0].status, SmoStatus::running);
    EXPECT_EQ(batch.of(1, batch.gradient()), batch.of(1, before));
    for (const std::size_t p : {std::size_t(0), std::size_t(2)}) {
      SteppedProblem expected = batch.stepped(p);
      expected.alpha = batch.of(p, batch.alpha());
      expected.status = SteppedProblem::rebuild;
      rebuild_gradient(expected);
      EXPECT_EQ(batch.of(p, batch.gradient()), expected.gradient) << "problem " << p;
    }
    batch.expect_sentinels();
  };
  rebuilt({320});
  rebuilt({1, 17, 33, 272, 319, 320});
}

// Passes over very many rows are cut for threads; a few rows are there, of points on a line.
TEST(SmoThreadsTest, LongProblemsAreSolvedToTheSameBitsByAnyNumberOfThreads) {
  constexpr std::int64_t side = 17 * 1024, rows = 2 * side, given = 24;
  std::vector<float> kernel(at(given * rows));
  std::vector<std::int64_t> numbers;
  for (std::int64_t g = 0; g < given; ++g) {
    numbers.push_back(g * (rows / given) + g % 5);
    for (std::int64_t t = 0; t < rows; ++t) {
      const double apart = double((t * 37) % 1009 - (numbers.back() * 37) % 1009) / 300.0;
      kernel[at(g * rows + t)] = float(std::exp(-apart * apart));
    }
  }
  const auto solved = [&](int threads) {
    const Context ctx("cpu", {.threads = threads});
    const Matrix there = Matrix::from_host(ctx, {kernel.data(), given, rows});
    std::vector<const float*> table(at(rows), nullptr);
    for (std::int64_t g = 0; g < given; ++g)
      table[at(numbers[at(g)])] = there.view().data + g * there.view().stride;
    const core::Buffer<const float*> addresses(ctx, table);
    const core::Buffer<float> diagonal(ctx, std::vector<float>(at(rows), 1.0f));
    const core::Buffer<formulas::BinaryProblem> problems(
        ctx, std::vector<formulas::BinaryProblem>{{0, side, side, side, 0}});
    const core::Buffer<double> upper(ctx, std::vector<double>(at(rows), 3.0));
    core::Buffer<double> alpha(ctx, rows), gradient(ctx, rows);
    core::Buffer<SmoState> states(ctx, 1);
    core::SmoOps& ops = *ctx.queue().ops().smo;
    ops.start(problems.span(), alpha.span(), gradient.span(), states.span());
    ops.advance({addresses.span(), diagonal.span()}, problems.span(), upper.span(), alpha.span(),
                gradient.span(), states.span(), {1e-3, 200, many});
    const SmoState state = states.to_host()[0];
    return std::tuple(alpha.to_host(), gradient.to_host(), state.iterations, state.gap,
                      state.wanted_row);
  };
  const auto expected = solved(1);
  EXPECT_GT(std::get<2>(expected), 10);
  for (const int threads : {2, 3}) EXPECT_EQ(solved(threads), expected) << threads;
}

}  // namespace
}  // namespace whiteline
