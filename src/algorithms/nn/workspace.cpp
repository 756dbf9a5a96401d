#include "algorithms/nn/workspace.hpp"

#include <fmt/format.h>

#include "core/memory_plan.hpp"

namespace whiteline::nn {

namespace {

template <class Size>
std::int64_t largest(std::initializer_list<const Layout*> layouts, Size size) {
  std::int64_t most = 0;
  for (const Layout* layout : layouts) most = std::max(most, layout->*size);
  return most;
}

}  // namespace

Workspace::Workspace(const Context& ctx, std::initializer_list<const Layout*> layouts) {
  const std::int64_t floats = largest(layouts, &Layout::floats),
                     doubles = largest(layouts, &Layout::doubles);
  core::check_memory(ctx, 4.0 * double(floats) + 8.0 * double(doubles), "run the network",
                     "take smaller batches or a smaller network");
  arena_ = core::Buffer<float>(ctx, floats);
  saved_ = core::Buffer<double>(ctx, doubles);
  arena_.fill(0);
}

Surroundings Workspace::surroundings(const core::Buffer<core::TrainingState>& state,
                                     const core::Descent& descent, std::uint64_t seed,
                                     std::uint32_t model) {
  return {arena_.span(), saved_.span(), state.span(), descent, seed, model};
}

core::Buffer<core::TrainingState> new_state(const Context& ctx) {
  core::Buffer<core::TrainingState> state(ctx, 1);
  state.fill(0);
  return state;
}

core::NetworkOps& network_ops(const Context& ctx) {
  return core::need(ctx.queue().ops().network, "networks");
}

core::Loss loss_of(Output output) {
  return output == Output::softmax ? core::Loss::softmax_cross_entropy
                                   : core::Loss::sigmoid_cross_entropy;
}

void check_channels(const Network& network, std::int64_t channels) {
  if (channels == network.channels()) return;
  throw InvalidArgument(
      fmt::format("cannot use spectra of {} channels (the network takes {}) prepare them as the "
                  "training spectra were",
                  channels, network.channels()));
}

}  // namespace whiteline::nn
