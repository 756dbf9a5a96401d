#include <fmt/format.h>

#include <utility>

#include "algorithms/nn/names.hpp"
#include "core/json_reader.hpp"

namespace whiteline::nn {

namespace {

using core::Json;

constexpr core::JsonReader reader{"the description of a network", "take one of Network::to_json"};

struct LayerToJson {
  Json operator()(const Input&) const { return {}; }
  Json operator()(const Dense& dense) const {
    return {{"units", dense.units}, {"activation", name(dense.activation)}, {"bias", dense.bias}};
  }
  Json operator()(const Conv1D& conv) const {
    return {{"filters", conv.filters},
            {"width", conv.width},
            {"stride", conv.stride},
            {"padding", name(conv.padding)},
            {"activation", name(conv.activation)},
            {"bias", conv.bias}};
  }
  Json operator()(const Norm& norm) const {
    return {{"over", name(norm.kind)}, {"activation", name(norm.activation)}};
  }
  Json operator()(const Pool& pool) const {
    return {{"takes", name(pool.kind)},
            {"size", pool.size},
            {"stride", pool.stride},
            {"padding", name(pool.padding)}};
  }
  Json operator()(const GlobalAverage&) const { return Json::object(); }
  Json operator()(const Flatten&) const { return Json::object(); }
  Json operator()(const Unflatten& unflatten) const {
    return unflatten.features == 1 ? Json::object() : Json{{"features", unflatten.features}};
  }
  Json operator()(const Concat&) const { return Json::object(); }
  Json operator()(const Add& add) const { return {{"activation", name(add.activation)}}; }
  Json operator()(const Dropout& dropout) const {
    return {{"rate", dropout.rate}, {"noise", name(dropout.kind)}};
  }
  Json operator()(const Conv1DTranspose& conv) const {
    return {{"filters", conv.filters},
            {"width", conv.width},
            {"stride", conv.stride},
            {"activation", name(conv.activation)},
            {"bias", conv.bias}};
  }
  Json operator()(const Crop& crop) const { return {{"positions", crop.positions}}; }
  Json operator()(const GaussianNoise& noise) const { return {{"deviation", noise.deviation}}; }
  Json operator()(const PoissonNoise& noise) const {
    return {{"mean", noise.mean}, {"scale", noise.scale}};
  }
  Json operator()(const Translation& translation) const { return {{"count", translation.count}}; }
  Json operator()(const MinibatchDiscrimination& minibatch) const {
    return {{"kernels", minibatch.kernels}, {"depth", minibatch.depth}};
  }
};

Activation activation_of(const Json& json) {
  return activation_named(reader.word(json, "activation"));
}

Layer dense_of(const Json& json) {
  reader.object(json, "dense", {"layer", "inputs", "units", "activation", "bias"});
  return Dense{reader.integer(json, "units"), activation_of(json), reader.boolean(json, "bias")};
}

Layer conv_of(const Json& json) {
  reader.object(json, "conv1d",
                {"layer", "inputs", "filters", "width", "stride", "padding", "activation", "bias"});
  return Conv1D{reader.integer(json, "filters"),
                reader.integer(json, "width"),
                reader.integer(json, "stride"),
                padding_named(reader.word(json, "padding")),
                activation_of(json),
                reader.boolean(json, "bias")};
}

Layer norm_of(const Json& json) {
  reader.object(json, "norm", {"layer", "inputs", "over", "activation"});
  return Norm{norm_kind_named(reader.word(json, "over")), activation_of(json)};
}

Layer pool_of(const Json& json) {
  reader.object(json, "pool", {"layer", "inputs", "takes", "size", "stride", "padding"});
  return Pool{pool_kind_named(reader.word(json, "takes")), reader.integer(json, "size"),
              reader.integer(json, "stride"), padding_named(reader.word(json, "padding"))};
}

template <class Plain>
Layer plain_of(const Json& json) {
  reader.object(json, kind(Plain{}), {"layer", "inputs"});
  return Plain{};
}

Layer add_of(const Json& json) {
  reader.object(json, "add", {"layer", "inputs", "activation"});
  return Add{activation_of(json)};
}

Layer dropout_of(const Json& json) {
  reader.object(json, "dropout", {"layer", "inputs", "rate", "noise"});
  return Dropout{reader.number(json, "rate"), dropout_kind_named(reader.word(json, "noise"))};
}

Layer unflatten_of(const Json& json) {
  reader.object(json, "unflatten", {"layer", "inputs"}, {"features"});
  return Unflatten{json.contains("features") ? reader.integer(json, "features") : 1};
}

Layer transpose_of(const Json& json) {
  reader.object(json, "conv1d_transpose",
                {"layer", "inputs", "filters", "width", "stride", "activation", "bias"});
  return Conv1DTranspose{reader.integer(json, "filters"), reader.integer(json, "width"),
                         reader.integer(json, "stride"), activation_of(json),
                         reader.boolean(json, "bias")};
}

Layer crop_of(const Json& json) {
  reader.object(json, "crop", {"layer", "inputs", "positions"});
  return Crop{reader.integer(json, "positions")};
}

Layer gaussian_of(const Json& json) {
  reader.object(json, "gaussian_noise", {"layer", "inputs", "deviation"});
  return GaussianNoise{reader.number(json, "deviation")};
}

Layer poisson_of(const Json& json) {
  reader.object(json, "poisson_noise", {"layer", "inputs", "mean", "scale"});
  return PoissonNoise{reader.number(json, "mean"), reader.number(json, "scale")};
}

Layer translation_of(const Json& json) {
  reader.object(json, "translation", {"layer", "inputs", "count"});
  return Translation{reader.integer(json, "count")};
}

Layer minibatch_of(const Json& json) {
  reader.object(json, "minibatch_discrimination", {"layer", "inputs", "kernels", "depth"});
  return MinibatchDiscrimination{reader.integer(json, "kernels"), reader.integer(json, "depth")};
}

Layer layer_of(const Json& json) {
  if (!json.is_object() || !json.contains("layer")) reader.refuse("a node has no `layer`");
  constexpr std::pair<std::string_view, Layer (*)(const Json&)> readers[] = {
      {"dense", dense_of},
      {"conv1d", conv_of},
      {"norm", norm_of},
      {"pool", pool_of},
      {"global_average", plain_of<GlobalAverage>},
      {"flatten", plain_of<Flatten>},
      {"unflatten", unflatten_of},
      {"concat", plain_of<Concat>},
      {"add", add_of},
      {"dropout", dropout_of},
      {"conv1d_transpose", transpose_of},
      {"crop", crop_of},
      {"gaussian_noise", gaussian_of},
      {"poisson_noise", poisson_of},
      {"translation", translation_of},
      {"minibatch_discrimination", minibatch_of}};
  const std::string wanted = reader.word(json, "layer");
  for (const auto& [name, read] : readers)
    if (name == wanted) return read(json);
  reader.refuse(fmt::format("layer `{}` is unknown", wanted));
}

std::vector<std::int32_t> inputs_of(const Json& json) {
  const Json& list = json.at("inputs");
  if (!list.is_array()) reader.refuse("`inputs` is no list");
  std::vector<std::int32_t> inputs;
  for (const Json& input : list) {
    if (!input.is_number_integer() || !std::in_range<std::int32_t>(input.get<std::int64_t>()))
      reader.refuse("an input is no number of a node");
    inputs.push_back(input.get<std::int32_t>());
  }
  return inputs;
}

}  // namespace

std::string Network::to_json() const {
  Json nodes = Json::array();
  for (std::size_t n = 1; n < nodes_.size(); ++n) {
    Json json = {{"layer", kind(nodes_[n].layer)}, {"inputs", nodes_[n].inputs}};
    json.update(std::visit(LayerToJson{}, nodes_[n].layer));
    nodes.push_back(std::move(json));
  }
  return Json{{"channels", channels()}, {"output", name(output_)}, {"nodes", nodes}}.dump();
}

Network Network::from_json(const std::string& text) {
  const Json json = reader.parse(text);
  reader.object(json, "it", {"channels", "output", "nodes"});
  Network network(reader.integer(json, "channels"), output_named(reader.word(json, "output")));
  if (!json.at("nodes").is_array()) reader.refuse("`nodes` is no list");
  for (const Json& node : json.at("nodes")) {
    Layer layer = layer_of(node);
    network.add(std::move(layer), inputs_of(node));
  }
  return network;
}

}  // namespace whiteline::nn
