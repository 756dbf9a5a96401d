// What generated spectra are made of: edge shapes, templates, the renderer, the detector.
#include <gtest/gtest.h>
#include <whiteline/synth.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <vector>

#include "algorithms/synth/detector.hpp"
#include "algorithms/synth/renderer.hpp"
#include "algorithms/synth/spectrum_writer.hpp"

namespace whiteline::synth {
namespace {

double area(const EdgeShape& edge, double begin, double end) {
  double sum = 0.0;
  for (double energy = begin; energy < end; energy += 0.05) sum += 0.05 * intensity(edge, energy);
  return sum;
}

double place_of_maximum(const EdgeShape& edge, double begin, double end) {
  double best = begin;
  for (double energy = begin; energy < end; energy += 0.01)
    if (intensity(edge, energy) > intensity(edge, best)) best = energy;
  return best;
}

const EdgeShape& shape(Edge edge) { return edge_table()[std::size_t(edge)]; }

TEST(EdgeTable, HoldsOneNamedShapeAnEdge) {
  ASSERT_EQ(edge_table().size(), std::size_t(edge_count));
  std::set<std::string_view> names;
  for (const EdgeShape& edge : edge_table()) names.insert(edge.name);
  EXPECT_EQ(names.size(), std::size_t(edge_count));
  EXPECT_EQ(shape(Edge::mn2_set).name, "mn2_set");
  EXPECT_EQ(shape(Edge::mn4_ref3_mno2).name, "mn4_ref3_mno2");
  EXPECT_EQ(shape(Edge::fe3).name, "fe3");
  EXPECT_EQ(shape(Edge::fe2).name, "fe2");
  EXPECT_EQ(shape(Edge::o_fe3o4).name, "o_fe3o4");
}

TEST(EdgeTable, LinesHaveUnitAreaAndNothingIsNegative) {
  for (const EdgeShape& edge : edge_table()) {
    EXPECT_NEAR(area(edge, edge.line_begin, edge.line_end), 1.0, 0.005) << edge.name;
    for (double energy = 450.0; energy < 850.0; energy += 0.5)
      ASSERT_GE(intensity(edge, energy), 0.0) << edge.name << " at " << energy;
  }
}

TEST(EdgeTable, FitsReachTheReferencesToOnePercent) {
  for (const EdgeShape& edge : edge_table()) EXPECT_LT(edge.residual_rms, 0.01) << edge.name;
}

TEST(EdgeTable, L3MovesToHigherEnergyWithTheValence) {
  const auto l3 = [](Edge edge) { return place_of_maximum(shape(edge), 630.0, 720.0); };
  EXPECT_NEAR(l3(Edge::mn2_set), 640.5, 0.1);
  EXPECT_NEAR(l3(Edge::mn2_ref2_mno), 640.5, 0.15);
  EXPECT_NEAR(l3(Edge::mn2_ref3_mno), 640.5, 0.15);
  EXPECT_NEAR(l3(Edge::mn3_ref2_lamno3), 642.3, 0.2);
  EXPECT_NEAR(l3(Edge::mn4_ref2_srmno3), 643.3, 0.2);
  EXPECT_NEAR(l3(Edge::fe2), 707.8, 0.1);
  EXPECT_NEAR(l3(Edge::fe3), 709.5, 0.1);
}

double sum_of(const std::vector<float>& row) {
  return TemplateBank::grid_step * std::accumulate(row.begin(), row.end(), 0.0);
}

TEST(TemplateBank, BroadeningKeepsTheAreaAndLowersTheMaximum) {
  const Edge edges[] = {Edge::mn2_ref2_mno};
  const TemplateBank bank(edges, 600.0, 700.0);
  EdgeWeights weights{};
  weights[std::size_t(Edge::mn2_ref2_mno)] = 2.0;
  std::vector<float> sharp(std::size_t(bank.grid_size())), wide = sharp;
  bank.mix(weights, 0.3, 0.0, sharp);
  bank.mix(weights, 1.4, 0.0, wide);
  const EdgeShape& edge = shape(Edge::mn2_ref2_mno);
  EXPECT_NEAR(sum_of(sharp), 2.0 * area(edge, 600.0, 700.0), 0.02);
  EXPECT_NEAR(sum_of(wide), sum_of(sharp), 0.01);
  EXPECT_LT(*std::ranges::max_element(wide), 0.8f * *std::ranges::max_element(sharp));
}

TEST(TemplateBank, BroadensByItsFullWidthAtHalfMaximum) {
  const Edge edges[] = {Edge::mn2_set};
  const TemplateBank bank(edges, 600.0, 680.0);
  EdgeWeights weights{};
  weights[std::size_t(Edge::mn2_set)] = 1.0;
  std::vector<float> row(std::size_t(bank.grid_size()));
  bank.mix(weights, 0.9, 0.0, row);  // a width of the bank, so nothing is interpolated
  const double sigma = 0.9 / 2.354820045;
  for (const double energy : {638.0, 640.5, 645.0, 653.0, 670.0}) {
    double expected = 0.0, weight = 0.0;
    for (double d = -5.0; d <= 5.0; d += 0.01) {
      const double w = std::exp(-0.5 * d * d / (sigma * sigma));
      expected += w * intensity(shape(Edge::mn2_set), energy + d);
      weight += w;
    }
    const auto i = std::size_t(std::llround((energy - 600.0) / TemplateBank::grid_step));
    EXPECT_NEAR(row[i], expected / weight, 2e-4) << energy;
  }
}

TEST(TemplateBank, PluralScatteringMovesIntensityBehindTheEdgeAndKeepsItsSum) {
  const Edge edges[] = {Edge::fe3};
  const TemplateBank bank(edges, 600.0, 1200.0);
  EdgeWeights weights{};
  weights[std::size_t(Edge::fe3)] = 1.0;
  std::vector<float> thin(std::size_t(bank.grid_size())), thick = thin;
  bank.mix(weights, 0.7, 0.0, thin);
  bank.mix(weights, 0.7, 0.5, thick);
  // Three orders hold all but t^3 / 6 of the intensity, and 1 % of it leaves the grid.
  EXPECT_NEAR(sum_of(thick) / sum_of(thin), std::exp(-0.5) * (1.0 + 0.5 + 0.125), 0.03);
  const auto at = [&](const std::vector<float>& row, double energy) {
    return row[std::size_t((energy - 600.0) / TemplateBank::grid_step)];
  };
  EXPECT_NEAR(at(thick, 709.5) / at(thin, 709.5), std::exp(-0.5), 0.01);
  EXPECT_GT(at(thick, 735.0) / at(thin, 735.0), 1.3 * std::exp(-0.5));
}

SpectrumRecipe iron_recipe() {
  SpectrumRecipe recipe;
  recipe.weight[std::size_t(Edge::fe3)] = 1.0;
  recipe.intensity = 1e5;
  recipe.background = 0.1;
  return recipe;
}

constexpr EnergyAxis iron_axis{650.0, 0.1, 1000};

std::vector<double> rendered(const SpectrumRecipe& recipe, double* dose = nullptr) {
  const Edge edges[] = {Edge::fe3};
  const Renderer renderer(edges, iron_axis, {0, iron_axis.size}, 690.0);
  Renderer::Scratch scratch;
  std::vector<double> counts(std::size_t(iron_axis.size));
  const double found = renderer.render(recipe, scratch, counts);
  if (dose) *dose = found;
  return counts;
}

// Of the parabola through the largest value and its neighbours.
double peak_place(const std::vector<double>& counts) {
  const auto i = std::max_element(counts.begin(), counts.end()) - counts.begin();
  const double a = counts[std::size_t(i - 1)], b = counts[std::size_t(i)],
               c = counts[std::size_t(i + 1)];
  return iron_axis.energy(i) + iron_axis.dispersion * 0.5 * (a - c) / (a - 2.0 * b + c);
}

TEST(Renderer, PeaksMoveByTheShift) {
  SpectrumRecipe recipe = iron_recipe();
  recipe.background = 0.0;
  const double still = peak_place(rendered(recipe));
  for (const double shift : {-2.0, -0.37, 0.05, 1.21}) {
    recipe.shift = shift;
    EXPECT_NEAR(peak_place(rendered(recipe)) - still, shift, 0.01);
  }
}

TEST(Renderer, BackgroundIsThePowerLaw) {
  SpectrumRecipe recipe = iron_recipe();
  recipe.weight = {};
  recipe.exponent = 2.7;
  recipe.dark_counts = 3.0;
  const std::vector<double> counts = rendered(recipe);
  const double t = recipe.thickness;
  const double level = 1e5 * t * 0.1 * std::exp(-t) * (1.0 + t + 0.5 * t * t);
  for (const std::int64_t i : {0, 400, 999})
    EXPECT_NEAR(counts[std::size_t(i)], 3.0 + level * std::pow(iron_axis.energy(i) / 690.0, -2.7),
                1e-6 * level);
}

TEST(Renderer, TheDoseIsTheEdgesMaximumWithoutBackground) {
  SpectrumRecipe recipe = iron_recipe();
  double dose = 0.0, other = 0.0;
  rendered(recipe, &dose);
  recipe.background = 0.0;
  const std::vector<double> counts = rendered(recipe, &other);
  EXPECT_EQ(dose, other);
  EXPECT_NEAR(dose, *std::ranges::max_element(counts), 1e-3 * dose);
}

constexpr StreamKey key{5, 9, 1, 7};

TEST(Detector, VarianceOverMeanIsTheGain) {
  for (const double level : {4.0, 50.0, 3000.0}) {
    std::vector<double> counts(200000, level);
    add_gain_noise(key, 0, counts);
    const double n = double(counts.size());
    const double mean = std::accumulate(counts.begin(), counts.end(), 0.0) / n;
    double variance = 0.0;
    for (const double value : counts) variance += (value - mean) * (value - mean) / n;
    EXPECT_NEAR(mean / level, 1.0, 4.0 * std::sqrt(detector_gain / level / n));
    EXPECT_NEAR(variance / mean, 1.6, 1.6 * 4.0 * std::sqrt((2.0 + 1.6 / level) / n));
  }
}

TEST(Detector, NoiseHasTheMeasuredAutocorrelation) {
  constexpr double level = 500.0;
  std::vector<double> counts(400000 + 2 * spread_radius, level);
  add_gain_noise(key, 0, counts);
  std::vector<float> spread(400000);
  spread_points(counts, spread);
  const auto correlation = [&](std::size_t lag) {
    double sum = 0.0;
    for (std::size_t i = lag; i < spread.size(); ++i)
      sum += (double(spread[i]) - level) * (double(spread[i - lag]) - level);
    return sum;
  };
  const double measured[] = {0.63, 0.34, 0.18, 0.09};
  for (std::size_t lag = 1; lag <= 4; ++lag)
    EXPECT_NEAR(correlation(lag) / correlation(0), measured[lag - 1], 0.015) << "lag " << lag;
}

TEST(Detector, PointSpreadKeepsTheCountsOfASingleChannel) {
  for (const std::size_t size : {1u, 31u, 32u, 33u, 257u}) {
    std::vector<double> counts(size + 2 * spread_radius, 0.0);
    counts[spread_radius + size / 2] = 1000.0;
    std::vector<float> spread(size + 2, -1.0f);  // sentinels on both sides
    spread_points(counts, std::span(spread).subspan(1, size));
    EXPECT_EQ(spread.front(), -1.0f);
    EXPECT_EQ(spread.back(), -1.0f);
    EXPECT_GT(spread[1 + size / 2], 400.0f);
    const double kept = std::accumulate(spread.begin() + 1, spread.end() - 1, 0.0);
    EXPECT_NEAR(kept, 1000.0, size > 2 * spread_radius ? 0.01 : 540.0);
  }
}

TEST(Detector, NoiseOfAChannelDoesNotDependOnTheWindow) {
  std::vector<double> whole(100, 25.0), part(30, 25.0);
  add_gain_noise(key, 0, whole);
  add_gain_noise(key, 40, part);
  for (std::size_t i = 0; i < part.size(); ++i) EXPECT_EQ(part[i], whole[40 + i]);
}

TEST(Detector, SpikesComeAtTheRate) {
  double hits = 0.0;
  constexpr int spectra = 20000;
  for (std::uint32_t number = 0; number < spectra; ++number) {
    for (const Spike& spike : draw_spikes({1, 2, 3, number}, 100, 0.7)) {
      ASSERT_GE(spike.channel, 0);
      ASSERT_LT(spike.channel, 100);
      ASSERT_GT(spike.counts, 0.0);
      hits += 1.0;
    }
  }
  EXPECT_NEAR(hits / spectra, 0.7, 4.0 * std::sqrt(0.7 / spectra));
  EXPECT_TRUE(draw_spikes(key, 100, 0.0).empty());
}

}  // namespace
}  // namespace whiteline::synth
