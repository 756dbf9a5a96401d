#include "algorithms/gan/player.hpp"

#include <utility>

namespace whiteline::gan {

Player::Player(const Context& ctx, nn::Network network, double learning_rate,
               std::uint32_t first_layer)
    : network(std::move(network)),
      first_layer(first_layer),
      parameters(ctx, this->network, formulas::DescentRule::adam),
      state(nn::new_state(ctx)),
      learning_rate_(float(learning_rate)) {}

nn::Surroundings Player::surroundings(nn::Workspace& workspace,
                                      const core::Buffer<core::TrainingState>& clock,
                                      const GanParams& params) const {
  const core::Descent descent{formulas::DescentRule::adam, learning_rate_, state.span()};
  nn::Surroundings around = workspace.surroundings(clock, descent, params.seed, params.model);
  around.first_layer = first_layer;
  return around;
}

GanCheckpoint::Player Player::checkpoint() const {
  return {parameters.read(), parameters.read_mean(), parameters.read_square(),
          std::int64_t(state.to_host().front().step)};
}

void Player::resume(const GanCheckpoint::Player& from) {
  parameters.write(from.weights);
  parameters.write_moments(from.mean, from.square);
  core::TrainingState counts{};
  counts.step = std::uint32_t(from.steps);
  state.write(0, {&counts, 1});
}

core::TrainingState take_counts(core::Buffer<core::TrainingState>& state) {
  const core::TrainingState counts = state.to_host().front();
  core::TrainingState next{};
  next.step = counts.step;
  next.diverged = counts.diverged;
  state.write(0, {&next, 1});
  return counts;
}

}  // namespace whiteline::gan
