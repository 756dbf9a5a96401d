#include <whiteline/nn/architectures.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace whiteline::nn {

namespace {

void require_at_least(std::string_view what, std::int64_t value, std::int64_t least) {
  if (value < least)
    throw InvalidArgument(
        fmt::format("cannot build the network ({} is {}) choose {} or more", what, value, least));
}

void check(const Structure& s) {
  if (s.number < 0 || s.number >= structure_count(s.family))
    throw InvalidArgument(
        fmt::format("there is no structure {} (D0 to D13 are dense, C0 to C7 convolutional) choose "
                    "one of these",
                    name(s)));
  require_at_least("the number of layers", s.layers, 1);
  require_at_least("the number of units", s.units, 1);
  require_at_least("the number of blocks", s.blocks, 1);
  require_at_least("the number of filters", s.filters, 1);
  require_at_least("the width of filters", s.width, 1);
  if (s.pooling != Pooling::none) require_at_least("the size of pools", s.pool_size, 1);
}

// One structure on the way to a network.
class Builder {
 public:
  Builder(const Structure& structure, std::int64_t channels)
      : s_(structure), network_(channels, structure.output) {}

  Network finish(std::int64_t outputs) && {
    network_.add(Dense{outputs});
    return std::move(network_);
  }

  void dense_structure() {
    if (s_.number < 10) return stack(s_.layers, [&](std::int64_t layer) { after_dense(layer); });
    const auto branch = [&] {
      add(Dense{s_.units, s_.activation}, 0);
      after_branch_layer();
      for (std::int64_t layer = 1; layer < s_.layers / 2; ++layer) {
        add(Dense{s_.units, s_.activation});
        after_branch_layer();
      }
      return network_.last();
    };
    const std::int32_t first = branch();
    const std::int32_t second = branch();
    network_.add(Concat{}, {first, second});
  }

  void convolutional_structure() {
    if (s_.number == 7) return residual();
    constexpr std::optional<NormKind> norms[] = {std::nullopt,   NormKind::batch, NormKind::layer,
                                                 std::nullopt,   std::nullopt,    NormKind::batch,
                                                 NormKind::layer};
    const std::optional<NormKind> norm = norms[s_.number];
    const std::int32_t head = convolutions(norm);
    if (s_.number == 3) stack(s_.layers, [](std::int64_t) {});
    if (s_.number >= 4) network_.add(Concat{}, {head, dense_branch(norm)});
  }

 private:
  void add(Layer layer) { network_.add(std::move(layer)); }
  void add(Layer layer, std::int32_t input) { network_.add(std::move(layer), {input}); }
  void layer_norm() { add(Norm{NormKind::layer}); }
  void batch_norm() { add(Norm{NormKind::batch}); }
  void dropout(DropoutKind kind = DropoutKind::binary) { add(Dropout{s_.dropout, kind}); }

  template <class After>
  void stack(std::int64_t layers, After&& after) {
    for (std::int64_t layer = 1; layer <= layers; ++layer) {
      add(Dense{s_.units, s_.activation});
      after(layer);
    }
  }

  // What stands behind dense layer 1, 2, ... of D0 to D9.
  void after_dense(std::int64_t layer) {
    const bool odd = layer % 2 == 1;
    switch (s_.number) {
      case 1:
        return layer_norm();
      case 2:
        return batch_norm();
      case 3:
        return odd ? layer_norm() : batch_norm();
      case 4:
        return odd ? batch_norm() : layer_norm();
      case 5:
        layer_norm();
        return dropout();
      case 6:
        batch_norm();
        return dropout();
      case 7:
        dropout();
        return batch_norm();
      case 8:
        return dropout(DropoutKind::gaussian);
      case 9:
        return dropout();
      default:
        return;
    }
  }

  void after_branch_layer() {
    if (s_.number == 10) layer_norm();
    if (s_.number == 11) dropout();
    if (s_.number == 12) batch_norm();
  }

  // The blocks and their head, which it returns.
  std::int32_t convolutions(std::optional<NormKind> norm) {
    add(Unflatten{});
    for (std::int64_t block = 0; block < s_.blocks; ++block) {
      add(Conv1D{s_.filters, s_.width, 1, Padding::valid, s_.activation});
      if (norm) add(Norm{*norm});
      if (s_.pooling != Pooling::none)
        add(Pool{s_.pooling == Pooling::max ? PoolKind::max : PoolKind::average, s_.pool_size,
                 s_.pool_size});
    }
    add(s_.head == Structure::Head::flatten ? Layer(Flatten{}) : Layer(GlobalAverage{}));
    return network_.last();
  }

  std::int32_t dense_branch(std::optional<NormKind> norm) {
    const bool per_channel = s_.dense_branch == Structure::DenseBranch::per_channel;
    std::int32_t input = 0;
    if (per_channel) input = network_.add(Unflatten{}, {0});
    for (std::int64_t layer = 0; layer < s_.layers; ++layer) {
      add(Dense{s_.units, s_.activation}, input);
      if (norm) add(Norm{*norm});
      input = network_.last();
    }
    if (per_channel) add(GlobalAverage{});
    return network_.last();
  }

  Conv1D same_conv(std::int64_t filters, std::int64_t width, std::int64_t stride) const {
    return {filters, width, stride, Padding::same, Activation::linear, false};
  }

  void residual() {
    add(Unflatten{});
    add(same_conv(s_.filters, 7, 2));
    add(Norm{NormKind::batch, s_.activation});
    add(Pool{PoolKind::max, 3, 2, Padding::same});
    constexpr int blocks_of_stage[] = {3, 4, 6, 3};
    std::int64_t filters = s_.filters;
    for (int stage = 0; stage < 4; ++stage, filters *= 2)
      for (int block = 0; block < blocks_of_stage[stage]; ++block)
        residual_block(filters, stage > 0 && block == 0 ? 2 : 1);
    add(GlobalAverage{});
    if (s_.residual_head == Structure::ResidualHead::dense) stack(s_.layers, [](std::int64_t) {});
  }

  void residual_block(std::int64_t filters, std::int64_t stride) {
    const std::int32_t input = network_.last();
    const bool same_shape =
        stride == 1 && network_.nodes()[std::size_t(input)].shape.features == filters;
    add(same_conv(filters, s_.width, stride));
    add(Norm{NormKind::batch, s_.activation});
    add(same_conv(filters, s_.width, 1));
    add(Norm{NormKind::batch});
    const std::int32_t main = network_.last();
    std::int32_t shortcut = input;
    if (!same_shape) {
      add(same_conv(filters, 1, stride), input);
      add(Norm{NormKind::batch});
      shortcut = network_.last();
    }
    network_.add(Add{s_.activation}, {main, shortcut});
  }

  const Structure& s_;
  Network network_;
};

}  // namespace

std::string name(const Structure& structure) {
  return fmt::format("{}{}", structure.family == Family::dense ? 'D' : 'C', structure.number);
}

Network build(const Structure& structure, std::int64_t channels, std::int64_t outputs) {
  check(structure);
  Builder builder(structure, channels);
  if (structure.family == Family::dense)
    builder.dense_structure();
  else
    builder.convolutional_structure();
  return std::move(builder).finish(outputs);
}

}  // namespace whiteline::nn
