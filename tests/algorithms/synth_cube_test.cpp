// The generated nanocube: its geometry, labels and truth.
#include <gtest/gtest.h>
#include <whiteline/synth.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include "algorithms/synth/cube_geometry.hpp"

namespace whiteline {
namespace {

using synth::CubeGeometry;
using synth::PathLengths;

SynthCubeParams straight() {
  SynthCubeParams params;
  params.tilt_x_deg = params.tilt_y_deg = params.rotation_deg = 0.0;
  return params;
}

TEST(CubeGeometry, AnUntiltedCubeHasItsEdgeAsPath) {
  const CubeGeometry cube(straight());
  const PathLengths middle = cube.ray(0.0, 0.0);
  EXPECT_DOUBLE_EQ(middle.core_nm, 18.0);
  EXPECT_DOUBLE_EQ(middle.shell_nm, 6.0);
  const PathLengths rim = cube.ray(10.0, -3.0);
  EXPECT_DOUBLE_EQ(rim.core_nm, 0.0);
  EXPECT_DOUBLE_EQ(rim.shell_nm, 24.0);
  EXPECT_EQ(cube.ray(12.1, 0.0).total(), 0.0);
  EXPECT_EQ(cube.ray(0.0, -12.1).total(), 0.0);
}

TEST(CubeGeometry, ATiltLengthensTheMiddlePathByItsCosine) {
  for (const double tilt : {-20.0, 7.0, 30.0}) {
    const double cosine = std::cos(tilt * std::numbers::pi / 180.0);
    SynthCubeParams params = straight();
    params.tilt_x_deg = tilt;
    EXPECT_NEAR(CubeGeometry(params).ray(0.0, 0.0).total(), 24.0 / cosine, 1e-12);
    params = straight();
    params.tilt_y_deg = tilt;
    params.rotation_deg = 40.0;
    EXPECT_NEAR(CubeGeometry(params).ray(0.0, 0.0).core_nm, 18.0 / cosine, 1e-12);
  }
}

TEST(CubeGeometry, ARotationAboutTheBeamTurnsTheOutline) {
  SynthCubeParams params = straight();
  params.rotation_deg = 45.0;
  const CubeGeometry cube(params);
  const double corner = 12.0 * std::numbers::sqrt2;
  EXPECT_DOUBLE_EQ(cube.ray(0.0, corner - 0.01).total(), 24.0);
  EXPECT_EQ(cube.ray(0.0, corner + 0.01).total(), 0.0);
  EXPECT_EQ(cube.ray(11.0, 11.0).total(), 0.0);
}

TEST(CubeGeometry, SeenAlongItsDiagonalItIsSqrtThreeLong) {
  SynthCubeParams params = straight();
  params.rotation_deg = 45.0;
  params.tilt_x_deg = std::atan(std::numbers::sqrt2) * 180.0 / std::numbers::pi;
  EXPECT_NEAR(CubeGeometry(params).ray(0.0, 0.0).total(), 24.0 * std::sqrt(3.0), 1e-9);
}

TEST(CubeGeometry, PathsAddUpToTheVolumes) {
  for (const bool tilted : {false, true}) {
    SynthCubeParams params = straight();
    if (tilted) params = SynthCubeParams{};
    const CubeGeometry cube(params);
    double core = 0.0, shell = 0.0;
    for (std::int64_t row = 0; row < params.height; ++row) {
      for (std::int64_t column = 0; column < params.width; ++column) {
        const PathLengths path = cube.pixel(row, column);
        core += path.core_nm * params.pixel_nm * params.pixel_nm;
        shell += path.shell_nm * params.pixel_nm * params.pixel_nm;
      }
    }
    EXPECT_NEAR(core / (18.0 * 18.0 * 18.0), 1.0, 0.01);
    EXPECT_NEAR((core + shell) / (24.0 * 24.0 * 24.0), 1.0, 0.01);
  }
}

TEST(SynthCube, IsAnImageOfTheAxisOfSetW) {
  const SpectrumImage image = synth_cube({.height = 33, .width = 31, .threads = 2});
  validate(image);
  EXPECT_EQ(image.height, 33);
  EXPECT_EQ(image.width, 31);
  EXPECT_TRUE(image.energy.matches({460.0, 0.25, 1360}));
  EXPECT_EQ(image.order, SpectrumImage::Order::pixel_major);
  EXPECT_EQ(image.scale_units, "nm");
  EXPECT_EQ(image.class_names, (std::vector<std::string>{"FeO", "Fe3O4"}));
}

TEST(SynthCube, StandsInVacuumWithAllOfItsOutlineVisible) {
  const SpectrumImage image = synth_cube();
  std::int64_t count[3] = {};
  for (const std::int32_t label : image.labels) ++count[label + 1];
  for (const std::int64_t pixels : count) EXPECT_GT(pixels, image.pixels() / 10);
  for (std::int64_t i = 0; i < image.width; ++i) {
    EXPECT_EQ(image.labels[std::size_t(i)], no_label);
    EXPECT_EQ(image.labels[std::size_t(image.pixels() - 1 - i)], no_label);
    EXPECT_EQ(image.labels[std::size_t(i * image.width)], no_label);
    EXPECT_EQ(image.labels[std::size_t((i + 1) * image.width - 1)], no_label);
  }
}

TEST(SynthCube, LabelsFollowTheRuleAndTruthAddsUp) {
  const SynthCubeParams params;
  const SpectrumImage image = synth_cube(params);
  const auto& core = image.truth.at("core_nm").values;
  const auto& shell = image.truth.at("shell_nm").values;
  const auto& fraction = image.truth.at("phase_fraction").values;
  ASSERT_EQ(image.truth.at("phase_fraction").columns, 2);
  for (std::size_t p = 0; p < image.labels.size(); ++p) {
    const double path = core[p] + shell[p];
    const std::int32_t in_particle = core[p] > 0.5 * path ? 0 : 1;
    EXPECT_EQ(image.labels[p], path < 0.1 * params.edge_nm ? no_label : in_particle);
    const double sum = fraction[2 * p] + fraction[2 * p + 1];
    EXPECT_NEAR(sum, path > 0.0 ? 1.0 : 0.0, 1e-12);
    EXPECT_NEAR(fraction[2 * p] * path, core[p], 1e-12);
    EXPECT_NEAR(image.truth.at("thickness").values[p], path / 100.0, 1e-12);
    EXPECT_EQ(image.truth.at("dose").values[p] > 0.0, path > 0.0);
  }
}

TEST(SynthCube, CountsFollowTheThickness) {
  const SpectrumImage image = synth_cube();
  const HostView spectra = image.spectra();
  ASSERT_EQ(spectra.cols, image.energy.size);
  double vacuum = 0.0, particle = 0.0, n_vacuum = 0.0, n_particle = 0.0;
  for (std::int64_t p = 0; p < image.pixels(); ++p) {
    const auto begin = image.counts.begin() + p * image.energy.size;
    const double sum = std::accumulate(begin, begin + image.energy.size, 0.0);
    const double path = image.truth.at("core_nm").values[std::size_t(p)] +
                        image.truth.at("shell_nm").values[std::size_t(p)];
    if (path == 0.0) {
      vacuum += sum;
      n_vacuum += 1.0;
    } else if (path > 20.0) {
      particle += sum;
      n_particle += 1.0;
    }
  }
  EXPECT_GT(particle / n_particle, 20.0 * vacuum / n_vacuum);
  EXPECT_GT(vacuum, 0.0);
}

TEST(SynthCube, StopsWhenTold) {
  SynthCubeParams params;
  params.progress = [](const ProgressEvent& event) { return event.done < 1000; };
  EXPECT_THROW(synth_cube(params), Cancelled);
}

TEST(SynthCube, ASinglePixelAndACubeWithoutShellAreFine) {
  const SpectrumImage image = synth_cube({.height = 1, .width = 1, .shell_nm = 0.0});
  EXPECT_EQ(image.labels, std::vector<std::int32_t>{0});
  EXPECT_EQ(image.truth.at("shell_nm").values[0], 0.0);
}

TEST(SynthCube, RefusesBadParameters) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto refuses = [](const SynthCubeParams& params) {
    EXPECT_THROW(synth_cube(params), InvalidArgument);
  };
  refuses({.height = 0});
  refuses({.width = -3});
  refuses({.height = 1'000'000'000'000, .width = 1'000'000'000'000});
  refuses({.pixel_nm = 0.0});
  refuses({.edge_nm = -1.0});
  refuses({.edge_nm = nan});
  refuses({.edge_nm = 8.0, .shell_nm = 4.0});
  refuses({.shell_nm = -1.0});
  refuses({.shell_nm = nan});
  refuses({.tilt_x_deg = std::numeric_limits<double>::infinity()});
  refuses({.rotation_deg = nan});
  refuses({.spike_rate = -1.0});
  refuses({.threads = -2});
}

}  // namespace
}  // namespace whiteline
