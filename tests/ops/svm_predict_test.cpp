#include "reference/svm_predict.hpp"

#include <whiteline/matrix.hpp>

#include <limits>
#include <random>
#include <utility>

#include "formulas/calibration.hpp"
#include "support/ops_backends.hpp"
#include "support/tolerance.hpp"

namespace whiteline {
namespace {

using core::Buffer;
using formulas::KernelConstants;
using formulas::KernelFunction;

constexpr float sentinel = -77.0f;
constexpr std::int64_t sizes[] = {0, 1, 31, 32, 33, 257};

std::size_t at(std::int64_t index) { return static_cast<std::size_t>(index); }

std::vector<float> random_numbers(std::int64_t count, unsigned seed, double low, double high) {
  std::mt19937 random(seed);
  std::vector<float> numbers;
  for (std::int64_t i = 0; i < count; ++i)
    numbers.push_back(float(low + (high - low) * double(random() % 100001) / 100000.0));
  return numbers;
}

// A table of rows x cols inside a larger one of sentinels: 2 rows above and below, 16 columns left
// and 32 right.
class Framed {
 public:
  Framed(const Context& ctx, std::int64_t rows, std::int64_t cols,
         const std::vector<float>& values = {})
      : rows_(rows), cols_(cols), width_(cols + 48) {
    std::vector<float> host(at((rows + 4) * width_), sentinel);
    if (!values.empty())
      for (std::int64_t r = 0; r < rows; ++r)
        std::copy_n(&values[at(r * cols)], cols, &host[at((r + 2) * width_ + 16)]);
    matrix_ = Matrix::from_host(ctx, {host.data(), rows + 4, width_});
  }
  MatrixView view() { return matrix_.view().some_rows(2, rows_).some_cols(16, cols_); }
  ConstMatrixView const_view() { return view(); }
  // The values; expects the frame to be as it was.
  std::vector<float> values() const {
    std::vector<float> host(at((rows_ + 4) * width_)), inside;
    matrix_.copy_to(host);
    std::int64_t touched = 0;
    for (std::int64_t r = 0; r < rows_ + 4; ++r)
      for (std::int64_t c = 0; c < width_; ++c) {
        const float value = host[at(r * width_ + c)];
        const bool in = r >= 2 && r < rows_ + 2 && c >= 16 && c < cols_ + 16;
        if (in) inside.push_back(value);
        if (!in && value != sentinel) ++touched;
      }
    EXPECT_EQ(touched, 0);
    return inside;
  }

 private:
  std::int64_t rows_, cols_, width_;
  Matrix matrix_;
};

class SvmPredictTest : public test::OpsTest<&core::Ops::svm_predict> {
 protected:
  // Decisions by the op, of rows x with support vectors s, centred by `mean`.
  std::vector<float> decide(const KernelConstants& function, const std::vector<float>& x,
                            const std::vector<float>& s, const std::vector<float>& mean,
                            const std::vector<double>& coefficients,
                            const std::vector<double>& rho) const {
    return decide(ctx(), function, x, s, mean, coefficients, rho);
  }
  static std::vector<float> decide(const Context& ctx, const KernelConstants& function,
                                   const std::vector<float>& x, const std::vector<float>& s,
                                   const std::vector<float>& mean,
                                   const std::vector<double>& coefficients,
                                   const std::vector<double>& rho) {
    const auto channels = std::int64_t(mean.size());
    const auto rows = std::int64_t(x.size()) / channels, n = std::int64_t(s.size()) / channels;
    auto& prepare = *ctx.queue().ops().kernel_matrix;
    const Buffer<float> centre(ctx, mean);
    Framed spectra(ctx, rows, channels, x), right(ctx, n, channels, s);
    Framed s_out(ctx, n, channels);
    Buffer<float> sq(ctx, n), sa(ctx, n);
    prepare.prepare(right.const_view(), {}, false, centre.span(), s_out.view(), sq.span(),
                    sa.span());
    const Buffer<double> coefs(ctx, coefficients), rhos(ctx, rho);
    Framed out(ctx, rows, std::int64_t(rho.size()));
    ctx.queue()
        .ops()
        .svm_predict
        ->kernel_decisions({function,
                            {s_out.const_view(), sq.span(), sa.span()},
                            centre.span(),
                            coefs.span(),
                            rhos.span()})
        ->decide(spectra.const_view(), out.view());
    return out.values();
  }
};
INSTANTIATE_TEST_SUITE_P(Backends, SvmPredictTest, test::all_backends(), test::backend_name);

TEST_P(SvmPredictTest, DecisionsMatchTheDefinitionInDouble) {
  using test::reference::Function;
  constexpr std::int64_t channels = 37, pairs = 3;
  const std::vector<float> mean = random_numbers(channels, 1, 0.4, 0.6);
  double mean_norm = 0.0;
  for (float m : mean) mean_norm += double(m) * double(m);
  for (std::int64_t rows : sizes)
    for (auto [function, gamma, coef0, degree] : {std::tuple{Function::linear, 1.0f, 0.0f, 1},
                                                  {Function::polynomial, 0.125f, 0.5f, 3},
                                                  {Function::rbf, 0.25f, 0.0f, 1},
                                                  {Function::sigmoid, 0.0625f, -0.5f, 1}}) {
      const std::int64_t n = rows == 257 ? 33 : 70;
      if (emulated() && rows == 257) continue;
      const std::vector<float> x = random_numbers(rows * channels, 2, 0.0, 1.0);
      const std::vector<float> s = random_numbers(n * channels, 3, 0.0, 1.0);
      std::vector<double> coefficients;
      for (float c : random_numbers(n * pairs, 4, -2.0, 2.0)) coefficients.push_back(double(c));
      const std::vector<double> rho = {0.25, -1.5, 3.0};
      const std::vector<float> decisions = decide({static_cast<KernelFunction>(function), gamma,
                                                   coef0, degree, static_cast<float>(mean_norm)},
                                                  x, s, mean, coefficients, rho);
      ASSERT_EQ(std::int64_t(decisions.size()), rows * pairs);
      // Centring does not change these kernels, but linear's.
      std::vector<float> zero(at(channels), 0.0f);
      const std::vector<float>& centre = function == Function::linear ? mean : zero;
      const auto centred = [&](const std::vector<float>& all, std::int64_t row) {
        std::vector<float> out;
        for (std::int64_t c = 0; c < channels; ++c)
          out.push_back(all[at(row * channels + c)] - centre[at(c)]);
        return out;
      };
      for (std::int64_t i = 0; i < rows; ++i) {
        std::vector<double> k;
        for (std::int64_t j = 0; j < n; ++j)
          k.push_back(test::reference::kernel(function, gamma, coef0, degree, centred(x, i).data(),
                                              centred(s, j).data(), at(channels)));
        for (std::int64_t p = 0; p < pairs; ++p) {
          const std::vector<double> c(coefficients.begin() + p * n,
                                      coefficients.begin() + (p + 1) * n);
          double magnitude = std::abs(rho[at(p)]);
          for (std::size_t j = 0; j < k.size(); ++j) magnitude += std::abs(c[j]) * (1 + k[j]);
          EXPECT_NEAR(decisions[at(i * pairs + p)],
                      test::reference::weighted_sum(c, k) - rho[at(p)],
                      test::tolerance(channels, magnitude))
              << rows << " rows, function " << int(function);
        }
      }
    }
}

TEST_P(SvmPredictTest, ADecisionDoesNotDependOnTheRowsBesideIt) {
  constexpr std::int64_t channels = 300, rows = 40, n = 65;
  const std::vector<float> mean = random_numbers(channels, 1, 0.4, 0.6);
  const std::vector<float> x = random_numbers(rows * channels, 2, 0.0, 1.0);
  const std::vector<float> s = random_numbers(n * channels, 3, 0.0, 1.0);
  const std::vector<double> coefficients(at(n), 0.7), rho = {0.1};
  const KernelConstants rbf{KernelFunction::rbf, 0.05f, 0.0f, 1, 1.0f};
  const std::vector<float> all = decide(rbf, x, s, mean, coefficients, rho);
  for (std::int64_t row : {0, 17, 39}) {
    const std::vector<float> one(x.begin() + row * channels, x.begin() + (row + 1) * channels);
    EXPECT_EQ(decide(rbf, one, s, mean, coefficients, rho)[0], all[at(row)]);
  }
}

// So little memory that the rows are taken in parts.
TEST_P(SvmPredictTest, DecisionsDoNotDependOnTheMemoryLimit) {
  constexpr std::int64_t channels = 33, rows = 300, n = 40, pairs = 3;
  const std::vector<float> mean = random_numbers(channels, 1, 0.4, 0.6);
  const std::vector<float> x = random_numbers(rows * channels, 2, 0.0, 1.0);
  const std::vector<float> s = random_numbers(n * channels, 3, 0.0, 1.0);
  std::vector<double> coefficients;
  for (float c : random_numbers(n * pairs, 4, -2.0, 2.0)) coefficients.push_back(double(c));
  const std::vector<double> rho = {0.25, -1.5, 3.0};
  const KernelConstants function{KernelFunction::polynomial, 0.05f, 0.5f, 2, 1.0f};
  const Context poor(device(), {.threads = 2, .memory_limit = 64 * 1024});
  EXPECT_EQ(decide(poor, function, x, s, mean, coefficients, rho),
            decide(function, x, s, mean, coefficients, rho));
}

TEST_P(SvmPredictTest, WithoutSupportVectorsADecisionIsMinusRho) {
  const std::vector<float> x = random_numbers(3 * 5, 2, 0.0, 1.0), mean(5, 0.0f);
  const std::vector<float> decisions =
      decide({KernelFunction::rbf, 0.5f, 0.0f, 1, 0.0f}, x, {}, mean, {}, {0.5});
  EXPECT_EQ(decisions, std::vector<float>(3, -0.5f));
}

TEST_P(SvmPredictTest, PrimalDecisionsMatchTheDefinitionInDouble) {
  for (std::int64_t rows : sizes)
    for (std::int64_t channels : {1, 31, 257}) {
      constexpr std::int64_t pairs = 6;
      std::vector<float> x = random_numbers(rows * channels, 5, 0.0, 4000.0);
      if (rows > 1) std::fill_n(&x[at((rows - 1) * channels)], channels, 0.0f);  // no direction
      const std::vector<float> w = random_numbers(pairs * channels, 6, -1.0, 1.0);
      const std::vector<double> rho = {0.5, -0.25, 3.0, 0.0, 1e-3, -8.0};
      for (bool cosine : {false, true}) {
        Framed in(ctx(), rows, channels, x), weights(ctx(), pairs, channels, w);
        Framed out(ctx(), rows, pairs);
        const Buffer<double> device_rho(ctx(), rho);
        ops()
            .primal_decisions({weights.const_view(), device_rho.span(), cosine})
            ->decide(in.const_view(), out.view());
        const std::vector<float> decisions = out.values();
        for (std::int64_t i = 0; i < rows; ++i) {
          double norm = 0.0;
          for (std::int64_t c = 0; c < channels; ++c)
            norm += std::pow(double(x[at(i * channels + c)]), 2);
          const double scale = !cosine ? 1.0 : norm > 0.0 ? 1.0 / std::sqrt(norm) : 0.0;
          for (std::int64_t p = 0; p < pairs; ++p) {
            double dot = 0.0, magnitude = 0.0;
            for (std::int64_t c = 0; c < channels; ++c) {
              const double product =
                  double(x[at(i * channels + c)]) * double(w[at(p * channels + c)]);
              dot += product;
              magnitude += std::abs(product);
            }
            // Chains of channels / 16 FMAs and of 4 additions.
            EXPECT_NEAR(
                decisions[at(i * pairs + p)], dot * scale - rho[at(p)],
                test::tolerance(channels / 16 + 4, magnitude * scale + std::abs(rho[at(p)]), 1.0));
          }
        }
      }
    }
}

TEST_P(SvmPredictTest, RowsWithoutAFiniteNormHaveNoDecisions) {
  constexpr std::int64_t channels = 33, rows = 5, pairs = 2;
  const float infinity = std::numeric_limits<float>::infinity();
  std::vector<float> x = random_numbers(rows * channels, 9, 0.0, 1.0);
  x[at(1 * channels + 32)] = std::numeric_limits<float>::quiet_NaN();
  x[at(2 * channels)] = infinity;
  x[at(2 * channels + 1)] = -infinity;
  x[at(4 * channels + 7)] = 1e20f;  // its square is too large for float32
  const std::vector<float> s = random_numbers(3 * channels, 10, 0.0, 1.0);
  const std::vector<double> coefficients(3 * pairs, 0.5), rho(pairs, 0.1);
  const auto expect_some = [&](const std::vector<float>& decisions) {
    for (std::int64_t i = 0; i < rows; ++i)
      for (std::int64_t p = 0; p < pairs; ++p)
        EXPECT_EQ(std::isnan(decisions[at(i * pairs + p)]), i == 1 || i == 2 || i == 4);
  };
  for (const auto function : {KernelFunction::linear, KernelFunction::polynomial,
                              KernelFunction::rbf, KernelFunction::sigmoid})
    expect_some(decide({function, 0.5f, 0.1f, 2, 0.0f}, x, s, std::vector<float>(channels),
                       coefficients, rho));
  for (const bool cosine : {false, true}) {
    Framed in(ctx(), rows, channels, x), weights(ctx(), pairs, channels, s);
    Framed out(ctx(), rows, pairs);
    const Buffer<double> device_rho(ctx(), rho);
    ops()
        .primal_decisions({weights.const_view(), device_rho.span(), cosine})
        ->decide(in.const_view(), out.view());
    expect_some(out.values());
  }
}

TEST_P(SvmPredictTest, OneVersusRestIsVotesAndABoundedSumOfDecisions) {
  for (std::int32_t classes : {2, 3, 7})
    for (std::int64_t rows : sizes) {
      const std::int64_t pairs = classes * (classes - 1) / 2;
      const std::vector<float> f = random_numbers(rows * pairs, 11, -3.0, 3.0);
      Framed decisions(ctx(), rows, pairs, f), values(ctx(), rows, classes);
      ops().one_vs_rest(decisions.const_view(), values.view());
      const std::vector<float> out = values.values();
      for (std::int64_t i = 0; i < rows; ++i) {
        const std::vector<double> row(f.begin() + i * pairs, f.begin() + (i + 1) * pairs);
        const std::vector<double> wanted = test::reference::one_vs_rest(row, classes);
        for (std::int32_t c = 0; c < classes; ++c)
          EXPECT_NEAR(out[at(i * classes + c)], wanted[at(c)],
                      test::tolerance(1, std::abs(wanted[at(c)]) + 1.0, 1.0));
      }
    }
}

TEST_P(SvmPredictTest, VotesAndProbabilitiesMatchTheDefinition) {
  for (std::int32_t classes : {2, 3, 5, 8})
    for (std::int64_t rows : sizes) {
      if (emulated() && rows == 257) continue;
      const std::int64_t pairs = classes * (classes - 1) / 2;
      std::vector<float> f = random_numbers(rows * pairs, 7, -3.0, 3.0);
      if (rows > 2) {
        std::fill_n(&f[at(pairs)], pairs, 0.0f);  // all against the first class
        f[at(2 * pairs)] = std::numeric_limits<float>::quiet_NaN();
      }
      std::vector<double> sigmoids;
      for (std::int64_t p = 0; p < pairs; ++p) {
        sigmoids.push_back(-1.0 - 0.1 * double(p));
        sigmoids.push_back(0.05 * double(p) - 0.1);
      }
      Framed decisions(ctx(), rows, pairs, f), probabilities(ctx(), rows, classes);
      const Buffer<double> device_sigmoids(ctx(), sigmoids);
      Buffer<std::int32_t> labels(ctx(), rows);
      ops().vote_and_couple(decisions.const_view(), classes, {device_sigmoids.span(), {}, {}},
                            labels.span(), probabilities.view());
      const std::vector<std::int32_t> voted = labels.to_host();
      const std::vector<float> p = probabilities.values();
      for (std::int64_t i = 0; i < rows; ++i) {
        if (rows > 2 && i == 2) {
          EXPECT_EQ(voted[at(i)], -1);
          for (std::int32_t c = 0; c < classes; ++c)
            EXPECT_TRUE(std::isnan(p[at(i * classes + c)]));
          continue;
        }
        const std::vector<double> row(f.begin() + i * pairs, f.begin() + (i + 1) * pairs);
        EXPECT_EQ(voted[at(i)], test::reference::vote(row, classes));
        std::vector<double> r(at(classes * classes), 0.0);
        std::size_t pair = 0;
        for (std::int32_t a = 0; a < classes; ++a)
          for (std::int32_t b = a + 1; b < classes; ++b, ++pair) {
            r[at(a * classes + b)] =
                test::reference::sigmoid(row[pair], sigmoids[2 * pair], sigmoids[2 * pair + 1]);
            r[at(b * classes + a)] = 1.0 - r[at(a * classes + b)];
          }
        const std::vector<double> exact = test::reference::couple_exactly(r, classes);
        double sum = 0.0;
        for (std::int32_t c = 0; c < classes; ++c) {
          EXPECT_NEAR(p[at(i * classes + c)], exact[at(c)], 3e-7) << classes << " classes";
          sum += double(p[at(i * classes + c)]);
        }
        EXPECT_NEAR(sum, 1.0, 1e-6);
      }
    }
}

// Knots of curves of 1, 2, 3, ... knots; decisions hit them, lie between them and outside.
TEST_P(SvmPredictTest, IsotonicProbabilitiesMatchTheDefinition) {
  constexpr std::int32_t classes = 4;
  constexpr std::int64_t pairs = 6, rows = 33;
  std::vector<double> knots;
  std::vector<std::int64_t> first_knot{0};
  for (int p = 0; p < pairs; ++p) {
    for (int k = 0; k <= p; ++k) knots.insert(knots.end(), {k - 1.5, (k + 1.0) / (p + 2.0)});
    first_knot.push_back(std::int64_t(knots.size() / 2));
  }
  std::vector<float> f = random_numbers(rows * pairs, 7, -3.0, 5.0);
  for (std::int64_t p = 0; p < pairs; ++p) f[at(p)] = float(p) - 1.5f;
  Framed decisions(ctx(), rows, pairs, f), probabilities(ctx(), rows, classes);
  const Buffer<double> device_knots(ctx(), knots);
  const Buffer<std::int64_t> device_first(ctx(), first_knot);
  Buffer<std::int32_t> labels(ctx(), rows);
  ops().vote_and_couple(decisions.const_view(), classes,
                        {{}, device_knots.span(), device_first.span()}, labels.span(),
                        probabilities.view());
  const std::vector<float> found = probabilities.values();
  for (std::int64_t i = 0; i < rows; ++i) {
    std::vector<double> r(at(classes * classes), 0.0);
    std::size_t pair = 0;
    for (std::int32_t a = 0; a < classes; ++a)
      for (std::int32_t b = a + 1; b < classes; ++b, ++pair) {
        const std::vector<double> curve(knots.begin() + 2 * first_knot[pair],
                                        knots.begin() + 2 * first_knot[pair + 1]);
        r[at(a * classes + b)] =
            test::reference::interpolated(curve, double(f[at(i * pairs) + pair]));
        r[at(b * classes + a)] = 1.0 - r[at(a * classes + b)];
      }
    const std::vector<double> exact = test::reference::couple_exactly(r, classes);
    for (std::int32_t c = 0; c < classes; ++c)
      EXPECT_NEAR(found[at(i * classes + c)], exact[at(c)], 3e-7) << i;
  }
}

TEST_P(SvmPredictTest, WithoutSigmoidsOnlyLabelsAreWritten) {
  const std::vector<float> f = {1.0f, -1.0f, 0.5f};
  Framed decisions(ctx(), 1, 3, f), probabilities(ctx(), 1, 3);
  Buffer<std::int32_t> labels(ctx(), 1);
  ops().vote_and_couple(decisions.const_view(), 3, {}, labels.span(), probabilities.view());
  EXPECT_EQ(labels.to_host()[0], 0);  // one vote each: the lowest
  EXPECT_EQ(probabilities.values(), std::vector<float>(3, sentinel));
}

TEST(CouplingTest, ExactPairwiseProbabilitiesGiveBackTheirClassProbabilities) {
  for (std::int32_t classes : {2, 3, 10, 64}) {
    const std::vector<float> weights = random_numbers(classes, 8, 0.01, 1.0);
    double sum = 0.0;
    for (float w : weights) sum += double(w);
    std::vector<double> p(at(classes)), work(at(2 * classes));
    formulas::couple(
        classes,
        [&](std::int32_t a, std::int32_t b) {
          return double(weights[at(a)]) / (double(weights[at(a)]) + double(weights[at(b)]));
        },
        p.data(), work.data());
    for (std::int32_t c = 0; c < classes; ++c)
      EXPECT_NEAR(p[at(c)], double(weights[at(c)]) / sum, 1e-7) << classes;
  }
}

TEST(CouplingTest, CertainAndContradictoryOpinionsStayFinite) {
  for (double certain : {0.0, 1.0}) {
    double p[4], work[8], sum = 0.0;
    const double r = formulas::clipped_probability(certain);
    formulas::couple(
        4, [&](std::int32_t a, std::int32_t b) { return (a + b) % 2 ? r : 1.0 - r; }, p, work);
    for (double value : p) {
      EXPECT_GE(value, -1e-12);
      sum += value;
    }
    EXPECT_NEAR(sum, 1.0, 1e-9);
  }
}

}  // namespace
}  // namespace whiteline
