// Agreement with HyperSpy 1.7.3 on a small image (tests/golden/make_prepare.py).
#include <whiteline/align.hpp>
#include <whiteline/pca.hpp>

#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>

#include "support/backends.hpp"
#include "support/folders.hpp"

namespace whiteline {
namespace {

class PrepareGoldenTest : public test::BackendTest {
 protected:
  void SetUp() override {
    BackendTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    std::ifstream(test::source_folder() / "tests/golden/prepare/hyperspy.json") >> golden_;
    image_.height = golden_["height"];
    image_.width = golden_["width"];
    image_.counts = golden_["counts"].get<std::vector<float>>();
    image_.energy = {golden_["offset"], golden_["dispersion"],
                     std::int64_t(image_.counts.size()) / image_.pixels()};
  }

  // Within 1e-4 of the largest magnitude, which is of the counts' order.
  void expect_agreement(const std::vector<float>& got, const std::string& name) const {
    const auto expected = golden_[name].get<std::vector<double>>();
    ASSERT_EQ(got.size(), expected.size()) << name;
    double largest = 0.0;
    for (const double value : expected) largest = std::max(largest, std::abs(value));
    for (std::size_t i = 0; i < got.size(); ++i)
      ASSERT_NEAR(got[i], expected[i], 1e-4 * largest) << name << " " << i;
  }

  nlohmann::json golden_;
  SpectrumImage image_;
};
INSTANTIATE_TEST_SUITE_P(Backends, PrepareGoldenTest, test::all_backends(), test::backend_name);

TEST_P(PrepareGoldenTest, BackgroundsAreThoseOfHyperSpy) {
  for (const bool zero_fill : {false, true}) {
    Background background{Background::Method::two_area_closed, golden_["window"][0],
                          golden_["window"][1]};
    background.zero_fill = zero_fill;
    const PreparedSpectra prepared = Pipeline({background}, image_.energy, image_.energy.size)
                                         .apply(ctx(), image_.spectra(), image_.energy);
    std::vector<float> counts(image_.counts.size());
    prepared.spectra.copy_to(counts);
    expect_agreement(counts, zero_fill ? "filled" : "background");
  }
}

TEST_P(PrepareGoldenTest, ShiftedSpectraAreThoseOfHyperSpy) {
  const SpectrumImage moved =
      shift_spectra(ctx(), image_, golden_["shifts"].get<std::vector<double>>(), ShiftedEnds::crop);
  EXPECT_NEAR(moved.energy.offset, golden_["shifted_offset"].get<double>(), 1e-9);
  expect_agreement(moved.counts, "shifted");
}

TEST_P(PrepareGoldenTest, RebinnedSpectraAreThoseOfHyperSpy) {
  expect_agreement(rebin(ctx(), image_, {2, 2, 3}).counts, "rebinned");
}

// The sine of the largest angle between the spans of two lists of three vectors: the norm of what
// the first leaves of each vector of the second, made orthonormal, is at most that.
double largest_sine(std::vector<std::vector<double>> a, std::vector<std::vector<double>> b) {
  const auto dot = [](const std::vector<double>& x, const std::vector<double>& y) {
    double sum = 0.0;
    for (std::size_t i = 0; i < x.size(); ++i) sum += x[i] * y[i];
    return sum;
  };
  const auto project = [&](std::vector<double>& x, const std::vector<double>& on) {
    const double along = dot(x, on);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] -= along * on[i];
  };
  for (auto* basis : {&a, &b})
    for (std::size_t k = 0; k < basis->size(); ++k) {
      for (std::size_t j = 0; j < k; ++j) project((*basis)[k], (*basis)[j]);
      const double norm = std::sqrt(dot((*basis)[k], (*basis)[k]));
      for (double& value : (*basis)[k]) value /= norm;
    }
  double squares = 0.0;
  for (std::vector<double> rest : b) {
    for (const auto& on : a) project(rest, on);
    squares += dot(rest, rest);
  }
  return std::sqrt(squares);
}

TEST_P(PrepareGoldenTest, ComponentsSpanWhatHyperSpyFinds) {
  for (const bool poisson : {false, true})
    for (const auto method : {PcaParams::Method::covariance, PcaParams::Method::randomised}) {
      PcaParams params;
      params.components = 3;
      params.centre = PcaParams::Centre::none;
      params.weighting = poisson ? PcaParams::Weighting::poisson : PcaParams::Weighting::none;
      params.method = method;
      params.iterations = 40;
      const Pca found = pca(ctx(), image_.spectra(), params);
      const auto& expected = golden_["components"][poisson ? "poisson" : "none"];
      const auto factors = expected["factors"].get<std::vector<double>>();
      std::vector<std::vector<double>> ours(3), theirs(3);
      for (std::size_t i = 0; i < factors.size(); ++i) {
        const std::size_t k = i / std::size_t(found.channels), c = i % std::size_t(found.channels);
        ours[k].push_back(double(found.loadings[i]) / double(found.weights[c]));
        theirs[k].push_back(factors[i]);
      }
      EXPECT_LT(largest_sine(ours, theirs), 1e-4) << poisson << int(method);
      for (std::int64_t k = 0; k < 3; ++k)
        EXPECT_NEAR(found.explained(k), expected["explained"][std::size_t(k)].get<double>(), 1e-5);
    }
}

}  // namespace
}  // namespace whiteline
