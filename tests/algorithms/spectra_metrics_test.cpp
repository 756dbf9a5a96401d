#include <gtest/gtest.h>
#include <whiteline/io.hpp>
#include <whiteline/spectra_metrics.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "core/symmetric_eigen.hpp"
#include "support/data.hpp"

namespace whiteline {
namespace {

struct Set {
  std::vector<double> values;
  std::int64_t rows, columns;

  HostView view() const { return {values.data(), rows, columns}; }
};

Set padded(std::vector<double> pairs, std::int64_t columns) {
  Set set{{}, std::int64_t(pairs.size()) / 2, columns};
  for (std::size_t i = 0; i < pairs.size(); i += 2) {
    set.values.insert(set.values.end(), {pairs[i], pairs[i + 1]});
    set.values.resize(set.values.size() + std::size_t(columns - 2), 0.0);
  }
  return set;
}

Set random_set(std::int64_t rows, std::int64_t columns, unsigned seed, double shift = 0.0) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  Set set{{}, rows, columns};
  for (std::int64_t i = 0; i < rows * columns; ++i)
    set.values.push_back(normal(random) * (1.0 + 0.1 * double(i % columns)) + shift);
  return set;
}

// By the definition: tr (Sx Sy)^(1/2) from eigenvalues of Sx^(1/2) Sy Sx^(1/2).
double frechet_by_roots(const Set& x, const Set& y) {
  const std::int64_t n = x.columns;
  const auto at = [n](std::int64_t i, std::int64_t j) { return std::size_t(i * n + j); };
  const auto moments = [&](const Set& set, std::vector<double>& mean) {
    mean.assign(std::size_t(n), 0.0);
    std::vector<double> s(std::size_t(n * n), 0.0);
    for (std::int64_t r = 0; r < set.rows; ++r)
      for (std::int64_t i = 0; i < n; ++i)
        mean[std::size_t(i)] += set.values[at(r, i)] / double(set.rows);
    for (std::int64_t r = 0; r < set.rows; ++r)
      for (std::int64_t i = 0; i < n; ++i)
        for (std::int64_t j = 0; j < n; ++j)
          s[at(i, j)] += (set.values[at(r, i)] - mean[std::size_t(i)]) *
                         (set.values[at(r, j)] - mean[std::size_t(j)]) / double(set.rows - 1);
    return s;
  };
  const auto product = [&](const std::vector<double>& a, const std::vector<double>& b) {
    std::vector<double> c(std::size_t(n * n), 0.0);
    for (std::int64_t i = 0; i < n; ++i)
      for (std::int64_t k = 0; k < n; ++k)
        for (std::int64_t j = 0; j < n; ++j) c[at(i, j)] += a[at(i, k)] * b[at(k, j)];
    return c;
  };
  std::vector<double> mx, my;
  const auto sx = moments(x, mx), sy = moments(y, my);
  const auto eigen = core::symmetric_eigen(sx, n, n);
  std::vector<double> root(std::size_t(n * n), 0.0);
  for (std::int64_t k = 0; k < n; ++k)
    for (std::int64_t i = 0; i < n; ++i)
      for (std::int64_t j = 0; j < n; ++j)
        root[at(i, j)] += std::sqrt(std::max(eigen.values[std::size_t(k)], 0.0)) *
                          eigen.vectors[at(k, i)] * eigen.vectors[at(k, j)];
  const auto inner = core::symmetric_eigen(product(product(root, sy), root), n, 0);
  double sum = 0.0;
  for (std::int64_t i = 0; i < n; ++i) {
    const double gap = mx[std::size_t(i)] - my[std::size_t(i)];
    sum += gap * gap + sx[at(i, i)] + sy[at(i, i)];
  }
  for (const double value : inner.values) sum -= 2.0 * std::sqrt(std::max(value, 0.0));
  return sum;
}

TEST(FrechetDistance, IsSevenThirdsOfTwoCrossesByBothWays) {
  for (const std::int64_t columns : {2, 8}) {
    const Set x = padded({1, 0, -1, 0, 0, 2, 0, -2}, columns);
    const Set y = padded({3, 0, -1, 0, 1, 1, 1, -1}, columns);
    EXPECT_NEAR(frechet_distance(x.view(), y.view()), 7.0 / 3.0, 1e-14) << columns;
  }
}

TEST(FrechetDistance, OfASetToItselfIsNothingInAnyOrder) {
  for (const std::int64_t rows : {2, 31, 90}) {
    const Set x = random_set(rows, 40, 1);
    Set turned = x;
    std::rotate(turned.values.begin(), turned.values.begin() + 40, turned.values.end());
    EXPECT_LT(frechet_distance(x.view(), x.view()), 1e-12) << rows;
    EXPECT_LT(frechet_distance(x.view(), turned.view()), 1e-12) << rows;
    const Set y = random_set(33, 40, 2);
    const double there = frechet_distance(x.view(), y.view());
    EXPECT_NEAR(frechet_distance(turned.view(), y.view()), there, 1e-12 * there);
    EXPECT_NEAR(frechet_distance(y.view(), x.view()), there, 1e-12 * there);
  }
}

TEST(FrechetDistance, AgreesWithRootsOfCovariances) {
  const Set x = random_set(60, 12, 3), y = random_set(45, 12, 4, 0.5);
  EXPECT_NEAR(frechet_distance(x.view(), y.view()), frechet_by_roots(x, y), 1e-10);
}

TEST(FrechetDistance, OnAllPrincipalComponentsIsTheWhole) {
  const Set x = random_set(60, 12, 3), y = random_set(45, 12, 4, 0.5);
  const double whole = frechet_distance(x.view(), y.view());
  EXPECT_NEAR(frechet_distance(x.view(), y.view(), 12), whole, 1e-10);
  EXPECT_LT(frechet_distance(x.view(), y.view(), 3), whole);
  const Set wide = random_set(10, 40, 5), other = random_set(12, 40, 6);
  EXPECT_LT(frechet_distance(wide.view(), wide.view(), 9), 1e-12);
  EXPECT_LE(frechet_distance(wide.view(), other.view(), 4),
            frechet_distance(wide.view(), other.view()));
}

TEST(PairMetrics, AreMeansOverAllPairs) {
  const Set x = random_set(7, 20, 7, 1.0), y = random_set(5, 20, 8, 1.0);
  double correlation = 0.0, cosine = 0.0;
  for (std::int64_t a = 0; a < 7; ++a)
    for (std::int64_t b = 0; b < 5; ++b) {
      const double* p = x.values.data() + a * 20;
      const double* q = y.values.data() + b * 20;
      double mp = 0, mq = 0, pp = 0, qq = 0, pq = 0, cp = 0, cq = 0, cpq = 0;
      for (int c = 0; c < 20; ++c) mp += p[c] / 20.0, mq += q[c] / 20.0;
      for (int c = 0; c < 20; ++c) {
        pp += p[c] * p[c], qq += q[c] * q[c], pq += p[c] * q[c];
        cp += (p[c] - mp) * (p[c] - mp), cq += (q[c] - mq) * (q[c] - mq);
        cpq += (p[c] - mp) * (q[c] - mq);
      }
      correlation += cpq / std::sqrt(cp * cq) / 35.0;
      cosine += (1.0 - pq / std::sqrt(pp * qq)) / 35.0;
    }
  EXPECT_NEAR(mean_correlation(x.view(), y.view()), correlation, 1e-14);
  EXPECT_NEAR(mean_cosine_distance(x.view(), y.view()), cosine, 1e-14);
}

TEST(PairMetrics, CountNothingForSpectraWithoutShape) {
  const Set shape{{1, 2, 4}, 1, 3}, zeros{{0, 0, 0}, 1, 3}, flat{{5, 5, 5}, 1, 3};
  EXPECT_EQ(mean_correlation(shape.view(), flat.view()), 0.0);
  EXPECT_EQ(mean_cosine_distance(shape.view(), zeros.view()), 1.0);
  EXPECT_NEAR(mean_correlation(shape.view(), shape.view()), 1.0, 1e-15);
  EXPECT_NEAR(mean_cosine_distance(shape.view(), shape.view()), 0.0, 1e-15);
}

TEST(SpectraMetrics, HaveTheirGoldenValues) {
  const Set set{{1, 2, 3, 2}, 2, 2};
  EXPECT_EQ(signal_to_noise(set.view()), 1.0);
  EXPECT_EQ(mean_pair_distance(set.view()), 4.0);
  EXPECT_EQ(mean_spectrum_divergence(set.view(), set.view()), 0.0);
  const Set p{{1, 3}, 1, 2}, q{{2, 2}, 1, 2};
  EXPECT_NEAR(mean_spectrum_divergence(p.view(), q.view()),
              0.25 * std::log(0.5) + 0.75 * std::log(1.5), 1e-15);
  const Set empty{{0, 4}, 1, 2};
  EXPECT_NEAR(mean_spectrum_divergence(q.view(), empty.view()),
              0.5 * std::log(0.5 * 4e12) + 0.5 * std::log(0.5), 1e-9);
}

TEST(SpectraMetrics, MeanPairDistanceIsThatOfAllPairs) {
  const Set x = random_set(6, 9, 9);
  double sum = 0.0;
  for (std::int64_t a = 0; a < 6; ++a)
    for (std::int64_t b = 0; b < 6; ++b)
      for (std::int64_t c = 0; c < 9; ++c)
        sum += std::pow(x.values[std::size_t(9 * a + c)] - x.values[std::size_t(9 * b + c)], 2);
  EXPECT_NEAR(mean_pair_distance(x.view()), sum / 30.0, 1e-12);
}

TEST(SpectraMetrics, RefuseWhatCannotBeCompared) {
  const Set x = random_set(4, 3, 1), y = random_set(4, 2, 1);
  const Set bad{{1, std::numeric_limits<double>::quiet_NaN()}, 1, 2};
  EXPECT_THROW(frechet_distance(x.view(), y.view()), InvalidArgument);
  EXPECT_THROW(mean_correlation(x.view(), y.view()), InvalidArgument);
  EXPECT_THROW(mean_cosine_distance(bad.view(), y.view()), InvalidArgument);
  EXPECT_THROW(mean_spectrum_divergence(x.view(), y.view()), InvalidArgument);
  EXPECT_THROW(signal_to_noise(HostView(x.values.data(), 0, 3)), InvalidArgument);
  EXPECT_THROW(mean_pair_distance(HostView(x.values.data(), 1, 3)), InvalidArgument);
  EXPECT_THROW(frechet_distance(HostView(x.values.data(), 1, 3), x.view()), InvalidArgument);
  EXPECT_THROW(frechet_distance(x.view(), x.view(), 4), InvalidArgument);
  EXPECT_THROW(frechet_distance(x.view(), x.view(), 0), InvalidArgument);
  EXPECT_THROW(real_pairs(x.view(), {.size = 3}), InvalidArgument);
  EXPECT_THROW(quantile({}, 0.5), InvalidArgument);
  EXPECT_THROW(quantile({1.0}, 1.5), InvalidArgument);
}

TEST(QuantileTest, LiesBetweenTheValuesAroundIt) {
  EXPECT_EQ(quantile({3, 1, 2}, 0.0), 1.0);
  EXPECT_EQ(quantile({3, 1, 2}, 0.5), 2.0);
  EXPECT_EQ(quantile({3, 1, 2}, 0.75), 2.5);
  EXPECT_EQ(quantile({3, 1, 2}, 1.0), 3.0);
  EXPECT_EQ(quantile({7}, 0.3), 7.0);
}

TEST(RealPairsTest, AreDisjointAndTheSameForASeed) {
  const Set x = random_set(8, 5, 11);
  const RealPairs one = real_pairs(x.view(), {.size = 4, .pairs = 20, .seed = 3});
  EXPECT_EQ(one.frechet.size(), 20u);
  EXPECT_EQ(real_pairs(x.view(), {.size = 4, .pairs = 20, .seed = 3}).frechet, one.frechet);
  EXPECT_NE(real_pairs(x.view(), {.size = 4, .pairs = 20, .seed = 4}).frechet, one.frechet);
  const Set distinct{{1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1}, 4, 4};
  for (const double cosine : real_pairs(distinct.view(), {.size = 2}).cosine)
    EXPECT_EQ(cosine, 1.0) << "rows at right angles, none in both samples";
}

// Distances of samples of one kind, as found with numpy in other draws: 0.94 +- 0.14 of 32 spectra,
// 0.55 +- 0.06 of 125.
TEST(RealPairsTest, OfMeasuredSpectraAreAsFarApartAsKnown) {
  WHITELINE_NEEDS_DATA(folder);
  const SpectrumImage image = read_spectrum_image(folder / "mno-l23/mno_659x700_f32.npy");
  const HostView spectra(image.counts.data(), image.pixels(), image.energy.size);
  const RealPairs small = real_pairs(spectra, {.size = 32, .pairs = 60});
  const RealPairs large = real_pairs(spectra, {.size = 125, .pairs = 20});
  EXPECT_NEAR(quantile(small.frechet, 0.5), 0.94, 0.14);
  EXPECT_NEAR(quantile(large.frechet, 0.5), 0.55, 0.06);
  const double snr = signal_to_noise(spectra);
  EXPECT_GT(snr, 1.6);
  EXPECT_LT(snr, 1.9);
}

}  // namespace
}  // namespace whiteline
