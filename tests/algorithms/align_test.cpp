#include <whiteline/align.hpp>

#include <cmath>
#include <limits>
#include <random>

#include "reference/preprocess.hpp"
#include "support/backends.hpp"
#include "support/framed.hpp"
#include "support/tolerance.hpp"

namespace whiteline {
namespace {

using test::at;
using test::tolerance;
using Method = AlignParams::Method;

const EnergyAxis axis{-10.0, 0.1, 300};

double true_place(std::int64_t pixel) { return 0.23 * double(pixel % 9) - 1.0; }

// A zero-loss peak and a plasmon, moved together, on 4 x 5 pixels.
SpectrumImage low_loss(double counts, unsigned seed,
                       SpectrumImage::Order order = SpectrumImage::Order::pixel_major) {
  std::mt19937 random(seed);
  SpectrumImage image;
  image.height = 4;
  image.width = 5;
  image.energy = axis;
  image.order = order;
  image.counts.resize(at(20 * axis.size));
  for (std::int64_t p = 0; p < 20; ++p)
    for (std::int64_t c = 0; c < axis.size; ++c) {
      const double zero_loss = (axis.energy(c) - true_place(p)) / 0.5,
                   plasmon = (axis.energy(c) - true_place(p) - 12.0) / 2.0;
      const double mean = counts * (std::exp(-0.5 * zero_loss * zero_loss) +
                                    0.2 * std::exp(-0.5 * plasmon * plasmon));
      image
          .counts[at(order == SpectrumImage::Order::pixel_major ? p * axis.size + c : c * 20 + p)] =
          float(std::poisson_distribution<int>(mean)(random));
    }
  return image;
}

using AlignTest = test::BackendTest;
INSTANTIATE_TEST_SUITE_P(Backends, AlignTest, test::all_backends(), test::backend_name);

TEST_P(AlignTest, PutsTheZeroLossPeakAtZero) {
  const SpectrumImage image = low_loss(20000.0, 1);
  for (const auto refine : {AlignPeak::Refine::parabola, AlignPeak::Refine::centroid}) {
    AlignParams params{Method::peak, -4.0, 4.0};
    params.energy = 0.0;
    params.refine = refine;
    const std::vector<double> shifts = find_shifts(ctx(), image.spectra(), axis, params);
    ASSERT_EQ(shifts.size(), 20u);
    // Of a parabola through three channels near the top of a peak of 5 channels' width: noise of
    // each over the curvature. 20 pixels stay within 4.5 standard deviations.
    const double spread = 0.1 * std::sqrt(0.5 / 20000.0) * 25.0;
    for (std::int64_t p = 0; p < 20; ++p)
      EXPECT_NEAR(shifts[at(p)], -true_place(p), 4.5 * spread) << "pixel " << p;
  }
}

TEST_P(AlignTest, CorrelationFindsShiftsFromTheMean) {
  for (const auto order : {SpectrumImage::Order::pixel_major, SpectrumImage::Order::energy_major}) {
    const SpectrumImage image = low_loss(2000.0, 2, order);
    AlignParams params{Method::cross_correlation, -8.0, 18.0};
    params.max_shift = 3.0;
    const std::vector<double> shifts = find_shifts(ctx(), image.spectra(), axis, params);
    double offset = 0.0;  // the mean's place is not that of any spectrum
    for (std::int64_t p = 0; p < 20; ++p) offset += (shifts[at(p)] + true_place(p)) / 20.0;
    for (std::int64_t p = 0; p < 20; ++p)
      EXPECT_NEAR(shifts[at(p)] + true_place(p), offset, 0.05) << "half a channel; pixel " << p;
  }
}

TEST_P(AlignTest, CorrelationWithOneSpectrumFindsItUnmoved) {
  const SpectrumImage image = low_loss(20000.0, 3);
  AlignParams params{Method::cross_correlation};
  params.max_shift = 3.0;
  params.reference.assign(image.counts.begin(), image.counts.begin() + axis.size);
  const std::vector<double> shifts = find_shifts(ctx(), image.spectra(), axis, params);
  EXPECT_NEAR(shifts[0], 0.0, 1e-3);
  for (std::int64_t p = 0; p < 20; ++p)
    EXPECT_NEAR(shifts[at(p)], true_place(0) - true_place(p), 0.03) << "pixel " << p;
}

TEST_P(AlignTest, SpectraBeyondTheLargestShiftStay) {
  const SpectrumImage image = low_loss(20000.0, 4);
  AlignParams params{Method::peak, -4.0, 4.0};
  params.energy = 0.0;
  params.max_shift = 0.6;
  const std::vector<double> shifts = find_shifts(ctx(), image.spectra(), axis, params);
  for (std::int64_t p = 0; p < 20; ++p)
    if (std::abs(true_place(p)) > 0.65) {
      EXPECT_EQ(shifts[at(p)], 0.0) << p;
    }
}

TEST_P(AlignTest, ShiftsMoveTwoImagesAlike) {
  const SpectrumImage image = low_loss(20000.0, 5);
  std::vector<double> shifts;
  for (std::int64_t p = 0; p < 20; ++p) shifts.push_back(-true_place(p));
  for (const auto order : {SpectrumImage::Order::pixel_major, SpectrumImage::Order::energy_major}) {
    SpectrumImage other = low_loss(300.0, 6, order);
    other.labels.assign(20, 1);
    other.class_names = {"a", "b"};
    const SpectrumImage moved = shift_spectra(ctx(), other, shifts);
    EXPECT_EQ(moved.labels, other.labels);
    ASSERT_TRUE(moved.energy.matches(axis));
    const SpectrumImage cropped = shift_spectra(ctx(), other, shifts, ShiftedEnds::crop);
    // Moved up by at most 1 eV, down by at most 0.84 eV.
    ASSERT_TRUE(cropped.energy.matches({-9.0, 0.1, 281}));
    for (std::int64_t p = 0; p < 20; ++p) {
      std::vector<float> before;
      for (std::int64_t c = 0; c < axis.size; ++c) before.push_back(other.at(p, c));
      for (std::int64_t c = 0; c < axis.size; ++c) {
        const double expected = double(test::reference::interpolate(
            before, {axis.offset, axis.dispersion}, axis.energy(c) - shifts[at(p)]));
        ASSERT_NEAR(moved.at(p, c), expected, tolerance(0, 400.0, 0.5));
        if (c >= 10 && c < 291) {
          ASSERT_EQ(cropped.at(p, c - 10), moved.at(p, c));
        }
      }
    }
  }
}

TEST_P(AlignTest, RebinsPixelsAndChannels) {
  for (const auto order : {SpectrumImage::Order::pixel_major, SpectrumImage::Order::energy_major}) {
    SpectrumImage image = low_loss(300.0, 7, order);
    image.scale_x = 0.5;
    image.labels.assign(20, 0);
    image.class_names = {"a"};
    const SpectrumImage binned = rebin(ctx(), image, {2, 2, 3});
    EXPECT_EQ(binned.height, 2);
    EXPECT_EQ(binned.width, 2);
    EXPECT_EQ(binned.scale_x, 1.0);
    EXPECT_TRUE(binned.labels.empty());
    ASSERT_TRUE(binned.energy.matches({-9.9, 0.3, 100}));
    for (std::int64_t p = 0; p < 4; ++p)
      for (std::int64_t c = 0; c < 100; ++c) {
        double sum = 0.0;
        for (const std::int64_t pixel : {0, 1, 5, 6})
          for (std::int64_t k = 0; k < 3; ++k)
            sum += double(image.at(p / 2 * 10 + p % 2 * 2 + pixel, 3 * c + k));
        ASSERT_EQ(binned.at(p, c), float(sum));
      }
    EXPECT_EQ(rebin(ctx(), image, {1, 1, 2}).labels, image.labels);
  }
}

TEST_P(AlignTest, RefusesWhatDoesNotFit) {
  SpectrumImage image = low_loss(300.0, 8);
  const auto find = [&](const AlignParams& params) {
    return find_shifts(ctx(), image.spectra(), axis, params);
  };
  EXPECT_THROW(find({Method::peak, 40.0, 50.0}), InvalidArgument);
  EXPECT_THROW(find({Method::peak, -4.0, 4.0, 0.0}), InvalidArgument);
  AlignParams params{Method::cross_correlation};
  params.reference.assign(7, 1.0f);
  EXPECT_THROW(find(params), InvalidArgument);
  EXPECT_THROW(find_shifts(ctx(), image.spectra(), {0.0, 1.0, 7}, {}), InvalidArgument);
  EXPECT_TRUE(find_shifts(ctx(), image.spectra().some_rows(0, 0), axis, {}).empty());
  EXPECT_THROW(shift_spectra(ctx(), image, {1.0}), InvalidArgument);
  std::vector<double> shifts(20, 0.0);
  shifts[3] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(shift_spectra(ctx(), image, shifts), InvalidArgument);
  shifts[3] = 1000.0;
  EXPECT_THROW(shift_spectra(ctx(), image, shifts, ShiftedEnds::crop), InvalidArgument);
  EXPECT_THROW(rebin(ctx(), image, {0, 1, 1}), InvalidArgument);
  EXPECT_THROW(rebin(ctx(), image, {1, 6, 1}), InvalidArgument);
  EXPECT_THROW(rebin(ctx(), image, {1, 1, 301}), InvalidArgument);
  image.counts[5] = std::numeric_limits<float>::infinity();
  EXPECT_THROW(find({}), InvalidArgument);
}

}  // namespace
}  // namespace whiteline
