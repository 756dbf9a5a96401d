// Whether generated spectra teach what they should: how hard the sets are, and that models of
// generated spectra name measured ones.
#include <gtest/gtest.h>
#include <whiteline/io.hpp>
#include <whiteline/metrics.hpp>
#include <whiteline/svm.hpp>
#include <whiteline/synth.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

#include "algorithms/synth/edge_table.hpp"
#include "support/data.hpp"

namespace whiteline {
namespace {

class SynthLearning : public ::testing::Test {
 protected:
  // Trains on 15 % of the set; accuracy on the other 85 %. The pipeline goes into the model.
  SvmFit train(const Dataset& set, const SvmParams& params, std::vector<PreparationStep> steps,
               double* test_accuracy) const {
    const Split split = stratified_split(set.labels, 0.15, 1);
    const Dataset first = set.subset(split.first), second = set.subset(split.second);
    const Pipeline pipeline(std::move(steps), set.energy, set.channels);
    SvmFit fit = svm_train(ctx, params, pipeline.apply(ctx, first.spectra(), set.energy).spectra,
                           first.labels);
    fit.model.pipeline = pipeline;
    const auto labels = svm_classify(ctx, fit.model, second.spectra(), set.energy).labels;
    *test_accuracy = accuracy(second.labels, labels);
    return fit;
  }

  double white_lines_accuracy(const Dataset& set, const SvmParams& params) const {
    std::vector<PreparationStep> steps;
    if (params.kernel.type != KernelType::cosine)
      steps.push_back(Normalise{.kind = Normalise::Kind::max});
    double found = 0.0;
    train(set, params, steps, &found);
    return found;
  }

  Context ctx{"cpu", {.threads = 2}};
};

const PreparationStep before_oxygen = Background{.low = 485.0, .high = 515.0};

// The demonstration: a cosine SVM of raw counts, trained on set W, maps the cube.
TEST_F(SynthLearning, AModelOfSetWMapsTheCube) {
  for (const Difficulty difficulty : {Difficulty::clean, Difficulty::hard}) {
    const Dataset set = synth_dataset(SynthSet::w, {.difficulty = difficulty, .seed = 1});
    double on_set = 0.0;
    const SvmFit fit = train(set, {.kernel = cosine(), .C = 10.0}, {before_oxygen}, &on_set);
    EXPECT_GE(on_set, difficulty == Difficulty::clean ? 0.99 : 0.97);
    EXPECT_LE(on_set, difficulty == Difficulty::clean ? 1.0 : 0.998);
    const SpectrumImage cube = synth_cube({.difficulty = difficulty, .seed = 2});
    const auto map = svm_classify(ctx, fit.model, cube.spectra(), cube.energy).labels;
    double right = 0.0, all = 0.0;
    for (std::size_t p = 0; p < map.size(); ++p) {
      if (cube.labels[p] == no_label) continue;
      right += map[p] == cube.labels[p];
      all += 1.0;
    }
    EXPECT_GE(right / all, 0.95) << right << " of " << all;
  }
}

// scikit-learn on the fixed set of measured references: .962, .970, .962, .966.
TEST_F(SynthLearning, SetWlIsAsHardAsTheFixedSet) {
  const Dataset hard =
      synth_dataset(SynthSet::wl, {.difficulty = Difficulty::hard, .seed = 1, .threads = 2});
  EXPECT_NEAR(white_lines_accuracy(hard, {.kernel = linear(), .C = 1.0}), 0.962, 0.015);
  EXPECT_NEAR(white_lines_accuracy(hard, {.kernel = rbf(0.01), .C = 10.0}), 0.970, 0.015);
  EXPECT_NEAR(white_lines_accuracy(hard, {.kernel = sigmoid(0.001, 0.1), .C = 1000.0}), 0.962,
              0.015);
  EXPECT_NEAR(white_lines_accuracy(hard, {.kernel = cosine(), .C = 10.0}), 0.966, 0.015);
  const Dataset clean = synth_dataset(SynthSet::wl, {.seed = 1, .threads = 2});
  EXPECT_GT(white_lines_accuracy(clean, {.kernel = linear(), .C = 1.0}), 0.99);
}

TEST_F(SynthLearning, WhiteLinesTellMoreThanTheOxygenEdge) {
  const SynthParams params{.difficulty = Difficulty::hard, .seed = 3, .threads = 2};
  double on_l = 0.0, on_k = 0.0;
  const SvmParams how{.kernel = cosine(), .C = 10.0};
  train(synth_dataset(SynthSet::l, params), how, {Background{.low = 665.0, .high = 695.0}}, &on_l);
  train(synth_dataset(SynthSet::k, params), how, {before_oxygen}, &on_k);
  EXPECT_GT(on_l, on_k);
  EXPECT_GT(on_k, 0.9);
}

// The MnO set has its L3 maximum at 644.2 eV; calibrated to 640.5 eV it begins at 611.3 eV.
TEST_F(SynthLearning, AModelOfGeneratedManganeseNamesTheMeasuredMnO) {
  WHITELINE_NEEDS_DATA(folder);
  const SpectrumImage measured = read_spectrum_image(folder / "mno-l23/mno_659x700_f32.npy");
  ASSERT_EQ(measured.pixels(), 659);
  const EnergyAxis calibrated{615.0 + 640.5 - 644.2, 0.1, 700};
  const Normalise to_maximum{.kind = Normalise::Kind::max};
  const Crop common{632.0, 665.0};
  for (const Difficulty difficulty : {Difficulty::clean, Difficulty::hard}) {
    const Dataset set =
        synth_dataset(SynthSet::mn, {.difficulty = difficulty, .seed = 1, .threads = 2});
    double on_set = 0.0;
    const SvmFit fit =
        train(set, {.kernel = linear(), .C = 1.0},
              {Background{.low = 610.0, .high = 634.0}, common, to_maximum}, &on_set);
    EXPECT_GT(on_set, 0.97);
    const Pipeline pipeline({common, to_maximum}, calibrated, calibrated.size);
    const auto prepared = pipeline.apply(ctx, measured.spectra(), calibrated);
    const auto labels = svm_predict(ctx, fit.model, prepared.spectra).labels;
    EXPECT_GE(std::ranges::count(labels, 0), std::int64_t(std::ceil(0.95 * 659.0)));
  }
}

TEST_F(SynthLearning, TheFe3ShapeIsTheMeasuredOne) {
  WHITELINE_NEEDS_DATA(folder);
  const SpectrumImage measured = read_spectrum_image(folder / "eelsdb/fe2o3_l23_DspecTi3wqG.msa");
  const Pipeline pipeline({Background{.low = 695.0, .high = 706.0}}, measured.energy,
                          measured.energy.size);
  std::vector<float> counts(std::size_t(measured.energy.size));
  pipeline.apply(ctx, measured.spectra(), measured.energy).spectra.copy_to(counts);
  const auto largest = std::ranges::max_element(counts);
  const double shift = 709.5 - measured.energy.energy(largest - counts.begin());
  const synth::EdgeShape& shape = synth::edge_table()[std::size_t(synth::Edge::fe3)];
  // The shape's scale is free: that of least squares.
  double shape_square = 0.0, product = 0.0, square = 0.0, n = 0.0;
  for (std::int64_t i = 0; i < measured.energy.size; ++i) {
    const double energy = measured.energy.energy(i);
    const bool bad = std::abs(energy - 706.95) < 0.03 || std::abs(energy - 716.10) < 0.03;
    if (bad || energy + shift < 700.0) continue;
    const double a = synth::intensity(shape, energy + shift);
    const double b = double(counts[std::size_t(i)]) / double(*largest);
    shape_square += a * a;
    product += a * b;
    square += b * b;
    n += 1.0;
  }
  const double rms = std::sqrt((square - product * product / shape_square) / n);
  EXPECT_LT(rms, 1.5 * shape.residual_rms);
}

}  // namespace
}  // namespace whiteline
