// Verbs of SmoOps between the solutions of a chain over C.
#include "reference/smo_chain.hpp"

#include <random>

#include "core/ops/ops.hpp"
#include "support/backends.hpp"

namespace whiteline {
namespace {

using core::Buffer;
using formulas::BinaryProblem;
using formulas::SmoState;
using formulas::SmoStatus;
using test::at;
using test::reference::SteppedProblem;

constexpr double untouched = -7.5;
constexpr std::int64_t gap = 16;  // untouched numbers between problems

// A symmetric kernel matrix of numbers between -1 and 1, a column more than there are rows.
class Chain {
 public:
  Chain(const Context& ctx, std::int64_t rows, unsigned seed)
      : ctx_(ctx), rows_(rows), stride_(rows + 16), random_(seed) {
    kernel_.assign(at(rows_ * stride_), 3.0f);
    for (std::int64_t i = 0; i < rows_; ++i)
      for (std::int64_t j = i; j < rows_; ++j)
        kernel_[at(i * stride_ + j)] = kernel_[at(j * stride_ + i)] =
            i == j ? 1.0f : float(random_() % 2001) / 4000.0f;
    device_kernel_ = Matrix::from_host(ctx, {kernel_.data(), rows_, stride_});
    std::vector<const float*> table;
    for (std::int64_t i = 0; i < rows_; ++i)
      table.push_back(device_kernel_.view().data + i * device_kernel_.view().stride);
    table_ = Buffer<const float*>(ctx, table);
    diagonal_ = Buffer<float>(ctx, std::vector<float>(at(rows_), 1.0f));
  }

  // Some rows are held out, some at a bound, some free; `idle`: none supports.
  void add(BinaryProblem problem, bool idle = false) {
    problem.offset = std::int64_t(upper_.size()) + gap;
    problems_.push_back(problem);
    for (auto* list : {&upper_, &alpha_, &gradient_}) list->insert(list->end(), at(gap), untouched);
    for (std::int64_t t = 0; t < problem.rows(); ++t) {
      const double upper = random_() % 4 == 0 ? 0.0 : 0.1 + double(random_() % 100) / 10.0;
      const unsigned kind = idle ? 0 : random_() % 3;
      upper_.push_back(upper);
      alpha_.push_back(kind == 0 ? 0.0 : kind == 1 ? upper : upper * 0.37);
      gradient_.push_back(double(random_() % 4001) / 1000.0 - 2.0);
    }
  }

  void upload() {
    for (auto* list : {&upper_, &alpha_, &gradient_}) list->insert(list->end(), at(gap), untouched);
    device_problems_ = Buffer<BinaryProblem>(ctx_, problems_);
    device_upper_ = Buffer<double>(ctx_, upper_);
    device_alpha_ = Buffer<double>(ctx_, alpha_);
    device_gradient_ = Buffer<double>(ctx_, gradient_);
    states_ = Buffer<SmoState>(
        ctx_, std::vector<SmoState>(problems_.size(), {77, 0.5, 1, SmoStatus::converged, 3}));
  }

  core::SmoOps& ops() const { return *ctx_.queue().ops().smo; }
  void grow(double growth) {
    ops().grow(growth, device_problems_.span(), device_upper_.span(), device_alpha_.span(),
               device_gradient_.span(), states_.span());
  }
  std::vector<core::BinarySummary> summarize() {
    Buffer<core::BinarySummary> out(ctx_, std::int64_t(problems_.size()));
    ops().summarize(device_problems_.span(), device_upper_.span(), device_alpha_.span(),
                    device_gradient_.span(), out.span());
    return out.to_host();
  }
  std::vector<double> decide(const std::vector<std::int32_t>& rows,
                             const std::vector<core::HeldOutRows>& held, std::int64_t size) {
    const Buffer<std::int32_t> device_rows(ctx_, rows);
    const Buffer<core::HeldOutRows> device_held(ctx_, held);
    Buffer<double> out(ctx_, std::vector<double>(at(size), untouched));
    ops().decide_rows({std::as_const(table_).span(), std::as_const(diagonal_).span()},
                      device_problems_.span(), device_alpha_.span(), device_gradient_.span(),
                      device_rows.span(), device_held.span(), out.span());
    return out.to_host();
  }

  // Problem p with what is on the device now.
  SteppedProblem now(std::size_t p) const {
    const BinaryProblem& problem = problems_[p];
    const auto cut = [&](const Buffer<double>& all) {
      const std::vector<double> host = all.to_host();
      const auto first = host.begin() + problem.offset;
      return std::vector<double>(first, first + problem.rows());
    };
    SteppedProblem out;
    for (std::int64_t t = 0; t < problem.rows(); ++t) out.y.push_back(problem.sign(t));
    out.upper = cut(device_upper_);
    out.alpha = cut(device_alpha_);
    out.gradient = cut(device_gradient_);
    return out;
  }
  std::vector<float> kernel_with(std::size_t p, std::int64_t row) const {
    std::vector<float> out;
    for (std::int64_t t = 0; t < problems_[p].rows(); ++t)
      out.push_back(kernel_[at(row * stride_ + problems_[p].kernel_row(t))]);
    return out;
  }
  const std::vector<BinaryProblem>& problems() const { return problems_; }
  std::vector<SmoState> states() const { return states_.to_host(); }

  void expect_rest_untouched() const {
    std::vector<bool> used(upper_.size(), false);
    for (const BinaryProblem& p : problems_)
      for (std::int64_t t = 0; t < p.rows(); ++t) used[at(p.offset + t)] = true;
    for (const auto& list :
         {device_upper_.to_host(), device_alpha_.to_host(), device_gradient_.to_host()})
      for (std::size_t i = 0; i < used.size(); ++i)
        if (!used[i]) {
          ASSERT_EQ(list[i], untouched);
        }
  }

 private:
  const Context& ctx_;
  std::int64_t rows_, stride_;
  std::mt19937 random_;
  std::vector<float> kernel_;
  Matrix device_kernel_;
  Buffer<const float*> table_;
  Buffer<float> diagonal_;
  std::vector<BinaryProblem> problems_;
  std::vector<double> upper_, alpha_, gradient_;
  Buffer<BinaryProblem> device_problems_;
  Buffer<double> device_upper_, device_alpha_, device_gradient_;
  Buffer<SmoState> states_;
};

void add_mixed_problems(Chain& chain) {
  chain.add({0, 16, 16, 16});
  chain.add({0, 272, 272, 48});
  chain.add({32, 32, 128, 112});
  chain.add({304, 16, 0, 16}, true);
  chain.add({0, 16, 16, 0});
  chain.add({0, 0, 0, 0});
}

class SmoChainTest : public test::BackendTest {};
INSTANTIATE_TEST_SUITE_P(Backends, SmoChainTest, test::all_backends(), test::backend_name);

TEST_P(SmoChainTest, NoProblemsAreDoneAtOnce) {
  Chain none(ctx(), 16, 1);
  none.upload();
  none.grow(2.0);
  EXPECT_TRUE(none.summarize().empty());
  EXPECT_TRUE(none.decide({}, {}, 0).empty());
}

TEST_P(SmoChainTest, GrowthScalesSolutionsAsDefinedBitForBit) {
  for (const double growth : {1.0, 1.5, 10.0}) {
    Chain chain(ctx(), 320, 5);
    add_mixed_problems(chain);
    chain.upload();
    std::vector<SteppedProblem> expected;
    for (std::size_t p = 0; p < chain.problems().size(); ++p) {
      expected.push_back(chain.now(p));
      grow(expected.back(), growth);
    }
    chain.grow(growth);
    for (std::size_t p = 0; p < expected.size(); ++p) {
      const SteppedProblem got = chain.now(p);
      EXPECT_EQ(got.alpha, expected[p].alpha) << "problem " << p;
      EXPECT_EQ(got.gradient, expected[p].gradient) << "problem " << p;
      EXPECT_EQ(got.upper, expected[p].upper) << "problem " << p;
      for (std::size_t t = 0; t < got.size(); ++t) ASSERT_LE(got.alpha[t], got.upper[t]);
      const SmoState state = chain.states()[p];
      EXPECT_EQ(state.iterations, 0);
      EXPECT_EQ(state.gap, 0.0);
      EXPECT_EQ(state.stalls, 0);
      EXPECT_EQ(state.status, SmoStatus::running);
    }
    chain.expect_rest_untouched();
  }
}

TEST_P(SmoChainTest, GrowthKeepsBoundedSolutionsOnTheirBounds) {
  Chain chain(ctx(), 64, 6);
  chain.add({0, 32, 32, 32}, true);
  chain.upload();
  chain.grow(3.0);  // alpha = 0: the scale is the growth itself
  for (const double alpha : chain.now(0).alpha) EXPECT_EQ(alpha, 0.0);
}

TEST_P(SmoChainTest, SummariesMatchTheDefinitionBitForBit) {
  Chain chain(ctx(), 320, 7);
  add_mixed_problems(chain);
  chain.upload();
  const std::vector<core::BinarySummary> got = chain.summarize();
  for (std::size_t p = 0; p < got.size(); ++p) {
    const test::reference::Summary expected = summarize(chain.now(p));
    SCOPED_TRACE(testing::Message() << "problem " << p);
    if (std::isnan(expected.rho))
      EXPECT_TRUE(std::isnan(got[p].rho));
    else
      EXPECT_EQ(got[p].rho, expected.rho);
    EXPECT_EQ(got[p].objective, expected.objective);
    EXPECT_EQ(got[p].free, expected.free);
    EXPECT_EQ(got[p].bounded, expected.bounded);
  }
  chain.expect_rest_untouched();
}

TEST_P(SmoChainTest, HeldOutRowsAreDecidedAsDefinedBitForBit) {
  Chain chain(ctx(), 320, 8);
  add_mixed_problems(chain);
  chain.upload();
  const std::vector<std::int32_t> rows = {5, 319, 0, 271, 272, 33, 129, 17, 300, 16, 31};
  const std::vector<core::HeldOutRows> held = {{0, 11, 1},  {0, 11, 13}, {2, 5, 25},
                                               {0, 11, 29}, {4, 4, 41},  {0, 2, 42}};
  const std::vector<double> got = chain.decide(rows, held, 45);
  std::vector<double> expected(45, untouched);
  for (std::size_t p = 0; p < held.size(); ++p) {
    const SteppedProblem problem = chain.now(p);
    const BinaryProblem& place = chain.problems()[p];
    for (std::int64_t i = held[p].begin; i < held[p].end; ++i) {
      const std::int64_t row = rows[at(i)];
      double& decision = expected[at(held[p].out + i - held[p].begin)];
      decision = decide(problem, chain.kernel_with(p, row));
      for (std::int64_t t = 0; t < place.rows(); ++t)
        if (place.kernel_row(t) == row) decision = problem.gradient[at(t)] + problem.y[at(t)];
    }
  }
  EXPECT_EQ(got, expected);
}

}  // namespace
}  // namespace whiteline
