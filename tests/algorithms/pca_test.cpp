#include <whiteline/pca.hpp>

#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include "core/symmetric_eigen.hpp"
#include "support/backends.hpp"
#include "support/framed.hpp"
#include "support/tolerance.hpp"

namespace whiteline {
namespace {

using test::at;
using test::Table;
using test::tolerance;
using Centre = PcaParams::Centre;
using Method = PcaParams::Method;
using Weighting = PcaParams::Weighting;

HostView host(const Table& table) { return {table.values.data(), table.rows, table.cols}; }

// Counts of `parts` spectra in changing shares, with noise of standard deviation `noise`.
Table mixtures(std::int64_t rows, std::int64_t cols, int parts, double noise, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal(0.0, noise);
  Table table(rows, cols);
  for (std::int64_t r = 0; r < rows; ++r)
    for (std::int64_t c = 0; c < cols; ++c) {
      double value = 0.0;
      for (int p = 0; p < parts; ++p)
        value += (1.0 + std::sin(double(r * (p + 1)) * 0.37 + p)) * (200.0 / (p + 1)) *
                 std::exp(-std::pow((double(c) - 9.0 * (p + 1)) / 6.0, 2));
      table(r, c) = float(value + 20.0 + (noise > 0.0 ? normal(random) : 0.0));
    }
  return table;
}

// Eigenvalues of the symmetric matrix, descending, by Jacobi's rotations.
std::vector<double> jacobi_values(std::vector<double> a, std::int64_t n) {
  const auto e = [&](std::int64_t i, std::int64_t j) -> double& { return a[at(i * n + j)]; };
  for (int sweep = 0; sweep < 60; ++sweep)
    for (std::int64_t p = 0; p < n; ++p)
      for (std::int64_t q = p + 1; q < n; ++q) {
        if (std::abs(e(p, q)) < 1e-300) continue;
        const double theta = 0.5 * std::atan2(2.0 * e(p, q), e(q, q) - e(p, p));
        const double c = std::cos(theta), s = std::sin(theta);
        for (std::int64_t k = 0; k < n; ++k) {
          const double x = e(k, p), y = e(k, q);
          e(k, p) = c * x - s * y;
          e(k, q) = s * x + c * y;
        }
        for (std::int64_t k = 0; k < n; ++k) {
          const double x = e(p, k), y = e(q, k);
          e(p, k) = c * x - s * y;
          e(q, k) = s * x + c * y;
        }
      }
  std::vector<double> values;
  for (std::int64_t i = 0; i < n; ++i) values.push_back(e(i, i));
  std::sort(values.rbegin(), values.rend());
  return values;
}

std::vector<double> covariance(const Table& x, bool centred) {
  std::vector<double> mean(at(x.cols), 0.0), a(at(x.cols * x.cols), 0.0);
  if (centred)
    for (std::int64_t r = 0; r < x.rows; ++r)
      for (std::int64_t c = 0; c < x.cols; ++c) mean[at(c)] += double(x(r, c)) / double(x.rows);
  for (std::int64_t r = 0; r < x.rows; ++r)
    for (std::int64_t i = 0; i < x.cols; ++i)
      for (std::int64_t j = 0; j < x.cols; ++j)
        a[at(i * x.cols + j)] +=
            (double(x(r, i)) - mean[at(i)]) * (double(x(r, j)) - mean[at(j)]) / double(x.rows);
  return a;
}

TEST(SymmetricEigenTest, AgreesWithTheMatrix) {
  std::mt19937 random(5);
  std::normal_distribution<double> normal;
  for (const std::int64_t n : {1, 2, 31, 33, 130, 257})
    for (const std::int64_t count : {std::int64_t{0}, std::min<std::int64_t>(n, 7), n}) {
      const std::int64_t rank = std::max<std::int64_t>(n / 2, 1);  // half the values are 0
      std::vector<double> half(at(n * rank)), a(at(n * n), 0.0);
      for (double& value : half) value = normal(random);
      for (std::int64_t i = 0; i < n; ++i)
        for (std::int64_t j = 0; j < n; ++j)
          for (std::int64_t k = 0; k < rank; ++k)
            a[at(i * n + j)] += half[at(i * rank + k)] * half[at(j * rank + k)];
      const core::SymmetricEigen found = core::symmetric_eigen(a, n, count);
      ASSERT_EQ(found.values.size(), at(n));
      ASSERT_EQ(found.vectors.size(), at(n * count));
      const double norm = found.values.front();
      double trace = 0.0;
      for (std::int64_t i = 0; i < n; ++i) trace += a[at(i * n + i)];
      EXPECT_NEAR(std::accumulate(found.values.begin(), found.values.end(), 0.0), trace,
                  1e-11 * double(n) * norm);
      for (std::int64_t k = 0; k < count; ++k) {
        const double* v = &found.vectors[at(k * n)];
        for (std::int64_t i = 0; i < n; ++i) {
          double product = 0.0;
          for (std::int64_t j = 0; j < n; ++j) product += a[at(i * n + j)] * v[j];
          ASSERT_NEAR(product, found.values[at(k)] * v[i], 1e-9 * norm) << n << " " << k;
        }
        for (std::int64_t other = 0; other <= k; ++other)
          ASSERT_NEAR(std::inner_product(v, v + n, &found.vectors[at(other * n)], 0.0),
                      k == other ? 1.0 : 0.0, 1e-10);
      }
    }
}

TEST(SymmetricEigenTest, FindsVectorsOfEqualValues) {
  const std::int64_t n = 200;
  std::vector<double> a(at(n * n), 0.0);
  for (std::int64_t i = 0; i < n; ++i) a[at(i * n + i)] = i < 20 ? 5.0 : 1.0;
  const core::SymmetricEigen found = core::symmetric_eigen(a, n, 25);
  for (std::int64_t k = 0; k < 25; ++k) {
    EXPECT_DOUBLE_EQ(found.values[at(k)], k < 20 ? 5.0 : 1.0);
    for (std::int64_t other = 0; other <= k; ++other)
      ASSERT_NEAR(std::inner_product(&found.vectors[at(k * n)], &found.vectors[at(k * n)] + n,
                                     &found.vectors[at(other * n)], 0.0),
                  k == other ? 1.0 : 0.0, 1e-10);
  }
}

using PcaTest = test::BackendTest;
INSTANTIATE_TEST_SUITE_P(Backends, PcaTest, test::all_backends(), test::backend_name);

TEST_P(PcaTest, VariancesAreThoseOfTheCovariance) {
  const Table x = mixtures(70, 40, 3, 2.0, 1);
  for (const Centre centre : {Centre::none, Centre::mean}) {
    const std::vector<double> expected =
        jacobi_values(covariance(x, centre == Centre::mean), x.cols);
    for (const Method method : {Method::covariance, Method::randomised}) {
      PcaParams params;
      params.components = 3;
      params.centre = centre;
      params.method = method;
      const Pca found = pca(ctx(), host(x), params);
      ASSERT_EQ(found.variance.size(), method == Method::covariance ? 40u : 3u);
      for (std::size_t k = 0; k < 3; ++k)
        EXPECT_NEAR(found.variance[k], expected[k], 2e-6 * expected[0]) << k;
      const double total = std::accumulate(expected.begin(), expected.end(), 0.0);
      EXPECT_NEAR(found.total_variance, total, 1e-6 * total);
      EXPECT_NEAR(found.explained(0), expected[0] / total, 1e-5);
    }
  }
}

TEST_P(PcaTest, ComponentsAreOrthonormalAndScoresTheirProjections) {
  const Table x = mixtures(65, 33, 3, 3.0, 2);
  for (const Method method : {Method::covariance, Method::randomised}) {
    PcaParams params;
    params.components = 5;
    params.method = method;
    const Pca found = pca(ctx(), host(x), params);
    for (std::int64_t k = 0; k < 5; ++k) {
      const float* row = &found.loadings[at(k * 33)];
      for (std::int64_t other = 0; other <= k; ++other)
        EXPECT_NEAR(std::inner_product(row, row + 33, &found.loadings[at(other * 33)], 0.0),
                    k == other ? 1.0 : 0.0, tolerance(33));
      const float* largest = std::max_element(
          row, row + 33, [](float a, float b) { return std::abs(a) < std::abs(b); });
      EXPECT_GT(*largest, 0.0f);
      double squares = 0.0;
      for (std::int64_t r = 0; r < 65; ++r) {
        double along = 0.0;
        for (std::int64_t c = 0; c < 33; ++c)
          along += (double(x(r, c)) - double(found.centre[at(c)])) * double(row[c]);
        ASSERT_NEAR(found.scores[at(r * 5 + k)], along, tolerance(33, 2000.0));
        squares += along * along / 65.0;
      }
      EXPECT_NEAR(squares, found.variance[at(k)], 1e-5 * found.variance[0]);
    }
  }
}

TEST_P(PcaTest, FewComponentsHoldWhatFewSpectraMix) {
  const Table x = mixtures(40, 64, 2, 0.0, 3);
  for (const Weighting weighting : {Weighting::none, Weighting::poisson})
    for (const Centre centre : {Centre::none, Centre::mean})
      for (const Method method : {Method::covariance, Method::randomised}) {
        PcaParams params;
        params.components = 5;
        params.centre = centre;
        params.weighting = weighting;
        params.method = method;
        const Pca found = pca(ctx(), host(x), params);
        const std::vector<float> again = reconstruct(ctx(), found, 3);
        for (std::size_t i = 0; i < again.size(); ++i)
          ASSERT_NEAR(again[i], x.values[i], 2e-5 * 400.0) << int(weighting) << int(centre);
        EXPECT_LT(found.variance[4], 1e-6 * found.variance[0]);
      }
}

TEST_P(PcaTest, PoissonWeightsMakeNoiseAlike) {
  std::mt19937 random(9);
  Table x(400, 40);
  for (std::int64_t r = 0; r < 400; ++r)
    for (std::int64_t c = 0; c < 40; ++c) {
      const double dose = r < 200 ? 1.0 : 4.0;
      const double mean = dose * (c < 20 ? 4000.0 : 60.0 * (r % 2 ? 1.5 : 1.0));
      x(r, c) = float(std::poisson_distribution<int>(mean)(random));
    }
  PcaParams params;
  params.components = 4;
  params.centre = Centre::none;
  params.weighting = Weighting::poisson;
  const Pca found = pca(ctx(), host(x), params);
  // The second component is the change of the weak channels; from the third on there is noise,
  // whose variances differ as those of a random matrix do.
  EXPECT_GT(found.variance[1], 5.0 * found.variance[2]);
  EXPECT_LT(found.variance[2], 3.0 * found.variance[19]);
  double strong = 0.0, weak = 0.0;
  for (std::size_t c = 0; c < 40; ++c) {
    const double part = double(found.loadings[40 + c]);
    (c < 20 ? strong : weak) += part * part;
  }
  EXPECT_GT(weak, 10.0 * strong);
}

TEST_P(PcaTest, ItsFilterReconstructsTheSameSpectra) {
  const Table x = mixtures(50, 33, 3, 5.0, 4);
  for (const bool poisson : {false, true}) {
    PcaParams params;
    params.components = 4;
    params.centre = poisson ? Centre::none : Centre::mean;
    params.weighting = poisson ? Weighting::poisson : Weighting::none;
    const Pca found = pca(ctx(), host(x), params);
    const std::vector<float> expected = reconstruct(ctx(), found, 2);
    const Pipeline pipeline({pca_filter(found, 2)}, std::nullopt, 33);
    Table got(50, 33);
    pipeline.apply(ctx(), host(x), std::nullopt).spectra.copy_to(got.values);
    for (std::size_t i = 0; i < expected.size(); ++i)
      ASSERT_NEAR(got.values[i], expected[i], tolerance(66, 500.0));
  }
}

TEST_P(PcaTest, SameBitsForAnyNumberOfThreads) {
  const Table x = mixtures(130, 65, 3, 5.0, 4);
  for (const Method method : {Method::covariance, Method::randomised}) {
    PcaParams params;
    params.method = method;
    const Pca one = pca(Context("cpu", {.threads = 1}), host(x), params),
              three = pca(Context("cpu", {.threads = 3}), host(x), params);
    EXPECT_EQ(one.loadings, three.loadings);
    EXPECT_EQ(one.scores, three.scores);
    EXPECT_EQ(one.variance, three.variance);
  }
}

TEST_P(PcaTest, RefusesWhatItCannotDecompose) {
  Table x = mixtures(20, 10, 2, 1.0, 5);
  PcaParams params;
  for (const std::int64_t components : {-1, 0, 11}) {
    params.components = components;
    EXPECT_THROW(pca(ctx(), host(x), params), InvalidArgument) << components;
  }
  params.components = 2;
  EXPECT_THROW(pca(ctx(), host(Table(0, 10)), params), InvalidArgument);
  EXPECT_THROW(pca(ctx(), host(Table(10, 0)), params), InvalidArgument);
  const Pca found = pca(ctx(), host(x), params);
  EXPECT_THROW(reconstruct(ctx(), found, 3), InvalidArgument);
  EXPECT_THROW(pca_filter(found, 0), InvalidArgument);
  params.weighting = Weighting::poisson;
  EXPECT_THROW(pca_filter(pca(ctx(), host(x), params), 2), InvalidArgument) << "and a centre";
  for (std::int64_t c = 0; c < 10; ++c) x(3, c) = -1.0f;
  EXPECT_THROW(pca(ctx(), host(x), params), InvalidArgument);
  params.weighting = Weighting::none;
  x(4, 4) = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW(pca(ctx(), host(x), params), InvalidArgument);
  params.progress = [](const ProgressEvent&) { return false; };
  EXPECT_THROW(pca(ctx(), host(mixtures(20, 10, 2, 1.0, 5)), params), Cancelled);
}

TEST_P(PcaTest, SpectraOfNothingHaveNoVariance) {
  PcaParams params;
  params.components = 3;
  for (const Weighting weighting : {Weighting::none, Weighting::poisson})
    for (const Method method : {Method::covariance, Method::randomised}) {
      params.weighting = weighting;
      params.method = method;
      const Pca found = pca(ctx(), host(Table(8, 6)), params);
      EXPECT_EQ(found.total_variance, 0.0);
      EXPECT_EQ(found.explained(0), 0.0);
      for (const float value : reconstruct(ctx(), found, 3)) ASSERT_EQ(value, 0.0f);
    }
}

}  // namespace
}  // namespace whiteline
