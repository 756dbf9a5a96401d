#include <gtest/gtest.h>
#include <whiteline/gan.hpp>
#include <whiteline/spectra_metrics.hpp>

#include <cmath>
#include <cstring>

#include "algorithms/gan/evaluation.hpp"
#include "algorithms/gan_reference.hpp"
#include "support/ops_backends.hpp"
#include "support/tolerance.hpp"

namespace whiteline::test {
namespace {

// Two white lines on a background, their heights and place varying a little, with noise.
std::vector<float> white_lines(std::int64_t rows, std::int64_t channels, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  std::vector<float> x;
  for (std::int64_t row = 0; row < rows; ++row) {
    const double shift = 0.01 * normal(random), ratio = 0.6 + 0.05 * normal(random);
    for (std::int64_t c = 0; c < channels; ++c) {
      const double e = double(c) / double(channels) - shift;
      const auto line = [&](double centre) {
        const double d = (e - centre) / 0.05;
        return std::exp(-0.5 * d * d);
      };
      x.push_back(float(0.1 + line(0.35) + ratio * line(0.7) + 0.01 * normal(random)));
    }
  }
  return x;
}

GanParams small_params(GanArchitecture architecture, GanDesign design) {
  GanParams params;
  params.structure.architecture = architecture;
  params.structure.latent = 4;
  params.design = design;
  params.noise = GanNoise::additive;
  params.epochs = 2;
  params.batch = 4;
  params.tolerances = GanMetrics{0.0, 1.0, 0.0};  // never met
  return params;
}

bool same_bits(const nn::Weights& a, const nn::Weights& b) {
  if (a.values.size() != b.values.size()) return false;
  for (std::size_t p = 0; p < a.values.size(); ++p)
    if (a.values[p].size() != b.values[p].size() ||
        std::memcmp(a.values[p].data(), b.values[p].data(), a.values[p].size() * sizeof(float)))
      return false;
  return true;
}

bool same_numbers(const std::vector<GanEpoch>& a, const std::vector<GanEpoch>& b) {
  return history_csv(a) == history_csv(b);
}

// Rows divided by their maxima.
std::vector<float> normalised(const std::vector<float>& x, std::int64_t rows) {
  return gan::training_spectra({x.data(), rows, std::int64_t(x.size()) / rows}).values;
}

class GanTraining : public OpsTest<&core::Ops::network> {
 protected:
  GanRun train(const GanParams& params, const std::vector<float>& x, std::int64_t rows) {
    return gan_train(ctx(), params, {x.data(), rows, std::int64_t(x.size()) / rows});
  }

  void expect_the_moments(const GanCheckpoint::Player& player, const ReferencePlayer& expected,
                          const ReferencePlayer& beside) {
    double overall = 0.0;
    for (const auto& table : expected.mean)
      for (const double value : table) overall = std::max(overall, std::abs(value));
    for (std::size_t p = 0; p < expected.mean.size(); ++p) {
      const double allowed =
          tolerance(256 * 16, overall) + 4.0 * largest_difference(expected.mean[p], beside.mean[p]);
      for (std::size_t i = 0; i < expected.mean[p].size(); ++i)
        ASSERT_NEAR(player.mean.values[p][i], expected.mean[p][i], allowed)
            << "node " << expected.network.parameters()[p].node << " of layer "
            << expected.first_layer << ", " << i;
    }
  }

  // Two epochs beside the same in double: losses, and the moments of all gradients.
  void expect_the_steps(const GanParams& given) {
    SCOPED_TRACE(std::string(name(given.design)));
    constexpr std::int64_t rows = 6, channels = 44;
    const std::vector<float> x = white_lines(rows, channels, 3);
    GanParams params = given;
    GanCheckpoint last;
    params.on_epoch = [&](const GanEpoch&, const auto& checkpoint) { last = checkpoint(); };
    const GanRun run = train(params, x, rows);
    ASSERT_EQ(run.status, GanStatus::epoch_limit);
    ASSERT_EQ(run.epochs.size(), 2u);
    std::int64_t translation = 0;
    for (const nn::Node& node : run.generator.nodes())
      if (const auto* moved = std::get_if<nn::Translation>(&node.layer)) translation = moved->count;
    ReferenceGan expected(params, translation, normalised(x, rows), rows),
        beside(params, translation, normalised(x, rows), rows);
    beside.nudge();
    for (const GanEpoch& epoch : run.epochs) {
      const std::vector<double> losses = expected.epoch(), other = beside.epoch();
      ASSERT_EQ(epoch.discriminator_losses.size() + 1, losses.size());
      for (std::size_t p = 0; p < losses.size(); ++p)
        EXPECT_NEAR(p == 0 ? epoch.generator_loss : epoch.discriminator_losses[p - 1], losses[p],
                    2e-6 + 4.0 * std::abs(losses[p] - other[p]))
            << "player " << p;
    }
    expect_the_moments(last.generator, expected.players[0], beside.players[0]);
    for (std::size_t d = 0; d < last.discriminators.size(); ++d)
      expect_the_moments(last.discriminators[d], expected.players[d + 1], beside.players[d + 1]);
  }
};
INSTANTIATE_TEST_SUITE_P(Backends, GanTraining, all_backends(), backend_name);

TEST_P(GanTraining, SingleMonoTransStepsAreThoseInDouble) {
  if (emulated()) GTEST_SKIP() << "its passes are among those of the other designs";
  expect_the_steps(small_params(GanArchitecture::simple_dense, GanDesign::single_mono_trans));
}
TEST_P(GanTraining, MultiMonoTransStepsAreThoseInDouble) {
  if (emulated()) GTEST_SKIP() << "its passes are among those of the other designs";
  expect_the_steps(small_params(GanArchitecture::large_dense, GanDesign::multi_mono_trans));
}
TEST_P(GanTraining, SingleBiTransStepsAreThoseInDouble) {
  expect_the_steps(small_params(GanArchitecture::simple_convolutional, GanDesign::single_bi_trans));
}
TEST_P(GanTraining, MultiBiTransStepsAreThoseInDouble) {
  expect_the_steps(small_params(GanArchitecture::simple_dense, GanDesign::multi_bi_trans));
}

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
    EXPECT_GE(epoch.metrics->frechet, run.epochs[at(run.best_epoch)].metrics->frechet);
  EXPECT_TRUE(same_bits(run.best, after[at(run.best_epoch)]));
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

Generator small_generator(GanArchitecture architecture = GanArchitecture::simple_dense) {
  Generator generator;
  generator.network = gan_generator({.architecture = architecture, .latent = 5}, 50, 3);
  generator.weights = nn::initial_weights(generator.network, 4);
  return generator;
}

TEST_P(GanTraining, GeneratedSpectraAreThoseInDouble) {
  for (const GanArchitecture architecture :
       {GanArchitecture::simple_dense, GanArchitecture::large_dense,
        GanArchitecture::simple_convolutional})
    for (const bool noise : {true, false}) {
      Generator generator = small_generator(architecture);
      generator.scale = 3.0;
      const std::int64_t batch = 4;
      const std::vector<float> made =
          generate(ctx(), generator, 7, {.noise = noise, .batch = batch, .seed = 8, .model = 2});
      ASSERT_EQ(made.size(), 350u);
      for (std::uint32_t chunk = 0; chunk < 2; ++chunk) {
        std::vector<double> z;
        for (std::int64_t e = 0; e < batch * 5; ++e)
          z.push_back(normal_of(formulas::philox_block(8, std::uint32_t(e / 4), chunk, 0xffff,
                                                       formulas::Purpose::generation, 2),
                                e));
        reference::NetworkGraph<double> graph(generator.network, as_doubles(generator.weights));
        const std::vector<double> expected = graph.forward(
            z, batch, noise,
            layer_draws(
                generator.network,
                {.seed = 8, .step = chunk, .model = 2, .purpose = formulas::Purpose::generation}));
        for (std::size_t i = 0; i < expected.size() && chunk * 200 + i < made.size(); ++i)
          ASSERT_NEAR(made[chunk * 200 + i], 3.0 * expected[i], tolerance(2048, 3.0))
              << name(architecture) << chunk << " " << i;
      }
    }
}

TEST_P(GanTraining, TheFirstSpectraDoNotDependOnTheirNumber) {
  const Generator generator = small_generator();
  const std::vector<float> few = generate(ctx(), generator, 5),
                           many = generate(ctx(), generator, 70);
  EXPECT_EQ(std::memcmp(few.data(), many.data(), few.size() * sizeof(float)), 0);
  EXPECT_TRUE(generate(ctx(), generator, 0).empty());
  EXPECT_NE(generate(ctx(), generator, 5, {.seed = 2}), few);
  EXPECT_NE(generate(ctx(), generator, 5, {.model = 1}), few);
  EXPECT_THROW(generate(ctx(), generator, -1), InvalidArgument);
  EXPECT_THROW(generate(ctx(), generator, 1, {.batch = 0}), InvalidArgument);
}

TEST_P(GanTraining, ADamagedGeneratorIsRefused) {
  const auto refused = [&](auto&& damage) {
    Generator generator = small_generator();
    damage(generator);
    EXPECT_THROW(generate(ctx(), generator, 1), InvalidArgument);
  };
  refused([](Generator& g) { g.weights.values.pop_back(); });
  refused([](Generator& g) { g.weights.values[0][3] = std::nanf(""); });
  refused([](Generator& g) { g.scale = 0.0; });
  refused([](Generator& g) { g.energy = EnergyAxis{600.0, 0.1, 49}; });
  refused([](Generator& g) {
    g.network = gan_discriminator({}, 50);
    g.weights = nn::initial_weights(g.network, 1);
  });
}

}  // namespace
}  // namespace whiteline::test
