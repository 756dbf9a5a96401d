#include <whiteline/matrix.hpp>

#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "cases/preprocess.hpp"
#include "reference/preprocess.hpp"
#include "support/framed.hpp"
#include "support/ops_backends.hpp"
#include "support/tolerance.hpp"

namespace whiteline {
namespace {

using core::AxisPoints;
using core::BackgroundCurve;
using core::BackgroundMethod;
using core::BackgroundWindow;
using core::Buffer;
using test::at;
using test::Framed;
using test::sentinel;
using test::Table;
using test::tolerance;

// Poisson counts over a power law of about `level` counts, with an edge after two thirds.
Table random_spectra(std::int64_t rows, std::int64_t cols, AxisPoints axis, double level,
                     unsigned seed) {
  std::mt19937 random(seed);
  Table table(rows, cols);
  for (std::int64_t r = 0; r < rows; ++r) {
    const double exponent = 2.0 + 2.0 * double(random() % 1000) / 1000.0;
    for (std::int64_t c = 0; c < cols; ++c) {
      const double energy = axis.offset + axis.dispersion * double(c);
      const double mean = level * std::pow(energy / axis.offset, -exponent) +
                          (c > 2 * cols / 3 ? 0.5 * level : 0.0);
      table(r, c) = float(std::poisson_distribution<int>(mean)(random));
    }
  }
  return table;
}

struct Subtracted {
  Table spectra;
  std::vector<double> parameters;
};

Subtracted subtract(const Context& ctx, const Table& in, const BackgroundWindow& window,
                    std::int64_t first, std::int64_t cols, bool in_place = false) {
  Framed from(ctx, in), to(ctx, Table(in.rows, cols));
  Buffer<double> parameters(ctx, std::vector<double>(at(2 * in.rows + 2), sentinel));
  const MatrixView out = in_place ? from.view().some_cols(first, cols) : to.view();
  ctx.queue().ops().preprocess->subtract_background(from.view(), window, first, out,
                                                    parameters.span().part(1, 2 * in.rows));
  std::vector<double> found = parameters.to_host();
  EXPECT_EQ(found.front(), double(sentinel));
  EXPECT_EQ(found.back(), double(sentinel));
  const std::vector<double> inside(found.begin() + 1, found.end() - 1);
  if (!in_place) {
    const Table after = from.take();
    EXPECT_TRUE(in.values.empty() ||
                std::memcmp(after.values.data(), in.values.data(), 4 * in.values.size()) == 0)
        << "the input changed";
    return {to.take(), inside};
  }
  const Table all = from.take();
  Table part(in.rows, cols);
  for (std::int64_t r = 0; r < in.rows; ++r)
    for (std::int64_t c = 0; c < in.cols; ++c)
      if (c >= first && c < first + cols)
        part(r, c - first) = all(r, c);
      else
        EXPECT_EQ(all(r, c), in(r, c)) << "a column outside changed";
  return {part, inside};
}

class BackgroundOpsTest : public test::OpsTest<&core::Ops::preprocess> {};
INSTANTIATE_TEST_SUITE_P(Backends, BackgroundOpsTest, test::all_backends(), test::backend_name);

const BackgroundMethod methods[] = {BackgroundMethod::two_area, BackgroundMethod::log_least_squares,
                                    BackgroundMethod::two_area_closed,
                                    BackgroundMethod::likelihood};
const BackgroundCurve curves[] = {BackgroundCurve::power_law, BackgroundCurve::exponential};

// The law that the formulas of the method give; of the likelihood, which has none, that of the
// parameters found.
std::optional<test::reference::Law> expected_law(const std::vector<float>& counts,
                                                 const BackgroundWindow& w,
                                                 const double* parameters) {
  const test::reference::Axis points{w.axis.offset, w.axis.dispersion};
  const bool power = w.curve == BackgroundCurve::power_law;
  switch (w.method) {
    case BackgroundMethod::two_area:
      return test::reference::area_fit(counts, points, w.begin, w.end, power);
    case BackgroundMethod::log_least_squares:
      return test::reference::line_fit(counts, points, w.begin, w.end, power);
    case BackgroundMethod::two_area_closed:
      return test::reference::closed_form_fit(counts, points, w.begin, w.end);
    case BackgroundMethod::likelihood:
      break;
  }
  return test::reference::Law{std::log((long double)parameters[0]), parameters[1], power};
}

TEST_P(BackgroundOpsTest, SubtractsTheLawFittedToEachRow) {
  const AxisPoints axis{460.0, 0.25};
  std::vector<test::cases::BackgroundSize> sizes(std::begin(test::cases::background_edges),
                                                 std::end(test::cases::background_edges));
  for (test::cases::BackgroundSize size : test::cases::timed_backgrounds) {
    size.rows = 20;
    sizes.push_back(size);
  }
  for (const test::cases::BackgroundSize& c : sizes)
    for (const BackgroundMethod method : methods)
      for (const BackgroundCurve curve : curves) {
        if (curve == BackgroundCurve::exponential && method == BackgroundMethod::two_area_closed)
          continue;  // the same as two_area, but for an odd channel
        SCOPED_TRACE(testing::Message()
                     << c.rows << " x " << c.channels << " method " << int(method));
        const Table in = random_spectra(c.rows, c.channels, axis, 40.0, 7);
        const BackgroundWindow window{axis, c.begin, c.end, method, curve};
        const Subtracted got = subtract(ctx(), in, window, c.first, c.channels - c.first);
        for (std::int64_t r = 0; r < c.rows; ++r) {
          const auto law = expected_law(in.row(r), window, &got.parameters[at(2 * r)]);
          ASSERT_TRUE(law.has_value());
          const double exponent = double(law->exponent), log_a = double(law->log_amplitude);
          const double slack = 1e-11 * (1.0 + std::abs(exponent)) * double(c.channels);
          EXPECT_NEAR(got.parameters[at(2 * r + 1)], exponent, slack * 10.0);
          EXPECT_NEAR(std::log(got.parameters[at(2 * r)]), log_a,
                      slack * (curve == BackgroundCurve::power_law ? 70.0 : 7000.0));
          for (std::int64_t j = 0; j < c.channels - c.first; ++j) {
            const long double background =
                law->at(test::reference::Axis{axis.offset, axis.dispersion}.energy(c.first + j));
            const double counts = in(r, c.first + j);
            ASSERT_NEAR(got.spectra(r, j), double(counts - background),
                        tolerance(0, counts + double(background), 1.0))
                << "row " << r << " channel " << c.first + j;
          }
        }
      }
}

TEST_P(BackgroundOpsTest, NoOtherLawIsMoreLikely) {
  const AxisPoints axis{460.0, 0.25};
  for (const double level : {0.7, 5.0, 400.0}) {
    const Table in = random_spectra(33, 140, axis, level, 21);
    for (const BackgroundCurve curve : curves) {
      const BackgroundWindow window{axis, 10, 90, BackgroundMethod::likelihood, curve};
      const Subtracted got = subtract(ctx(), in, window, 0, 140);
      for (std::int64_t r = 0; r < in.rows; ++r) {
        const auto law = *expected_law(in.row(r), window, &got.parameters[at(2 * r)]);
        const auto slopes = test::reference::likelihood_slopes(
            law, in.row(r), {axis.offset, axis.dispersion}, 10, 90);
        EXPECT_NEAR(double(slopes.level), 0.0, 1e-9) << level << " row " << r;
        EXPECT_NEAR(double(slopes.tilt), 0.0, 1e-9) << level << " row " << r;
      }
    }
  }
}

TEST_P(BackgroundOpsTest, SubtractsTheBestPolynomial) {
  const AxisPoints axis{460.0, 0.25};
  for (const test::cases::BackgroundSize& c : test::cases::background_edges)
    for (const int degree : {0, 1, 3}) {
      if (c.end - c.begin <= degree) continue;
      SCOPED_TRACE(testing::Message() << c.rows << " x " << c.channels << " degree " << degree);
      const Table in = random_spectra(c.rows, c.channels, axis, 40.0, 9);
      // Powers of x as curves; projections by the same fit to unit vectors.
      const std::int64_t size = c.end - c.begin, terms = degree + 1;
      const test::reference::Axis points{axis.offset, axis.dispersion};
      const long double centre = points.energy(c.begin + size / 2), half = 0.125L * size;
      std::vector<double> curves(at(terms * c.channels)), projections(at(terms * size));
      for (std::int64_t k = 0; k < terms; ++k)
        for (std::int64_t j = 0; j < c.channels; ++j)
          curves[at(k * c.channels + j)] =
              double(std::pow((points.energy(j) - centre) / half, (long double)k));
      for (std::int64_t i = 0; i < size; ++i) {
        std::vector<float> unit(at(c.channels), 0.0f);
        unit[at(c.begin + i)] = 1.0f;
        const auto column =
            test::reference::polynomial_fit(unit, points, c.begin, c.end, degree, centre, half);
        for (std::int64_t k = 0; k < terms; ++k)
          projections[at(k * size + i)] = double(column[at(k)]);
      }
      const std::int64_t cols = c.channels - c.first;
      Framed from(ctx(), in), to(ctx(), Table(c.rows, cols));
      const Buffer<double> on_device(ctx(), curves), weights(ctx(), projections);
      Buffer<double> found(ctx(), std::vector<double>(at(c.rows * terms + 1), sentinel));
      ctx().queue().ops().preprocess->subtract_curves(
          from.view(), {c.begin, c.end, terms, weights.span(), on_device.span()}, c.first,
          to.view(), found.span().part(0, c.rows * terms));
      const Table got = to.take();
      const std::vector<double> coefficients = found.to_host();
      EXPECT_EQ(coefficients.back(), double(sentinel));
      for (std::int64_t r = 0; r < c.rows; ++r) {
        const auto wanted = test::reference::polynomial_fit(in.row(r), points, c.begin, c.end,
                                                            degree, centre, half);
        for (std::int64_t j = 0; j < cols; ++j) {
          double background = 0.0, magnitude = 0.0;
          for (std::int64_t k = 0; k < terms; ++k) {
            const double term = double(wanted[at(k)]) * curves[at(k * c.channels + c.first + j)];
            background += term;
            magnitude += std::abs(term);
          }
          const double counts = in(r, c.first + j);
          ASSERT_NEAR(got(r, j), counts - background,
                      tolerance(0, counts + std::abs(background), 1.0) + 1e-9 * magnitude);
        }
      }
    }
}

TEST_P(BackgroundOpsTest, ZeroFillsChannelsBeforeTheWindow) {
  const AxisPoints axis{460.0, 0.25};
  const Table in = random_spectra(33, 100, axis, 30.0, 5);
  for (const auto& [first, cols] : {std::pair<std::int64_t, std::int64_t>{0, 100}, {17, 50}})
    for (const std::int64_t border : {0, 20, 67, 100}) {
      BackgroundWindow window{axis, 4, 40, BackgroundMethod::two_area};
      const Subtracted plain = subtract(ctx(), in, window, first, cols);
      window.zero_before = border;
      const Subtracted filled = subtract(ctx(), in, window, first, cols);
      for (std::int64_t r = 0; r < in.rows; ++r)
        for (std::int64_t j = 0; j < cols; ++j)
          ASSERT_EQ(filled.spectra(r, j), first + j < border ? 0.0f : plain.spectra(r, j));
      EXPECT_EQ(filled.parameters, plain.parameters);
    }
}

TEST_P(BackgroundOpsTest, RecoversAKnownPowerLaw) {
  const AxisPoints axis{460.0, 0.25};
  const double amplitude = 3.7e12, exponent = 3.21;
  Table sampled(1, 1360), integrated(1, 1360);
  for (std::int64_t c = 0; c < 1360; ++c) {
    const double energy = axis.offset + axis.dispersion * double(c), s = 1.0 - exponent;
    sampled(0, c) = float(amplitude * std::pow(energy, -exponent));
    integrated(0, c) =
        float(amplitude * (std::pow(energy + 0.125, s) - std::pow(energy - 0.125, s)) /
              (s * axis.dispersion));
  }
  for (const auto& [begin, end] : {std::pair<std::int64_t, std::int64_t>{100, 220}, {0, 1360}})
    for (const BackgroundMethod method : methods) {
      if (method == BackgroundMethod::two_area_closed) continue;  // an approximation
      const Table& in = method == BackgroundMethod::two_area ? integrated : sampled;
      const Subtracted got = subtract(ctx(), in, {axis, begin, end, method}, 0, 1360);
      // What rounding the counts to float32 does to the fit.
      EXPECT_NEAR(got.parameters[1], exponent, 1e-6);
      EXPECT_NEAR(got.parameters[0] / amplitude, 1.0, 1e-5);
      for (std::int64_t c = 0; c < 1360; ++c)
        ASSERT_NEAR(got.spectra(0, c), 0.0, 1e-6 * double(in(0, c)));
    }
}

TEST_P(BackgroundOpsTest, LeavesSpectraThatAllowNoFit) {
  const AxisPoints axis{600.0, 0.5};
  Table in(7, 64, 5.0f);
  for (std::int64_t c = 0; c < 64; ++c) {
    in(0, c) = 0.0f;                                     // no counts
    in(1, c) = -3.0f;                                    // nor these
    in(2, c) = c < 20 ? 0.0f : 5.0f;                     // the whole window is empty
    in(3, c) = std::numeric_limits<float>::quiet_NaN();  //
    in(4, c) = c < 10 ? 1e-30f : c < 20 ? 1e30f : 5.0f;  // rises beyond all bounds
    in(5, c) = c < 10 ? 1e30f : c < 20 ? 1e-30f : 5.0f;  // A is no double
  }
  for (const BackgroundMethod method : methods) {
    const Subtracted got = subtract(ctx(), in, {axis, 0, 20, method}, 0, 64);
    for (std::int64_t r = 0; r < 6; ++r) {
      EXPECT_EQ(got.parameters[at(2 * r)], 0.0) << r;
      EXPECT_EQ(got.parameters[at(2 * r + 1)], 0.0) << r;
      for (std::int64_t c = 0; c < 64; ++c)
        if (r != 3) {
          ASSERT_EQ(got.spectra(r, c), in(r, c)) << r;
        }
    }
    EXPECT_NEAR(got.parameters[13], 0.0, 1e-9) << "a constant has exponent 0";
    EXPECT_NEAR(got.spectra(6, 63), 0.0, 1e-6);
  }
}

TEST_P(BackgroundOpsTest, FitsDoNotDependOnTheUnitOfCounts) {
  const AxisPoints axis{480.0, 0.25};
  const Table in = random_spectra(5, 160, axis, 3.0, 3);
  Table small = in;
  for (float& value : small.values) value *= 0x1p-10f;
  for (const BackgroundMethod method : methods) {
    const Subtracted one = subtract(ctx(), in, {axis, 10, 90, method}, 0, 160);
    const Subtracted other = subtract(ctx(), small, {axis, 10, 90, method}, 0, 160);
    for (std::int64_t r = 0; r < 5; ++r) {
      EXPECT_NEAR(one.parameters[at(2 * r + 1)], other.parameters[at(2 * r + 1)], 1e-9);
      EXPECT_NEAR(one.parameters[at(2 * r)] / other.parameters[at(2 * r)], 1024.0, 1e-6);
    }
  }
}

TEST_P(BackgroundOpsTest, SubtractsInPlaceWithTheSameBits) {
  const AxisPoints axis{460.0, 0.25};
  const Table in = random_spectra(33, 100, axis, 30.0, 5);
  for (const BackgroundMethod method : methods)
    for (const auto& [first, cols] : {std::pair<std::int64_t, std::int64_t>{0, 100}, {17, 50}}) {
      const BackgroundWindow window{axis, 4, 40, method};
      const Subtracted apart = subtract(ctx(), in, window, first, cols);
      const Subtracted inside = subtract(ctx(), in, window, first, cols, true);
      EXPECT_EQ(inside.spectra.values, apart.spectra.values);
      EXPECT_EQ(inside.parameters, apart.parameters);
    }
}

TEST_P(BackgroundOpsTest, EveryDeviceAndThreadCountGivesTheSameBits) {
  const AxisPoints axis{460.0, 0.25};
  const Table in = random_spectra(65, 300, axis, 10.0, 11);
  const Context one("cpu", {.threads = 1}), three("cpu", {.threads = 3});
  for (const BackgroundMethod method : methods) {
    const BackgroundWindow window{axis, 30, 131, method};
    const Subtracted expected = subtract(one, in, window, 50, 250);
    for (const Context& ctx : {three, ctx()}) {
      const Subtracted got = subtract(ctx, in, window, 50, 250);
      EXPECT_EQ(got.spectra.values, expected.spectra.values) << ctx.device().name;
      EXPECT_EQ(got.parameters, expected.parameters) << ctx.device().name;
    }
  }
}

}  // namespace
}  // namespace whiteline
