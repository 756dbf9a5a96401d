// Networks that tell classes of spectra, or make spectra: graphs of layers, their weights, their
// description.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <whiteline/nn/layer.hpp>

namespace whiteline::nn {

// What the last layer's numbers z (logits) mean, and the loss they are trained by.
enum class Output {
  softmax,  // P(c) = e^z_c / sum of e^z; categorical cross-entropy
  sigmoid,  // P(c) = s(z_c) / sum of s(z), s(z) = 1 / (1 + e^-z); binary cross-entropy, the mean
            // over the outputs. One output tells two classes: P(1) = s(z).
  spectrum,  // counts of a generated spectrum: no classes, no loss
};
WHITELINE_EXPORT std::string_view name(Output output);
WHITELINE_EXPORT Output output_named(std::string_view name);  // throws InvalidArgument

struct Node {
  Layer layer;
  std::vector<std::int32_t> inputs;  // numbers of nodes before this one
  Shape shape;                       // of what it gives
};

enum class ParameterRole { weights, bias, gamma, beta, moving_mean, moving_variance };
WHITELINE_EXPORT std::string_view name(ParameterRole role);

// A table of numbers of a layer. Weights are inputs x units; of a convolution (position * inputs +
// input) x filters; of a transposed one (position * filters + filter) x inputs. All others have one
// row.
struct Parameter {
  std::int32_t node = 0;
  ParameterRole role = ParameterRole::weights;
  std::int64_t rows = 1, columns = 0;

  std::int64_t size() const { return rows * columns; }
  bool trainable() const {
    return role != ParameterRole::moving_mean && role != ParameterRole::moving_variance;
  }
};

// A graph of layers, whole at any time. The last node gives the logits.
class WHITELINE_EXPORT Network {
 public:
  // Throws InvalidArgument for less than one channel.
  explicit Network(std::int64_t channels, Output output = Output::softmax);

  // Adds a layer on the last node, or on those named, and returns its number. Throws
  // InvalidArgument for a layer that its input does not suit, or that would leave no position.
  std::int32_t add(Layer layer);
  std::int32_t add(Layer layer, std::vector<std::int32_t> inputs);

  const std::vector<Node>& nodes() const { return nodes_; }
  Output output() const { return output_; }
  std::int32_t last() const { return std::int32_t(nodes_.size()) - 1; }
  std::int64_t channels() const { return nodes_.front().shape.features; }
  std::int64_t outputs() const { return nodes_.back().shape.features; }
  std::int64_t classes() const;  // that it tells apart: outputs(), but 2 of one sigmoid

  // By nodes, in the order of ParameterRole.
  const std::vector<Parameter>& parameters() const { return parameters_; }
  std::int64_t parameter_count() const;  // numbers in all
  std::int64_t trainable_count() const;

  // Keys in a fixed order.
  std::string to_json() const;
  // Throws InvalidArgument for what is no description of a network.
  static Network from_json(const std::string& text);

 private:
  Output output_;
  std::vector<Node> nodes_;
  std::vector<Parameter> parameters_;
};

// A table of the layers, shapes and numbers of parameters, for people.
WHITELINE_EXPORT std::string summary(const Network& network);

// The numbers of each of network.parameters(), row after row.
struct Weights {
  std::vector<std::vector<float>> values;
};

// As the layers say; gamma and moving variances 1, all else 0. Element e of a table takes Philox
// word e % 4 of block e / 4: purpose 0, step 0, layer = first_layer + node, model as given.
WHITELINE_EXPORT Weights initial_weights(const Network& network, std::uint64_t seed,
                                         std::uint32_t model = 0, std::uint32_t first_layer = 0);

}  // namespace whiteline::nn
