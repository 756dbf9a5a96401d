#include "io/hspy_experiment.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "io/safetensors_header.hpp"

namespace whiteline::io::hspy {

namespace {

ArrayAxis axis_of(const Cursor& file, const Json& json) {
  ArrayAxis axis;
  axis.name = text_or(json, "name", "");
  axis.units = text_or(json, "units", "");
  axis.scale = number_or(json, "scale", 1.0);
  axis.offset = number_or(json, "offset", 0.0);
  const Json* size = find(json, "size");
  if (!size || !size->is_number_unsigned()) file.fail_as_a_whole("an axis has no size");
  axis.size = size->get<std::uint64_t>();
  if (const Json* navigate = find(json, "navigate"); navigate && navigate->is_boolean())
    axis.navigate = navigate->get<bool>();
  if (const Json* energies = find(json, "energies"); energies && energies->is_array())
    for (const Json& energy : *energies)
      if (energy.is_number()) axis.values.push_back(energy.get<double>());
  axis.is_formula = text_or(json, "type", "") == "FunctionalDataAxis";
  return axis;
}

std::uint64_t whole_number(const Cursor& file, const Json& json, const char* key) {
  const Json* found = find(json, key);
  if (!found || !found->is_number_unsigned())
    file.fail_as_a_whole(fmt::format("the HDF5 helper says no `{}`", key));
  return found->get<std::uint64_t>();
}

StoredCounts stored_counts(const Cursor& file, const Json& json, const ArrayPlace& place,
                           std::uint64_t file_size) {
  const auto element = element_named(text_or(json, "type", ""));
  const Json* big = find(json, "big_endian");
  if (!element || !big || !big->is_boolean()) file.fail_as_a_whole("its numbers have no type");
  StoredCounts stored;
  stored.element = *element;
  stored.order = big->get<bool>() ? std::endian::big : std::endian::little;
  stored.offset = whole_number(file, json, "offset");
  const std::uint64_t bytes = saturated_product(place.count(), size_of(*element));
  if (stored.offset > file_size || bytes > file_size - stored.offset)
    file.fail_as_a_whole("the data say more than the file can hold");
  return stored;
}

ArrayPlace place_of(const Cursor& file, const Json& json, std::uint64_t file_size) {
  ArrayPlace place;
  place.number = whole_number(file, json, "array");
  place.block = std::max<std::uint64_t>(whole_number(file, json, "block"), 1);
  if (const Json* shape = find(json, "shape"); shape && shape->is_array())
    for (const Json& extent : *shape)
      if (extent.is_number_unsigned()) place.shape.push_back(extent.get<std::uint64_t>());
  if (place.shape.empty()) file.fail_as_a_whole("an array has no shape");
  if (const Json* stored = find(json, "stored"))
    place.stored = stored_counts(file, *stored, place, file_size);
  return place;
}

Experiment experiment_of(const Cursor& file, const Json& json, std::uint64_t file_size) {
  Experiment experiment;
  experiment.name = text_or(json, "name", "");
  experiment.unsupported = text_or(json, "unsupported", "");
  experiment.properties = text_or(json, "properties", "");
  if (const Json* axes = find(json, "axes"); axes && axes->is_array())
    for (const Json& axis : *axes) experiment.axes.push_back(axis_of(file, axis));
  if (const Json* metadata = find(json, "metadata"); metadata && metadata->is_object())
    experiment.metadata = *metadata;
  else
    experiment.metadata = Json::object();
  if (const Json* original = find(json, "original_metadata"); original && original->is_object())
    if (!original->empty()) experiment.metadata["original_metadata"] = *original;
  if (!experiment.unsupported.empty()) return experiment;
  experiment.data = place_of(file, json, file_size);
  const bool has_axes = json.contains("axes");
  if (has_axes && experiment.data->shape.size() != experiment.axes.size())
    file.fail_as_a_whole(fmt::format("experiment `{}` has axes that do not fit", experiment.name));
  for (std::size_t d = 0; d < experiment.axes.size(); ++d)
    if (experiment.axes[d].size != experiment.data->shape[d])
      file.fail_as_a_whole(fmt::format("axis {} of experiment `{}` has {} points for {} data", d,
                                       experiment.name, experiment.axes[d].size,
                                       experiment.data->shape[d]));
  return experiment;
}

}  // namespace

Contents::Contents(InputFile& file) : file_(file), cursor_(file.path(), {}) {
  arrays_ = std::make_shared<Arrays>(file, [&] { file.report(0); });
  try {
    for (const Json& json : parse_json(arrays_->descriptions()))
      experiments_.push_back(experiment_of(cursor_, json, file.size()));
  } catch (const JsonProblem& reason) {
    throw FormatError(file.path(), FormatError::unknown_offset,
                      fmt::format("its metadata: {}", reason.what()));
  }
  for (const Experiment& one : experiments_)
    if (one.data) numbers_ += one.data->count();
}

namespace {

// Calls of the progress that `file` was opened with, as far as the numbers are read.
Helper::StillWanted reports(const InputFile& file, const Arrays& arrays, std::uint64_t numbers) {
  return [&file, &arrays, numbers] {
    const double part = double(arrays.numbers_read()) / double(std::max<std::uint64_t>(numbers, 1));
    file.report(std::uint64_t(double(file.size()) * std::min(part, 1.0)));
  };
}

}  // namespace

std::vector<float> Contents::floats(const Experiment& experiment) const {
  return arrays_->read_all<float>(*experiment.data, experiment.name,
                                  reports(file_, *arrays_, numbers_));
}

std::vector<double> Contents::doubles(const Experiment& experiment) const {
  return arrays_->read_all<double>(*experiment.data, experiment.name,
                                   reports(file_, *arrays_, numbers_));
}

}  // namespace whiteline::io::hspy
