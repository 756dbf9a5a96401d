#include <algorithm>
#include <functional>

#include "io/axes.hpp"
#include "io/byte_writers.hpp"
#include "io/hspy.hpp"
#include "io/hspy_send.hpp"

namespace whiteline::io {

namespace {

Json axis(std::string_view name, std::int64_t size, double scale, double offset,
          std::string_view units, bool navigate) {
  return {{"name", name},     {"size", size},   {"scale", scale},
          {"offset", offset}, {"units", units}, {"navigate", navigate}};
}

struct Grid {
  std::int64_t height, width;
  double scale_y, scale_x;
  std::string units;

  Json axes(bool navigate) const {
    return {axis("y", height, scale_y, 0.0, units, navigate),
            axis("x", width, scale_x, 0.0, units, navigate)};
  }
};

template <class T>
WriteBytes all_of(const std::vector<T>& numbers) {
  return [&numbers](const ByteSink& sink) { sink(std::as_bytes(std::span(numbers))); };
}

NewExperiment experiment(std::string name, Json axes, Json metadata, Element element,
                         WriteBytes write) {
  std::vector<std::uint64_t> shape;
  for (const Json& one : axes) shape.push_back(one["size"].get<std::uint64_t>());
  Json original = Json::object();
  if (metadata.contains("original_metadata")) {
    original = std::move(metadata["original_metadata"]);
    metadata.erase("original_metadata");
  }
  Json description = {{"name", std::move(name)},
                      {"axes", std::move(axes)},
                      {"metadata", std::move(metadata)},
                      {"original_metadata", std::move(original)}};
  return {std::move(description), {"", element, std::move(shape)}, std::move(write)};
}

NewExperiment labels_experiment(const Grid& grid, const std::vector<std::string>& class_names,
                                WriteBytes write) {
  Json metadata = metadata_tree({.title = "labels"});
  set(metadata, "Whiteline/role", "labels");
  set(metadata, "Whiteline/class_names", Json(class_names).dump());
  return experiment("labels", grid.axes(false), std::move(metadata), Element::i32,
                    std::move(write));
}

NewExperiment truth_experiment(const Grid& grid, const std::string& name, const TruthTable& table) {
  Json metadata = metadata_tree({.title = name});
  set(metadata, "Whiteline/role", "truth");
  set(metadata, "Whiteline/name", name);
  Json axes = grid.axes(table.columns != 1);
  if (table.columns != 1) axes.push_back(axis("column", table.columns, 1.0, 0.0, "", false));
  return experiment(std::string(truth_prefix) + name, std::move(axes), std::move(metadata),
                    Element::f64, all_of(table.values));
}

// A name that no companion has and that HDF5 takes.
std::string experiment_name(const std::string& title) {
  std::string name = title;
  std::replace(name.begin(), name.end(), '/', '-');
  if (name.empty() || name == ".") return "__unnamed__";
  if (name == "labels" || name == "probabilities" || name.starts_with(truth_prefix))
    name += " spectra";
  return name;
}

}  // namespace

void write_hspy(AtomicFile& file, const SpectrumImage& image, const WriteBytes& counts,
                const Progress& progress) {
  const Grid grid{image.height, image.width, image.scale_y, image.scale_x, image.scale_units};
  Json metadata = parse_json(image.metadata);
  const Json known = metadata;
  set(metadata, "General/title", image.title);
  if (!find(known, "Signal/signal_type")) set(metadata, "Signal/signal_type", "EELS");
  set(metadata, "Whiteline/role", "spectra");
  if (!image.class_names.empty())
    set(metadata, "Whiteline/class_names", Json(image.class_names).dump());
  const bool channels = text_or(known, "Whiteline/energy_axis", "") == "channels";
  Json axes = image.pixels() == 1 ? Json::array() : grid.axes(true);
  axes.push_back(axis("Energy loss", image.energy.size, image.energy.dispersion,
                      image.energy.offset, channels ? "" : "eV", false));
  std::vector<NewExperiment> all;
  all.push_back(experiment(experiment_name(image.title), std::move(axes), std::move(metadata),
                           Element::f32, counts));
  if (!image.labels.empty())
    all.push_back(labels_experiment(grid, image.class_names, all_of(image.labels)));
  for (const auto& [name, table] : image.truth) all.push_back(truth_experiment(grid, name, table));
  send_experiments(file, std::move(all), progress);
}

void write_hspy(AtomicFile& file, const ProbabilityMaps& maps, const MapNumbers& numbers,
                const Progress& progress) {
  const Grid grid{maps.height, maps.width, maps.scale_y, maps.scale_x, maps.scale_units};
  Json metadata = metadata_tree({.title = maps.title});
  set(metadata, "Whiteline/role", "probabilities");
  set(metadata, "Whiteline/class_names", Json(maps.class_names).dump());
  set(metadata, "Whiteline/record", maps.metadata);
  Json axes = grid.axes(true);
  axes.push_back(axis("class", std::int64_t(maps.class_names.size()), 1.0, 0.0, "", false));
  std::vector<NewExperiment> all;
  all.push_back(experiment("probabilities", std::move(axes), std::move(metadata), Element::f32,
                           bytes_of(numbers.probabilities)));
  if (numbers.labels)
    all.push_back(labels_experiment(grid, maps.class_names, bytes_of(numbers.labels)));
  send_experiments(file, std::move(all), progress);
}

}  // namespace whiteline::io
