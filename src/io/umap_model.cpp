#include "io/umap_model.hpp"

#include <cmath>
#include <optional>

#include "core/umap_model.hpp"
#include "io/tensors.hpp"

namespace whiteline::io {

namespace {

constexpr SealedFormat umap_format{"whiteline-umap", "umap", "1", "1"};

Json number_or_null(const std::optional<double>& number) { return number ? Json(*number) : Json(); }

std::optional<double> optional_number(const Json& json) {
  return json.is_null() ? std::nullopt : std::optional(json.get<double>());
}

Json description(const UmapParams& p) {
  const bool connected = std::isinf(p.disconnection_distance);
  return {{"n_neighbors", p.n_neighbors},
          {"n_components", p.n_components},
          {"metric", name(p.metric)},
          {"n_epochs", p.n_epochs},
          {"learning_rate", p.learning_rate},
          {"init", name(p.init)},
          {"min_dist", p.min_dist},
          {"spread", p.spread},
          {"a", number_or_null(p.a)},
          {"b", number_or_null(p.b)},
          {"set_op_mix_ratio", p.set_op_mix_ratio},
          {"local_connectivity", p.local_connectivity},
          {"repulsion_strength", p.repulsion_strength},
          {"negative_sample_rate", p.negative_sample_rate},
          {"disconnection_distance", connected ? Json() : Json(p.disconnection_distance)},
          {"layout", name(p.layout)},
          {"random_state", p.random_state},
          {"target_weight", p.target_weight},
          {"target_n_neighbors", p.target_n_neighbors}};
}

UmapParams params_of(const Json& json) {
  UmapParams p;
  p.n_neighbors = whole<std::int64_t>(json.at("n_neighbors"));
  p.n_components = whole<std::int64_t>(json.at("n_components"));
  p.metric = metric_named(json.at("metric").get<std::string>());
  p.n_epochs = whole<std::int64_t>(json.at("n_epochs"));
  p.learning_rate = json.at("learning_rate").get<double>();
  p.init = umap_init_named(json.at("init").get<std::string>());
  p.min_dist = json.at("min_dist").get<double>();
  p.spread = json.at("spread").get<double>();
  p.a = optional_number(json.at("a"));
  p.b = optional_number(json.at("b"));
  p.set_op_mix_ratio = json.at("set_op_mix_ratio").get<double>();
  p.local_connectivity = json.at("local_connectivity").get<double>();
  p.repulsion_strength = json.at("repulsion_strength").get<double>();
  p.negative_sample_rate = whole<std::int64_t>(json.at("negative_sample_rate"));
  p.disconnection_distance =
      optional_number(json.at("disconnection_distance")).value_or(p.disconnection_distance);
  p.layout = umap_layout_named(json.at("layout").get<std::string>());
  p.random_state = whole<std::uint64_t>(json.at("random_state"));
  p.target_weight = json.at("target_weight").get<double>();
  p.target_n_neighbors = whole<std::int64_t>(json.at("target_n_neighbors"));
  return p;
}

Json description(const UmapModel& model) {
  return {{"rows", model.rows},
          {"channels", model.channels},
          {"params", description(model.params)},
          {"curve", {{"a", model.curve.a}, {"b", model.curve.b}}},
          {"mean_distance", model.mean_distance},
          {"pipeline", parse_json(model.pipeline.to_json())},
          {"provenance", parse_json(model.provenance)}};
}

}  // namespace

UmapModel parse_umap_model(Cursor file) {
  const Sealed sealed = parse_sealed(file, umap_format);
  return described_by(file, umap_format, [&] {
    const Json json = parse_json(sealed.description);
    const Json& curve = json.at("curve");
    UmapModel model;
    model.params = params_of(json.at("params"));
    model.curve = {curve.at("a").get<double>(), curve.at("b").get<double>()};
    model.rows = whole<std::int64_t>(json.at("rows"));
    model.channels = whole<std::int64_t>(json.at("channels"));
    model.mean_distance = json.at("mean_distance").get<double>();
    model.pipeline = Pipeline::from_json(json.at("pipeline").dump());
    model.provenance = json.at("provenance").dump();
    model.embedding = numbers_of<float>(file, sealed.contents, "embedding");
    model.spectra = numbers_of<float>(file, sealed.contents, "spectra");
    core::check_whole(model);
    return model;
  });
}

void write_umap_model(AtomicFile& file, const UmapModel& model) {
  core::check_whole(model);
  const auto rows = std::uint64_t(model.rows), channels = std::uint64_t(model.channels);
  write_sealed(
      file, umap_format, umap_format.last_version,
      description_text("embedding", [&] { return description(model); }),
      {tensor_of("embedding", model.embedding, {rows, std::uint64_t(model.params.n_components)}),
       tensor_of("spectra", model.spectra, {model.spectra.empty() ? 0 : rows, channels})});
}

}  // namespace whiteline::io
