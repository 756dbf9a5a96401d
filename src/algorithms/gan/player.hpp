// A network that plays: its parameters, and how they follow.
#pragma once

#include <whiteline/gan.hpp>

#include "algorithms/nn/workspace.hpp"

namespace whiteline::gan {

class Player {
 public:
  // Its nodes draw as layers first_layer, first_layer + 1, ... `ctx` must outlive this.
  Player(const Context& ctx, nn::Network network, double learning_rate, std::uint32_t first_layer);

  const nn::Network network;
  const std::uint32_t first_layer;
  nn::DeviceParameters parameters;
  core::Buffer<core::TrainingState> state;

  std::uint32_t end_layer() const { return first_layer + std::uint32_t(network.nodes().size()); }
  // For programs whose draws are those of `clock`.
  nn::Surroundings surroundings(nn::Workspace& workspace,
                                const core::Buffer<core::TrainingState>& clock,
                                const GanParams& params) const;

  GanCheckpoint::Player checkpoint() const;
  void resume(const GanCheckpoint::Player& from);

 private:
  float learning_rate_;
};

// What was counted since the call before; the steps go on.
core::TrainingState take_counts(core::Buffer<core::TrainingState>& state);

}  // namespace whiteline::gan
