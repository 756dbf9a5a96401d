#include <fmt/format.h>
#include <whiteline/nn/model_file.hpp>
#include <whiteline/version.hpp>

#include <limits>

#include "io/atomic_file.hpp"
#include "io/json.hpp"
#include "io/onnx_network.hpp"
#include "io/tensors.hpp"

namespace whiteline {

namespace io {

namespace {

constexpr const char *spectra_name = "spectra", *logits_name = "logits",
                     *probabilities_name = "probabilities", *labels_name = "labels";

void add_probabilities(OnnxGraph& graph, const nn::Network& network) {
  const std::string logits = logits_name;
  if (network.output() == nn::Output::softmax) {
    graph.add("Softmax", {logits}, {{"axis", std::int64_t(1)}}, probabilities_name);
  } else if (network.outputs() == 1) {
    const std::string first = graph.add("Sigmoid", {graph.add("Neg", {logits})});
    graph.add("Concat", {first, graph.add("Sigmoid", {logits})}, {{"axis", std::int64_t(1)}},
              probabilities_name);
  } else {  // s(z_c) / sum of s(z), by ln s(z) = -ln(1 + e^-z), so that no sum is 0
    const std::string softplus = graph.add("Softplus", {graph.add("Neg", {logits})});
    graph.add("Softmax", {graph.add("Neg", {softplus})}, {{"axis", std::int64_t(1)}},
              probabilities_name);
  }
}

void add_labels(OnnxGraph& graph, const nn::Model& model) {
  std::string position;
  if (model.network.outputs() == 1) {
    const std::string positive = graph.add("Greater", {logits_name, graph.number(0.0f)});
    const std::string whole =
        graph.add("Cast", {positive}, {{"to", std::int64_t(OnnxGraph::Element::i64)}});
    position = graph.add("Squeeze", {whole, graph.numbers({1})});
  } else {
    position = graph.add("ArgMax", {logits_name},
                         {{"axis", std::int64_t(1)}, {"keepdims", std::int64_t(0)}});
  }
  const std::vector<std::int64_t> classes(model.classes.begin(), model.classes.end());
  graph.add("Gather", {graph.table(classes, {std::int64_t(classes.size())}), position}, {},
            labels_name);
}

std::string axis_text(const std::optional<EnergyAxis>& axis) {
  if (!axis) return "null";
  return Json{
      {"offset_eV", axis->offset}, {"dispersion_eV", axis->dispersion}, {"size", axis->size}}
      .dump();
}

std::string onnx_of(const nn::Model& model) {
  OnnxGraph graph;
  const bool raw = preparation_has_operators(model.pipeline);
  const bool prepares = raw && !model.pipeline.steps().empty();
  graph.input(spectra_name, prepares ? model.pipeline.input_channels() : model.network.channels());
  const std::string prepared =
      prepares ? add_preparation(graph, model.pipeline, spectra_name) : spectra_name;
  graph.add("Identity", {add_network(graph, model.network, model.weights, prepared)}, {},
            logits_name);
  add_probabilities(graph, model.network);
  add_labels(graph, model);
  const auto classes = std::int64_t(model.classes.size());
  graph.output(labels_name, OnnxGraph::Element::i64, 0);
  graph.output(probabilities_name, OnnxGraph::Element::f32, classes);
  graph.output(logits_name, OnnxGraph::Element::f32, model.network.outputs());
  const Json names = model.class_names;
  const std::string names_text = description_text("model", [&] { return names; });
  return graph.model(
      version(),
      {{"class_names", names_text},
       {"spectra", raw ? "raw" : "prepared"},
       {"energy_axis", axis_text(raw ? model.pipeline.input() : model.pipeline.output())},
       {"pipeline", model.pipeline.to_json()},
       {"provenance", model.provenance}});
}

}  // namespace

}  // namespace io

bool onnx_takes_raw_spectra(const nn::Model& model) {
  return io::preparation_has_operators(model.pipeline);
}

void write_onnx_model(const std::filesystem::path& path, const nn::Model& model,
                      Overwrite overwrite) {
  nn::check(model);
  const std::string bytes = io::onnx_of(model);
  if (bytes.size() > std::size_t(std::numeric_limits<std::int32_t>::max()))
    throw Unsupported(fmt::format(
        "cannot write {} (a network of {} parameters makes more than the 2 GiB that ONNX takes) "
        "write a smaller network",
        path.string(), model.network.parameter_count()));
  io::write_file(path, bytes, overwrite);
}

}  // namespace whiteline
