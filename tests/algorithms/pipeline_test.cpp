#include <whiteline/io.hpp>
#include <whiteline/preprocess.hpp>

#include <cmath>
#include <limits>
#include <random>

#include "reference/preprocess.hpp"
#include "support/backends.hpp"
#include "support/data.hpp"
#include "support/framed.hpp"
#include "support/tolerance.hpp"

namespace whiteline {
namespace {

using test::at;
using test::Table;
using test::tolerance;
using Kind = Normalise::Kind;

const EnergyAxis axis{460.0, 0.25, 1360};
const Background before_oxygen{Background::Method::log_least_squares, 485.0, 515.0};

// Counts over a power law with an edge at 530 eV.
Table spectra_on(const EnergyAxis& energy, std::int64_t rows, unsigned seed = 1) {
  std::mt19937 random(seed);
  Table table(rows, energy.size);
  for (std::int64_t r = 0; r < rows; ++r)
    for (std::int64_t c = 0; c < energy.size; ++c) {
      const double e = energy.energy(c);
      const double mean = 60.0 * std::pow(e / 500.0, -3.0) + (e > 530.0 ? 25.0 : 0.0);
      table(r, c) = float(std::poisson_distribution<int>(mean)(random));
    }
  return table;
}

HostView host(const Table& table) { return {table.values.data(), table.rows, table.cols}; }

Table result_of(const PreparedSpectra& prepared) {
  Table table(prepared.spectra.rows(), prepared.spectra.cols());
  prepared.spectra.copy_to(table.values);
  return table;
}

class PipelineTest : public test::BackendTest {};
INSTANTIATE_TEST_SUITE_P(Backends, PipelineTest, test::all_backends(), test::backend_name);

TEST_P(PipelineTest, DoesItsStepsInOrder) {
  const Table in = spectra_on(axis, 33);
  for (const Kind kind : {Kind::none, Kind::max, Kind::l1, Kind::l2, Kind::area}) {
    const Pipeline pipeline({before_oxygen, Crop{525.0, 610.0}, Normalise{kind}}, axis, 1360);
    EXPECT_EQ(pipeline.output_channels(), 340);
    const PreparedSpectra prepared = pipeline.apply(ctx(), host(in), axis);
    ASSERT_TRUE(prepared.energy && prepared.energy->matches({525.0, 0.25, 340}));
    ASSERT_EQ(prepared.fits.size(), 1u);
    const Table got = result_of(prepared);
    ASSERT_EQ(got.cols, 340);
    for (std::int64_t r = 0; r < in.rows; ++r) {
      const test::reference::Axis points{axis.offset, axis.dispersion};
      const auto law = test::reference::line_fit(in.row(r), points, 100, 220);
      EXPECT_NEAR(prepared.fits[0].exponent[at(r)], double(law->exponent), 1e-6);
      std::vector<double> expected;
      double max = -1e30, l1 = 0.0, l2 = 0.0, sum = 0.0;
      for (std::int64_t c = 260; c < 600; ++c) {
        const double v = in(r, c) - double(law->at(points.energy(c)));
        expected.push_back(v);
        max = std::max(max, v);
        l1 += std::abs(v);
        l2 += v * v;
        sum += v;
      }
      const double norm = kind == Kind::max    ? max
                          : kind == Kind::l1   ? l1
                          : kind == Kind::l2   ? std::sqrt(l2)
                          : kind == Kind::area ? 0.25 * sum
                                               : 1.0;
      for (std::int64_t j = 0; j < 340; ++j)
        ASSERT_NEAR(got(r, j), expected[at(j)] / norm, tolerance(2, 80.0 / norm)) << int(kind);
    }
  }
}

TEST_P(PipelineTest, NormalisesAllChannelsBeforeALaterCrop) {
  const Table in = spectra_on(axis, 3);
  const Pipeline pipeline({Normalise{Kind::max}, Crop{700.0, 720.0}}, axis, 1360);
  const Table got = result_of(pipeline.apply(ctx(), host(in), axis));
  ASSERT_EQ(got.cols, 80);
  for (std::int64_t r = 0; r < 3; ++r) {
    const std::vector<float> row = in.row(r);
    const float largest = *std::max_element(row.begin(), row.end());
    for (std::int64_t j = 0; j < 80; ++j) ASSERT_FLOAT_EQ(got(r, j), in(r, 960 + j) / largest);
  }
}

TEST_P(PipelineTest, UsesTheAreaOfItsWindow) {
  const Table in = spectra_on(axis, 2);
  const Pipeline pipeline({Crop{600.0, 800.0}, Normalise{Kind::area, 700.0, 730.0}}, axis, 1360);
  const Table got = result_of(pipeline.apply(ctx(), host(in), axis));
  for (std::int64_t r = 0; r < 2; ++r) {
    double area = 0.0, scaled = 0.0;
    for (std::int64_t c = 960; c < 1080; ++c) area += 0.25 * double(in(r, c));
    for (std::int64_t j = 400; j < 520; ++j) scaled += 0.25 * double(got(r, j));
    EXPECT_NEAR(scaled, 1.0, tolerance(120));
    EXPECT_NEAR(got(r, 0), in(r, 560) / area, tolerance(1, in(r, 560) / area));
  }
}

TEST_P(PipelineTest, EmptySpectraStayZeroUnderEachNormalisation) {
  const Table in(2, 1360, 0.0f);
  for (const Kind kind : {Kind::none, Kind::max, Kind::l1, Kind::l2, Kind::area}) {
    const Pipeline pipeline({before_oxygen, Normalise{kind}}, axis, 1360);
    const PreparedSpectra prepared = pipeline.apply(ctx(), host(in), axis);
    EXPECT_EQ(result_of(prepared).values, in.values) << int(kind);
    EXPECT_EQ(prepared.fits[0].amplitude, (std::vector<double>{0.0, 0.0}));
  }
}

TEST_P(PipelineTest, ConstantSpectraBecomeZeroAndStayFinite) {
  const Table in(1, 1360, 7.0f);
  const Pipeline pipeline({before_oxygen, Normalise{Kind::l2}}, axis, 1360);
  for (const float value : result_of(pipeline.apply(ctx(), host(in), axis)).values)
    ASSERT_TRUE(std::isfinite(value));
}

TEST_P(PipelineTest, TakesSpectraAsTheyLie) {
  const Table in = spectra_on(axis, 35);
  const Pipeline pipeline({before_oxygen, Crop{525.0, 610.0}, Normalise{Kind::l2}}, axis, 1360);
  const Table expected = result_of(pipeline.apply(ctx(), host(in), axis));
  std::vector<std::uint16_t> energy_major(in.values.size());
  std::vector<double> reversed(in.values.size());  // rows from the last to the first
  for (std::int64_t r = 0; r < 35; ++r)
    for (std::int64_t c = 0; c < 1360; ++c) {
      energy_major[at(c * 35 + r)] = std::uint16_t(in(r, c));
      reversed[at((34 - r) * 1360 + c)] = double(in(r, c));
    }
  EXPECT_EQ(result_of(pipeline.apply(ctx(), {energy_major.data(), 35, 1360, 1, 35}, axis)).values,
            expected.values);
  EXPECT_EQ(
      result_of(pipeline.apply(ctx(), {reversed.data() + at(34 * 1360), 35, 1360, -1360, 1}, axis))
          .values,
      expected.values);
  EXPECT_EQ(pipeline.apply(ctx(), {energy_major.data(), 0, 1360, 1, 35}, axis).spectra.rows(), 0);
}

TEST_P(PipelineTest, BringsOtherAxesToItsOwn) {
  const EnergyAxis fine{450.0, 0.1, 3400};  // to 789.9 eV
  const Table in = spectra_on(fine, 3, 9);
  // The steps use 485 to 610 eV; that the other axis ends earlier does not matter.
  const Pipeline pipeline({before_oxygen, Crop{525.0, 610.0}}, axis, 1360);
  const Table got = result_of(pipeline.apply(ctx(), host(in), fine));
  Table moved(3, 1360);
  for (std::int64_t r = 0; r < 3; ++r)
    for (std::int64_t c = 0; c < 1360; ++c)
      moved(r, c) = float(
          test::reference::interpolate(in.row(r), {fine.offset, fine.dispersion}, axis.energy(c)));
  const Table expected = result_of(pipeline.apply(ctx(), host(moved), axis));
  for (std::size_t i = 0; i < got.values.size(); ++i)
    ASSERT_NEAR(got.values[i], expected.values[i], tolerance(4, 100.0)) << i;
  // The same as an explicit step.
  const Pipeline step({Resample{axis.cut({100, 1300})}, before_oxygen, Crop{525.0, 610.0}}, fine,
                      3400);
  const Table other = result_of(step.apply(ctx(), host(in), fine));
  for (std::size_t i = 0; i < got.values.size(); ++i)
    ASSERT_NEAR(got.values[i], other.values[i], tolerance(4, 100.0)) << i;
}

TEST_P(PipelineTest, EveryThreadCountGivesTheSameBits) {
  const Table in = spectra_on(axis, 70);
  const Pipeline pipeline({before_oxygen, Crop{525.0, 610.0}, Normalise{Kind::l2}}, axis, 1360);
  const Table expected = result_of(pipeline.apply(Context("cpu", {.threads = 1}), host(in), axis));
  EXPECT_EQ(result_of(pipeline.apply(Context("cpu", {.threads = 3}), host(in), axis)).values,
            expected.values);
  EXPECT_EQ(result_of(pipeline.apply(ctx(), host(in), axis)).values, expected.values);
}

TEST_P(PipelineTest, NamesTheSpectrumThatIsNoNumber) {
  Table in = spectra_on(axis, 40);
  in(37, 300) = std::numeric_limits<float>::quiet_NaN();
  in(38, 150) = std::numeric_limits<float>::infinity();
  const auto message = [&](double low, double high) -> std::string {
    try {
      Pipeline({Crop{low, high}}, axis, 1360).apply(ctx(), host(in), axis);
    } catch (const InvalidArgument& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_NE(message(460, 800).find("spectrum 37 (channel 300 "), std::string::npos);
  EXPECT_NE(message(485, 515).find("spectrum 38 (channel 150 "), std::string::npos);
  EXPECT_EQ(message(600, 700), "") << "channels that are not used are not looked at";
}

TEST_P(PipelineTest, MeasuredBackgroundsLeaveNothingInTheirWindow) {
  WHITELINE_NEEDS_DATA(data);
  const SpectrumImage image = read_spectrum_image(data / "nmc-si/TM/TM+O EELS Spectrum Image.dm3");
  ASSERT_EQ(image.pixels(), 42);
  for (const auto method : {Background::Method::two_area, Background::Method::log_least_squares}) {
    // The axis is about 10 eV low; Mn L3 begins near 630 eV there.
    const Pipeline pipeline({Background{method, 580.0, 620.0}, Crop{580.0, 620.0}}, image.energy,
                            image.energy.size);
    const Pipeline raw({Crop{580.0, 620.0}}, image.energy, image.energy.size);
    const PreparedSpectra prepared = pipeline.apply(ctx(), image.spectra(), image.energy);
    const Table left = result_of(prepared),
                counts = result_of(raw.apply(ctx(), image.spectra(), image.energy));
    for (std::int64_t r = 0; r < 42; ++r) {
      double residual = 0.0, total = 0.0;
      for (std::int64_t c = 0; c < left.cols; ++c) {
        residual += double(left(r, c));
        total += double(counts(r, c));
      }
      // Areas are kept by definition. A mean of logarithms lies below the logarithm of the mean,
      // which shows in the two dim pixels.
      const bool areas = method == Background::Method::two_area;
      EXPECT_LT(std::abs(residual), (areas ? 1e-5 : 2e-2) * total) << "pixel " << r;
      EXPECT_GT(prepared.fits[0].exponent[at(r)], 0.5) << "pixel " << r;
      EXPECT_LT(prepared.fits[0].exponent[at(r)], 7.0) << "pixel " << r;
    }
  }
}

TEST_P(PipelineTest, DefaultPipelineCopies) {
  const Table in = spectra_on(axis, 2);
  const PreparedSpectra prepared = Pipeline().apply(ctx(), host(in), axis);
  EXPECT_EQ(result_of(prepared).values, in.values);
  EXPECT_TRUE(prepared.energy && prepared.energy->matches(axis));
}

}  // namespace
}  // namespace whiteline
