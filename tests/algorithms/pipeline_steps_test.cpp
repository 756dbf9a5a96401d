// The steps that repair, move and filter spectra, in pipelines: that each does its part on the
// channels that later steps use, as it would on all.
#include <whiteline/preprocess.hpp>

#include <cmath>
#include <random>

#include "reference/preprocess.hpp"
#include "support/backends.hpp"
#include "support/framed.hpp"
#include "support/tolerance.hpp"

namespace whiteline::pipeline_steps_test {
namespace {

using test::at;
using test::Table;
using test::tolerance;

const EnergyAxis axis{500.0, 0.5, 300};

HostView host(const Table& table) { return {table.values.data(), table.rows, table.cols}; }

Table result_of(const PreparedSpectra& prepared) {
  Table table(prepared.spectra.rows(), prepared.spectra.cols());
  prepared.spectra.copy_to(table.values);
  return table;
}

// A falling background with noise and a peak 3 eV wide near 560 eV; every fourth has a spike.
Table peaked_spectra(std::int64_t rows) {
  std::mt19937 random(3);
  Table table(rows, axis.size);
  for (std::int64_t r = 0; r < rows; ++r) {
    const double place = 559.0 + 0.37 * double(r % 7);
    for (std::int64_t c = 0; c < axis.size; ++c) {
      const double e = axis.energy(c), d = e - place;
      const double mean = 100.0 * std::exp(-(e - 500.0) / 60.0) + 400.0 * std::exp(-d * d / 4.5);
      table(r, c) = float(std::poisson_distribution<int>(mean)(random));
    }
    if (r % 4 == 2) table(r, 250) += 5000.0f;
  }
  return table;
}

using PipelineStepsTest = test::BackendTest;
INSTANTIATE_TEST_SUITE_P(Backends, PipelineStepsTest, test::all_backends(), test::backend_name);

// The same steps with a crop behind them keep the same numbers.
void expect_crop_changes_nothing(const Context& ctx, std::vector<PreparationStep> steps,
                                 const Table& in) {
  const PreparedSpectra whole = Pipeline(steps, axis, axis.size).apply(ctx, host(in), axis);
  const ChannelRange kept = whole.energy->channels(545.0, 590.0);
  steps.push_back(Crop{545.0, 590.0});
  const Table all = result_of(whole),
              part = result_of(Pipeline(steps, axis, axis.size).apply(ctx, host(in), axis));
  ASSERT_EQ(part.cols, kept.size());
  for (std::int64_t r = 0; r < in.rows; ++r)
    for (std::int64_t c = 0; c < part.cols; ++c)
      ASSERT_NEAR(part(r, c), all(r, kept.begin + c),
                  tolerance(1, 4.0 * std::abs(double(all(r, kept.begin + c))) + 10.0));
}

TEST_P(PipelineStepsTest, StepsDoTheSameOnFewerChannels) {
  const Table in = peaked_spectra(9);
  const Background exponential{Background::Method::likelihood, 510.0, 540.0,
                               Background::Curve::exponential};
  const Background linear{Background::Method::two_area, 510.0, 540.0, Background::Curve::polynomial,
                          1};
  for (const PreparationStep& step : std::vector<PreparationStep>{
           exponential, linear, RemoveSpikes{4, 8.0},
           AlignPeak{552.0, 570.0, 561.3, 4.0, AlignPeak::Refine::parabola, 1.0},
           AlignPeak{552.0, 570.0, 561.3, 4.0, AlignPeak::Refine::centroid, 3.0}, Rebin{3},
           Resample{{502.3, 0.7, 180}, Resample::Keep::counts}})
    expect_crop_changes_nothing(ctx(), {step}, in);
}

TEST_P(PipelineStepsTest, ReturnsWhatEachStepFound) {
  const Table in = peaked_spectra(8);
  const PreparedSpectra prepared = Pipeline({RemoveSpikes{4, 8.0}, AlignPeak{552.0, 570.0, 561.0},
                                             Background{Background::Method::two_area, 510.0, 540.0,
                                                        Background::Curve::polynomial, 2, true}},
                                            axis, axis.size)
                                       .apply(ctx(), host(in), axis);
  ASSERT_EQ(prepared.spikes.size(), 1u);
  ASSERT_EQ(prepared.shifts.size(), 1u);
  ASSERT_EQ(prepared.fits.size(), 1u);
  const BackgroundFit& fit = prepared.fits[0];
  ASSERT_EQ(fit.coefficients.size(), 8u * 3u);
  const Table got = result_of(prepared);
  for (std::int64_t r = 0; r < 8; ++r) {
    EXPECT_GE(prepared.spikes[0][at(r)], r % 4 == 2 ? 1 : 0) << r;
    EXPECT_LE(prepared.spikes[0][at(r)], 2) << r;
    EXPECT_NEAR(prepared.shifts[0][at(r)], 561.0 - (559.0 + 0.37 * double(r % 7)), 0.6) << r;
    EXPECT_EQ(got(r, 10), 0.0f) << "below the window";
    const double x = (530.0 - fit.centre) / fit.half_width;
    const double* k = &fit.coefficients[at(3 * r)];
    EXPECT_NEAR(k[0] + k[1] * x + k[2] * x * x, 100.0 * std::exp(-30.0 / 60.0), 12.0) << r;
  }
}

TEST_P(PipelineStepsTest, PolynomialsLeaveNothingOfThemselves) {
  Table in(3, axis.size);
  for (std::int64_t c = 0; c < axis.size; ++c) {
    const double x = (axis.energy(c) - 525.0) / 15.0;
    in(0, c) = 7.0f;
    in(1, c) = float(100.0 - 20.0 * x);
    in(2, c) = float(100.0 + 3.0 * x - 2.0 * x * x + 0.5 * x * x * x);
  }
  for (const int degree : {0, 1, 3, 5}) {
    const Pipeline pipeline({Background{Background::Method::two_area, 510.0, 540.0,
                                        Background::Curve::polynomial, degree}},
                            axis, axis.size);
    const PreparedSpectra prepared = pipeline.apply(ctx(), host(in), axis);
    const Table got = result_of(prepared);
    for (std::int64_t r = 0; r < 3; ++r) {
      if (degree < (r == 2 ? 3 : r)) continue;
      for (std::int64_t c = 0; c < axis.size; ++c) {
        // Beyond the window the highest power magnifies the rounding of the counts within.
        const double x = std::max(1.0, std::abs((axis.energy(c) - 525.0) / 15.0));
        const double magnified = 110.0 * std::pow(x, degree);
        ASSERT_NEAR(got(r, c), 0.0, tolerance(60, magnified) + tolerance(0, in(r, c)))
            << "degree " << degree << " channel " << c;
      }
    }
  }
}

TEST_P(PipelineStepsTest, SpectraThatWouldMoveTooFarStay) {
  const Table in = peaked_spectra(3);
  const PreparedSpectra prepared =
      Pipeline({AlignPeak{552.0, 570.0, 600.0, 5.0}}, axis, axis.size).apply(ctx(), host(in), axis);
  EXPECT_EQ(prepared.shifts[0], (std::vector<double>{0.0, 0.0, 0.0}));
  EXPECT_EQ(result_of(prepared).values, in.values);
}

TEST_P(PipelineStepsTest, RebinningSumsChannelsAndMovesTheAxis) {
  const Table in = peaked_spectra(2);
  const PreparedSpectra prepared =
      Pipeline({Rebin{7}}, axis, axis.size).apply(ctx(), host(in), axis);
  ASSERT_EQ(prepared.spectra.cols(), 42);
  EXPECT_TRUE(prepared.energy->matches({501.5, 3.5, 42}));
  const Table got = result_of(prepared);
  for (std::int64_t j = 0; j < 42; ++j) {
    float sum = 0.0f;
    for (std::int64_t c = 7 * j; c < 7 * j + 7; ++c) sum += in(1, c);
    ASSERT_EQ(got(1, j), sum) << "whole numbers";
  }
}

TEST_P(PipelineStepsTest, AFilterKeepsWhatItsComponentsSpan) {
  // Two orthonormal components over four channels, weights and a centre.
  const std::vector<float> weights{1.0f, 0.5f, 2.0f, 1.0f}, centre{1.0f, 2.0f, 3.0f, 4.0f};
  const PcaFilter filter{weights, centre, {0.6f, 0.8f, 0.0f, 0.0f, 0.0f, 0.0f, 1.0f, 0.0f}};
  Table in(2, 4);
  for (std::int64_t c = 0; c < 4; ++c) {
    const double inside = (c < 2    ? 5.0 * filter.loadings[at(c)]
                           : c == 2 ? -3.0
                                    : 0.0) +
                          centre[at(c)];
    in(0, c) = float(inside / weights[at(c)]);
    in(1, c) = in(0, c) + (c == 3 ? 10.0f : 0.0f);  // outside the span
  }
  const Table got =
      result_of(Pipeline({filter}, std::nullopt, 4).apply(ctx(), host(in), std::nullopt));
  for (std::int64_t r = 0; r < 2; ++r)
    for (std::int64_t c = 0; c < 4; ++c) ASSERT_NEAR(got(r, c), in(0, c), tolerance(8, 12.0));
}

}  // namespace
}  // namespace whiteline::pipeline_steps_test
