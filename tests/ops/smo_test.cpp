#include "reference/smo.hpp"

#include <whiteline/matrix.hpp>

#include <random>

#include "core/ops/ops.hpp"
#include "reference/smo_steps.hpp"
#include "support/backends.hpp"

namespace whiteline {
namespace {

using core::Buffer;
using core::DeviceSpan;
using formulas::BinaryProblem;
using formulas::SmoLimits;
using formulas::SmoState;
using formulas::SmoStatus;
using test::reference::Dual;
using test::reference::SteppedProblem;

constexpr std::int64_t sentinel_rows = 16;  // of every vector, before and after each problem
constexpr double sentinel = -7.5;

std::size_t at(std::int64_t index) { return static_cast<std::size_t>(index); }

// A symmetric kernel matrix of random points, some of them equal.
struct Points {
  std::int64_t rows = 0;
  std::vector<float> kernel;  // rows x rows

  float k(std::int64_t i, std::int64_t j) const { return kernel[at(i * rows + j)]; }
};

Points random_points(std::int64_t rows, unsigned seed, double gamma) {
  constexpr int dimensions = 3;
  std::mt19937 random(seed);
  std::vector<double> x(at(rows * dimensions));
  for (double& value : x) value = double(random() % 2001) / 1000.0 - 1.0;
  for (std::int64_t i = 1; i < rows; ++i)
    if (random() % 8 == 0)  // the same point twice
      std::copy_n(&x[at((i - 1) * dimensions)], dimensions, &x[at(i * dimensions)]);
  Points points{rows, std::vector<float>(at(rows * rows))};
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t j = 0; j < rows; ++j) {
      double squared = 0.0;
      for (int c = 0; c < dimensions; ++c) {
        const double step = x[at(i * dimensions + c)] - x[at(j * dimensions + c)];
        squared += step * step;
      }
      points.kernel[at(i * rows + j)] = float(std::exp(-gamma * squared));
    }
  return points;
}

// Problems on one kernel matrix, on the device; numbers of problems are kept apart by sentinels.
class Batch {
 public:
  Batch(const Context& ctx, const Points& points) : ctx_(ctx), points_(points) {}

  // Rows whose upper bound is 0 take no part.
  void add(BinaryProblem problem, const std::vector<double>& upper) {
    problem.offset = std::int64_t(upper_.size()) + sentinel_rows;
    problems_.push_back(problem);
    upper_.insert(upper_.end(), at(sentinel_rows), sentinel);
    upper_.insert(upper_.end(), upper.begin(), upper.end());
  }

  void start() {
    upper_.insert(upper_.end(), at(sentinel_rows), sentinel);
    std::vector<float> wide(at(points_.rows * (points_.rows + 32)), -3.0f);
    std::vector<float> diagonal(at(points_.rows));
    for (std::int64_t i = 0; i < points_.rows; ++i) {
      std::copy_n(&points_.kernel[at(i * points_.rows)], points_.rows,
                  &wide[at(i * (points_.rows + 32) + 16)]);
      diagonal[at(i)] = points_.k(i, i);
    }
    kernel_ = Matrix::from_host(ctx_, {wide.data(), points_.rows, points_.rows + 32});
    diagonal_ = Buffer<float>(ctx_, diagonal);
    device_problems_ = Buffer<BinaryProblem>(ctx_, problems_);
    device_upper_ = Buffer<double>(ctx_, upper_);
    const std::vector<double> untouched(upper_.size(), sentinel);
    alpha_ = Buffer<double>(ctx_, untouched);
    gradient_ = Buffer<double>(ctx_, untouched);
    states_ = Buffer<SmoState>(ctx_, std::int64_t(problems_.size()));
    ops().start(device_problems_.span(), alpha_.span(), gradient_.span(), states_.span());
  }

  void advance(SmoLimits limits) {
    ops().advance(kernel_view(), diagonal_.span(), device_problems_.span(), device_upper_.span(),
                  alpha_.span(), gradient_.span(), states_.span(), limits);
  }
  void rebuild() {
    ops().rebuild_gradient(kernel_view(), device_problems_.span(), alpha_.span(), gradient_.span(),
                           states_.span());
  }
  void set_states(const std::vector<SmoState>& states) { states_ = {ctx_, states}; }
  void set_alpha(const std::vector<double>& alpha) { alpha_ = {ctx_, alpha}; }
  void set_gradient(const std::vector<double>& gradient) { gradient_ = {ctx_, gradient}; }

  std::vector<SmoState> states() const { return states_.to_host(); }
  std::vector<double> alpha() const { return alpha_.to_host(); }
  std::vector<double> gradient() const { return gradient_.to_host(); }
  const std::vector<BinaryProblem>& problems() const { return problems_; }

  std::vector<double> of(std::size_t p, const std::vector<double>& all) const {
    const auto first = all.begin() + problems_[p].offset;
    return {first, first + problems_[p].rows()};
  }
  std::vector<double> upper(std::size_t p) const { return of(p, upper_); }

  // The same problem for the step-by-step definition.
  SteppedProblem stepped(std::size_t p) const {
    SteppedProblem out;
    const BinaryProblem& problem = problems_[p];
    for (std::int64_t t = 0; t < problem.rows(); ++t) {
      const std::int64_t row = problem.kernel_row(t);
      for (std::int64_t s = 0; s < problem.rows(); ++s)
        out.kernel.push_back(points_.k(row, problem.kernel_row(s)));
      out.diagonal.push_back(points_.k(row, row));
      out.y.push_back(t < problem.first_rows ? 1.0 : -1.0);
    }
    out.upper = upper(p);
    test::reference::start(out);
    return out;
  }

  // Only the rows that take part.
  Dual dual(std::size_t p, const std::vector<double>& alpha, std::vector<double>& kept) const {
    const SteppedProblem all = stepped(p);
    Dual d;
    kept.clear();
    std::vector<std::size_t> rows;
    for (std::size_t t = 0; t < all.size(); ++t)
      if (all.upper[t] > 0.0) rows.push_back(t);
    for (std::size_t i : rows) {
      for (std::size_t j : rows) d.kernel.push_back(all.kernel[i * all.size() + j]);
      d.y.push_back(all.y[i]);
      d.upper.push_back(all.upper[i]);
      kept.push_back(alpha[i]);
    }
    return d;
  }

  void expect_sentinels() const {
    std::vector<bool> used(upper_.size(), false);
    for (const BinaryProblem& p : problems_)
      for (std::int64_t t = 0; t < p.rows(); ++t) used[at(p.offset + t)] = true;
    const std::vector<double> a = alpha(), f = gradient();
    for (std::size_t i = 0; i < used.size(); ++i)
      if (!used[i]) {
        EXPECT_EQ(a[i], sentinel);
        EXPECT_EQ(f[i], sentinel);
      }
  }

 private:
  core::SmoOps& ops() const { return *ctx_.queue().ops().smo; }
  ConstMatrixView kernel_view() const {
    return std::as_const(kernel_).view().some_cols(16, points_.rows);
  }

  const Context& ctx_;
  const Points& points_;
  std::vector<BinaryProblem> problems_;
  std::vector<double> upper_;
  Matrix kernel_;
  Buffer<float> diagonal_;
  Buffer<BinaryProblem> device_problems_;
  Buffer<double> device_upper_, alpha_, gradient_;
  Buffer<SmoState> states_;
};

std::vector<double> random_upper(std::int64_t rows, std::mt19937& random) {
  std::vector<double> upper(at(rows));
  for (double& c : upper) c = random() % 4 == 0 ? 0.0 : 0.5 + double(random() % 100) / 10.0;
  return upper;
}

// Problems of several sizes, rows 0 to 272 a side.
void add_mixed_problems(Batch& batch, unsigned seed) {
  std::mt19937 random(seed);
  for (const BinaryProblem& p : {BinaryProblem{0, 16, 16, 16}, BinaryProblem{0, 272, 272, 48},
                                 BinaryProblem{32, 32, 128, 112}, BinaryProblem{304, 16, 0, 16}})
    batch.add(p, random_upper(p.rows(), random));
}

template <class Backend>
class SmoTest : public test::BackendTest<Backend> {
 protected:
  void SetUp() override {
    test::BackendTest<Backend>::SetUp();
    if (!this->IsSkipped() && !this->HasFatalFailure() && !this->ctx().queue().ops().smo)
      GTEST_SKIP() << "no smo operations on " << Backend::device;
  }
};
TYPED_TEST_SUITE(SmoTest, test::AllBackends, test::BackendNames);

TYPED_TEST(SmoTest, StepsMatchTheDefinitionBitForBit) {
  const Points points = random_points(320, 11, 0.8);
  Batch batch(this->ctx(), points);
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

TYPED_TEST(SmoTest, RebuiltGradientsMatchTheDefinitionBitForBit) {
  const Points points = random_points(320, 12, 0.8);
  Batch batch(this->ctx(), points);
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

TYPED_TEST(SmoTest, ObjectiveOfSmallProblemsIsThatOfBruteForce) {
  const Points points = random_points(512, 21, 1.5);
  const int count = this->emulated ? 200 : 1000;
  Batch batch(this->ctx(), points);
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

TYPED_TEST(SmoTest, LargerProblemsReachTheOptimumOfPlainSteps) {
  const Points points = random_points(208, 31, 2.0);
  Batch batch(this->ctx(), points);
  batch.add({0, 112, 112, 96}, std::vector<double>(208, 3.0));
  batch.start();
  batch.advance({1e-6, 1000000, 1000000});
  ASSERT_EQ(batch.states()[0].status, SmoStatus::converged);
  std::vector<double> alpha;
  const Dual dual = batch.dual(0, batch.of(0, batch.alpha()), alpha);
  const double best = objective(dual, test::reference::solve_plainly(dual, 1e-10));
  EXPECT_NEAR(objective(dual, alpha), best, 1e-9 * std::abs(best));
}

TYPED_TEST(SmoTest, StopsAtTheIterationLimitWithTheGradientUpToDate) {
  const Points points = random_points(64, 41, 1.0);
  Batch batch(this->ctx(), points);
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

TYPED_TEST(SmoTest, AProblemThatCannotMoveAsksForARebuildOnceThenStalls) {
  const Points points = random_points(32, 51, 1.0);
  Batch batch(this->ctx(), points);
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

TYPED_TEST(SmoTest, NoProblemsAndProblemsOfOneClassAreSolvedAtOnce) {
  const Points points = random_points(32, 61, 1.0);
  Batch none(this->ctx(), points);
  none.start();
  none.advance({1e-3, 10, 10});
  none.rebuild();
  EXPECT_TRUE(none.states().empty());
  Batch batch(this->ctx(), points);
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
