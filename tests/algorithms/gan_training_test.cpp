#include <gtest/gtest.h>
#include <whiteline/gan.hpp>
#include <whiteline/spectra_metrics.hpp>

#include <cmath>

#include "gan_cases.hpp"
#include "nn_weights.hpp"

namespace whiteline::test {
namespace {

bool same_numbers(const std::vector<GanEpoch>& a, const std::vector<GanEpoch>& b) {
  return history_csv(a) == history_csv(b);
}

INSTANTIATE_TEST_SUITE_P(Backends, GanTraining, all_backends(), backend_name);

TEST_P(GanTraining, TheSameSeedGivesTheSameBitsForAnyNumberOfThreads) {
  const std::vector<float> x = white_lines(20, 60, 1);
  for (const GanArchitecture architecture :
       {GanArchitecture::simple_dense, GanArchitecture::simple_convolutional}) {
    if (emulated() && architecture != GanArchitecture::simple_dense) continue;  // takes long
    GanParams params = small_params(architecture, GanDesign::multi_bi_trans);
    params.noise = GanNoise::shot;
    params.batch = 8;
    if (emulated()) params.epochs = 1;
    std::optional<GanRun> first;
    for (const int threads : {1, 2, 4}) {
      if (emulated() && threads == 2) continue;  // takes long
      const Context own(device(), {.threads = threads});
      const GanRun run = gan_train(own, params, {x.data(), 20, 60});
      if (!first) first = run;
      EXPECT_TRUE(same_bits(run.weights, first->weights)) << threads;
      EXPECT_TRUE(same_numbers(run.epochs, first->epochs)) << threads;
    }
    params.seed = 2;
    EXPECT_FALSE(same_bits(train(params, x, 20).weights, first->weights));
  }
}

TEST_P(GanTraining, ACheckpointGoesOnToTheSameBits) {
  const std::vector<float> x = white_lines(9, 48, 2);
  GanParams params = small_params(GanArchitecture::simple_dense, GanDesign::multi_mono_trans);
  params.epochs = 4;
  std::vector<GanCheckpoint> checkpoints;
  params.on_epoch = [&](const GanEpoch&, const auto& checkpoint) {
    checkpoints.push_back(checkpoint());
  };
  const GanRun whole = train(params, x, 9);
  params.on_epoch = {};
  ASSERT_EQ(checkpoints.size(), 4u);
  for (const GanCheckpoint& from : checkpoints) {
    params.resume = from;
    const GanRun rest = train(params, x, 9);
    EXPECT_TRUE(same_bits(rest.weights, whole.weights)) << from.epochs.size();
    EXPECT_TRUE(same_bits(rest.best, whole.best)) << from.epochs.size();
    EXPECT_TRUE(same_numbers(rest.epochs, whole.epochs));
    EXPECT_EQ(rest.best_epoch, whole.best_epoch);
  }
}

TEST_P(GanTraining, EndsWithTheFirstEvaluationThatIsNowhereWorse) {
  if (emulated()) GTEST_SKIP() << "takes long on an emulated GPU";
  const std::vector<float> x = white_lines(12, 48, 2);
  GanParams params = small_params(GanArchitecture::simple_dense, GanDesign::single_mono_trans);
  params.epochs = 6;
  params.evaluate_every = 2;
  const GanRun all = train(params, x, 12);
  ASSERT_EQ(all.epochs.size(), 6u);
  for (std::size_t e = 0; e < 6; ++e) EXPECT_EQ(all.epochs[e].metrics.has_value(), e % 2 == 1) << e;
  params.tolerances = all.epochs[3].metrics;
  const GanRun run = train(params, x, 12);
  EXPECT_EQ(run.status, GanStatus::converged);
  const bool earlier = gan::meets(*all.epochs[1].metrics, *params.tolerances);
  EXPECT_EQ(run.epochs.size(), earlier ? 2u : 4u);
  EXPECT_EQ(run.tolerances.frechet, params.tolerances->frechet);
}

TEST_P(GanTraining, TheBestGeneratorHasTheLeastFrechetDistance) {
  if (emulated()) GTEST_SKIP() << "takes long on an emulated GPU";
  const std::vector<float> x = white_lines(12, 48, 2);
  GanParams params = small_params(GanArchitecture::simple_dense, GanDesign::single_mono_trans);
  params.epochs = 5;
  std::vector<nn::Weights> after;
  params.on_epoch = [&](const GanEpoch&, const auto& checkpoint) {
    after.push_back(checkpoint().generator.weights);
  };
  const GanRun run = train(params, x, 12);
  ASSERT_GE(run.best_epoch, 0);
  for (const GanEpoch& epoch : run.epochs)
    EXPECT_GE(epoch.metrics->frechet, run.epochs[std::size_t(run.best_epoch)].metrics->frechet);
  EXPECT_TRUE(same_bits(run.best, after[std::size_t(run.best_epoch)]));
  EXPECT_TRUE(same_bits(run.weights, after.back()));
}

TEST_P(GanTraining, TolerancesComeFromRealPairs) {
  const std::vector<float> x = white_lines(30, 48, 2);
  GanParams params = small_params(GanArchitecture::simple_dense, GanDesign::single_mono_trans);
  params.tolerances.reset();
  params.epochs = 1;
  const GanRun run = train(params, x, 30);
  EXPECT_EQ(run.sample, 15);
  const std::vector<float> unit = normalised(x, 30);
  const RealPairs real =
      real_pairs({unit.data(), 30, 48}, {.size = 15, .pairs = 200, .seed = params.seed});
  EXPECT_EQ(run.tolerances.frechet, 1.25 * quantile(real.frechet, 0.95));
  EXPECT_EQ(run.tolerances.correlation, quantile(real.correlation, 0.05));
  EXPECT_EQ(run.tolerances.cosine, quantile(real.cosine, 0.95));
  EXPECT_EQ(run.real_pairs.frechet, quantile(real.frechet, 0.5));
}

TEST_P(GanTraining, ALossThatIsNotFiniteEndsTheTraining) {
  const std::vector<float> x = white_lines(8, 48, 2);
  GanParams params = small_params(GanArchitecture::simple_dense, GanDesign::single_mono_trans);
  params.discriminator_rate = 1e20;
  params.generator_rate = 1e20;
  params.epochs = 20;
  const GanRun run = train(params, x, 8);
  EXPECT_EQ(run.status, GanStatus::diverged);
  EXPECT_LT(run.epochs.size(), 20u);
}

TEST_P(GanTraining, TheCallbackSeesStepsAndStopsTheTraining) {
  const std::vector<float> x = white_lines(6, 48, 2);
  GanParams params = small_params(GanArchitecture::simple_dense, GanDesign::single_bi_trans);
  std::vector<std::uint64_t> seen;
  params.progress = [&](const ProgressEvent& event) {
    EXPECT_EQ(event.stage, "train");
    EXPECT_EQ(event.total, 16u);  // 2 epochs of 4 passes of 2 steps
    seen.push_back(event.done);
    return seen.size() < 5;
  };
  EXPECT_THROW(train(params, x, 6), Cancelled);
  EXPECT_EQ(seen, (std::vector<std::uint64_t>{0, 1, 2, 3, 4}));
}

TEST_P(GanTraining, RefusesWhatCannotBeTrained) {
  const std::vector<float> x = white_lines(6, 48, 2);
  const GanParams good = small_params(GanArchitecture::simple_dense, GanDesign::single_mono_trans);
  const auto refused = [&](auto&& damage) {
    GanParams params = good;
    damage(params);
    EXPECT_THROW(train(params, x, 6), InvalidArgument);
  };
  refused([](GanParams& p) { p.generator_rate = 0.0; });
  refused([](GanParams& p) { p.discriminator_rate = -1.0; });
  refused([](GanParams& p) { p.real_target = 1.5; });
  refused([](GanParams& p) { p.epochs = 0; });
  refused([](GanParams& p) { p.batch = 0; });
  refused([](GanParams& p) { p.evaluate_every = 0; });
  refused([](GanParams& p) { p.structure.latent = 0; });
  refused([](GanParams& p) { p.resume = GanCheckpoint{}; });
  EXPECT_THROW(train(good, white_lines(3, 48, 2), 3), InvalidArgument);
  EXPECT_THROW(train(good, std::vector<float>(6 * 48, 0.0f), 6), InvalidArgument);
  std::vector<float> damaged = x;
  damaged[70] = std::nanf("");
  EXPECT_THROW(train(good, damaged, 6), InvalidArgument);
}

}  // namespace
}  // namespace whiteline::test
