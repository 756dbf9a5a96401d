// Trainings beside the same in double.
#include <gtest/gtest.h>

#include "gan_cases.hpp"
#include "gan_reference.hpp"
#include "support/tolerance.hpp"

namespace whiteline::test {
namespace {

class GanSteps : public GanTraining {
 protected:
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
INSTANTIATE_TEST_SUITE_P(Backends, GanSteps, all_backends(), backend_name);

TEST_P(GanSteps, SingleMonoTransStepsAreThoseInDouble) {
  if (emulated()) GTEST_SKIP() << "its passes are among those of the other designs";
  expect_the_steps(small_params(GanArchitecture::simple_dense, GanDesign::single_mono_trans));
}
TEST_P(GanSteps, MultiMonoTransStepsAreThoseInDouble) {
  if (emulated()) GTEST_SKIP() << "its passes are among those of the other designs";
  expect_the_steps(small_params(GanArchitecture::large_dense, GanDesign::multi_mono_trans));
}
TEST_P(GanSteps, SingleBiTransStepsAreThoseInDouble) {
  expect_the_steps(small_params(GanArchitecture::simple_convolutional, GanDesign::single_bi_trans));
}
TEST_P(GanSteps, MultiBiTransStepsAreThoseInDouble) {
  expect_the_steps(small_params(GanArchitecture::simple_dense, GanDesign::multi_bi_trans));
}

}  // namespace
}  // namespace whiteline::test
