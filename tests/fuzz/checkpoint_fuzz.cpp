// Checkpoints of a small training as they come; and checkpoints whose JSON is the input, around
// fixed tensors.
#include "fuzz/sealed.hpp"
#include "io/network_checkpoint.hpp"

namespace {

using namespace whiteline;

fuzz::SealedKind checkpoint(std::string_view) {
  const auto f32 = io::Element::f32;
  return {"whiteline-checkpoint",
          "checkpoint",
          "1",
          {{"history", io::Element::f64, {2, 4}},
           {"1.weights", f32, {2, 3}},
           {"1.bias", f32, {1, 3}},
           {"1.weights.square", f32, {2, 3}},
           {"1.bias.square", f32, {1, 3}},
           {"best.1.weights", f32, {2, 3}},
           {"best.1.bias", f32, {1, 3}}}};
}

nn::Checkpoint parse(io::Cursor file) {
  nn::Network network(2);
  network.add(nn::Dense{3});
  return io::parse_network_checkpoint(file, network, nn::OptimizerRule::rmsprop, "k");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::parse_sealed(parse, checkpoint, data, size);
}
