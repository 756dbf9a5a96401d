// The memory that programs of one network share, and the programs in it.
#pragma once

#include <whiteline/nn/network.hpp>

#include <algorithm>
#include <initializer_list>

#include "algorithms/nn/program.hpp"

namespace whiteline::nn {

class WHITELINE_EXPORT Workspace {
 public:
  // Large enough for any of the layouts, one at a time. Throws OutOfMemory.
  Workspace(const Context& ctx, std::initializer_list<const Layout*> layouts);

  Surroundings surroundings(const core::Buffer<core::TrainingState>& state,
                            const core::Descent& descent, std::uint64_t seed, std::uint32_t model);

 private:
  core::Buffer<float> arena_;
  core::Buffer<double> saved_;
};

// All zero.
WHITELINE_EXPORT core::Buffer<core::TrainingState> new_state(const Context& ctx);

WHITELINE_EXPORT core::NetworkOps& network_ops(const Context& ctx);

WHITELINE_EXPORT core::Loss loss_of(Output output);

// Throws InvalidArgument unless spectra of so many channels suit the network.
void check_channels(const Network& network, std::int64_t channels);

}  // namespace whiteline::nn
