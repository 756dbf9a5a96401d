#include "io/nion.hpp"

#include "io/array_image.hpp"
#include "io/axes.hpp"

namespace whiteline::io {

namespace {

constexpr std::uint64_t most_dimensions = 8;

// What a data item says of its array; older projects put it into the first of `data_sources`.
Json description_of(const Cursor& file, std::string_view text) {
  Json properties;
  try {
    properties = parse_json(text);
  } catch (const JsonProblem& problem) {
    file.fail_as_a_whole(fmt::format("its description: {}", problem.what()));
  }
  if (!properties.is_object()) file.fail_as_a_whole("its description is no JSON object");
  if (const Json* sources = find(properties, "data_sources");
      sources && sources->is_array() && !sources->empty() && sources->front().is_object()) {
    Json source = sources->front();
    properties.erase("data_sources");
    for (const auto& [key, value] : source.items())
      if (!properties.contains(key)) properties[key] = value;
  }
  return properties;
}

std::uint64_t count_or(const Json& properties, const char* key, std::uint64_t otherwise) {
  const Json* value = find(properties, key);
  return value && value->is_number_unsigned() ? value->get<std::uint64_t>() : otherwise;
}

const Json* calibrations_of(const Json& properties) {
  for (const char* key : {"dimensional_calibrations", "spatial_calibrations"})
    if (const Json* list = find(properties, key); list && list->is_array()) return list;
  return nullptr;
}

std::vector<ArrayAxis> axes_of(const Cursor& file, const Json& properties,
                               const std::vector<std::uint64_t>& shape) {
  const std::uint64_t dimensions = shape.size();
  if (dimensions == 0 || dimensions > most_dimensions)
    file.fail_as_a_whole(fmt::format("its array has {} dimensions", dimensions));
  const Json* sequence = find(properties, "is_sequence");
  const std::uint64_t frames = sequence && sequence->is_boolean() && sequence->get<bool>();
  const std::uint64_t datum = count_or(properties, "datum_dimension_count", 1);
  const std::uint64_t collection =
      count_or(properties, "collection_dimension_count", dimensions - std::min(dimensions, datum));
  if (datum > dimensions || collection > dimensions || frames + collection + datum != dimensions)
    file.fail_as_a_whole(
        fmt::format("{} sequence, {} collection and {} datum dimensions do not "
                    "make up an array of {}",
                    frames, collection, datum, dimensions));
  const Json* calibrations = calibrations_of(properties);
  std::vector<ArrayAxis> axes(shape.size());
  for (std::size_t d = 0; d < axes.size(); ++d) {
    axes[d].size = shape[d];
    axes[d].navigate = d + datum < dimensions;
    if (!calibrations || d >= calibrations->size()) continue;
    const Json& calibration = (*calibrations)[d];
    axes[d].offset = number_or(calibration, "offset", 0.0);
    axes[d].scale = number_or(calibration, "scale", 1.0);
    axes[d].units = text_or(calibration, "units", "");
  }
  const bool is_energy =
      electron_volts(axes.back().units).has_value() && !axes.back().units.empty();
  if (datum == 2 && is_energy) axes[axes.size() - 2].navigate = true;
  return axes;
}

// The first of these that is a number. High tension is in volts, angles are in radians.
double first_number(const Json& metadata, std::initializer_list<const char*> paths) {
  for (const char* path : paths)
    if (const double number = number_or(metadata, path, 0.0); number != 0.0) return number;
  return 0.0;
}

Json metadata_of(const Json& properties, const std::string& title, bool is_energy) {
  static const Json none = Json::object();
  const Json* own = find(properties, "metadata");
  const Json& said = own && own->is_object() ? *own : none;
  Acquisition facts{.title = title, .signal_type = is_energy ? "EELS" : ""};
  facts.beam_energy = 1e-3 * first_number(said, {"instrument/high_tension",
                                                 "hardware_source/autostem/high_tension_v"});
  facts.convergence_angle = 1e3 * first_number(said, {"instrument/convergence_angle",
                                                      "hardware_source/convergence_angle_rad"});
  facts.collection_angle = 1e3 * first_number(said, {"instrument/collection_angle",
                                                     "hardware_source/collection_angle_rad"});
  Json metadata = metadata_tree(facts);
  // What this library wrote comes back as it was.
  if (const Json* ours = find(said, "whiteline"); ours && ours->is_object())
    metadata = *ours;
  else
    metadata["original_metadata"] = properties;
  set(metadata, "General/title", title);
  return metadata;
}

}  // namespace

SpectrumImage nion_image(const Cursor& file, std::string_view text,
                         const std::vector<std::uint64_t>& shape, const std::string& name) {
  const Json properties = description_of(file, text);
  const std::vector<ArrayAxis> axes = axes_of(file, properties, shape);
  const std::string title = text_or(properties, "title", name);
  const bool is_energy = !axes.back().units.empty() && electron_volts(axes.back().units);
  return image_of_axes(file, axes, metadata_of(properties, title, is_energy), title);
}

}  // namespace whiteline::io
