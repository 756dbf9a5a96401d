// The parameters of one model on a device, with what its optimiser keeps of them.
#pragma once

#include <whiteline/nn/network.hpp>
#include <whiteline/nn/optimizer.hpp>

#include <vector>

#include "core/ops/network.hpp"

namespace whiteline::nn {

// Throws InvalidArgument unless there is a table of the right size for each of the network's.
void check_weights(const Network& network, const Weights& weights);

// Numbers of one table of each parameter on a device.
std::int64_t padded_size(const Network& network);

class WHITELINE_EXPORT DeviceParameters {
 public:
  // Zeros. `rule` says which tables beside the values there are. `network` must outlive this.
  DeviceParameters(const Context& ctx, const Network& network, formulas::DescentRule rule);

  // Throws InvalidArgument where sizes are not the network's.
  void write(const Weights& weights);
  Weights read() const { return read(values_); }

  // What the optimiser keeps: empty where it keeps none.
  void write_moments(const Weights& mean, const Weights& square);
  Weights read_mean() const { return read(mean_); }
  Weights read_square() const { return read(square_); }
  Weights read_gradients() const { return read(gradient_); }

  // Views without data where the node has no such parameter.
  core::Parameter table(std::int32_t node, ParameterRole role);
  MatrixView moving(std::int32_t node);  // 2 x features: mean, variance

 private:
  Weights read(const core::Buffer<float>& from) const;
  void write(core::Buffer<float>& to, const Weights& weights);
  // Number in network.parameters(), or -1.
  std::int64_t find(std::int32_t node, ParameterRole role) const;
  MatrixView view(core::Buffer<float>& buffer, std::int64_t parameter) const;

  const Network& network_;
  std::vector<std::int64_t> offsets_;  // floats, of each parameter
  std::int64_t floats_ = 0;
  core::Buffer<float> values_, gradient_, mean_, square_;
};

}  // namespace whiteline::nn
