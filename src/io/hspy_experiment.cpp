#include "io/hspy_experiment.hpp"

#include <unistd.h>

#include <algorithm>

#include "io/helper.hpp"
#include "io/helper_progress.hpp"
#include "io/hspy_protocol.hpp"

namespace whiteline::io::hspy {

namespace {

constexpr std::uint64_t mebibyte = 1 << 20;
constexpr std::uint64_t unknown = FormatError::unknown_offset;

// Compressed counts grow: 64 times the file, within the machine's memory.
std::uint64_t memory_limit(std::uint64_t file_size) {
  const auto pages = std::uint64_t(std::max(sysconf(_SC_PHYS_PAGES), 1L));
  const std::uint64_t machine = saturated_product(pages, std::uint64_t(sysconf(_SC_PAGESIZE)));
  const std::uint64_t wanted = saturated_product(64, file_size) / mebibyte + 256;
  return std::max(1024 * mebibyte, std::min(machine / mebibyte, wanted) * mebibyte);
}

ArrayAxis axis_of(const Cursor& file, const Json& json) {
  ArrayAxis axis;
  axis.name = text_or(json, "name", "");
  axis.units = text_or(json, "units", "");
  axis.scale = number_or(json, "scale", 1.0);
  axis.offset = number_or(json, "offset", 0.0);
  const Json* size = find(json, "size");
  if (!size || !size->is_number_unsigned()) file.fail_at(unknown, "an axis has no size");
  axis.size = size->get<std::uint64_t>();
  if (const Json* navigate = find(json, "navigate"); navigate && navigate->is_boolean())
    axis.navigate = navigate->get<bool>();
  if (const Json* energies = find(json, "energies"); energies && energies->is_array())
    for (const Json& energy : *energies)
      if (energy.is_number()) axis.values.push_back(energy.get<double>());
  axis.is_formula = text_or(json, "type", "") == "FunctionalDataAxis";
  return axis;
}

Experiment experiment_of(const Cursor& file, const Safetensors& tensors, const Json& json) {
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
  experiment.data = tensors.find(text_or(json, "tensor", ""));
  const bool has_axes = json.contains("axes");
  if (!experiment.data || (has_axes && experiment.data->shape.size() != experiment.axes.size()))
    file.fail_at(unknown, fmt::format("experiment `{}` has no data, or axes that do not fit",
                                      experiment.name));
  for (std::size_t d = 0; d < experiment.axes.size(); ++d)
    if (experiment.axes[d].size != experiment.data->shape[d])
      file.fail_at(unknown, fmt::format("axis {} of experiment `{}` has {} points for {} data", d,
                                        experiment.name, experiment.axes[d].size,
                                        experiment.data->shape[d]));
  return experiment;
}

}  // namespace

std::vector<float> Experiment::floats() const {
  std::vector<float> numbers(data->count());
  to_floats(data->bytes, data->element, std::endian::little, numbers);
  return numbers;
}

std::vector<double> Experiment::doubles() const {
  std::vector<double> numbers(data->count());
  to_doubles(data->bytes, data->element, std::endian::little, numbers);
  return numbers;
}

Contents::Contents(InputFile& file) : memory_("whiteline-hspy") {
  // Enough for slow disks; a damaged small file is given up after 5 s.
  const double seconds = 5.0 + double(file.size()) / double(10 * mebibyte);
  const HelperProgress progress;
  const HelperRun run{
      .arguments = {"read", std::filesystem::absolute(file.file_path()).string(), file.member(),
                    std::to_string(memory_limit(file.size())), fmt::format("{:.0f}", seconds)},
      .descriptors = {memory_.descriptor(), progress.descriptor()},
      .seconds = seconds,
      .still_wanted = [&] { file.report(progress.part_of(file.size())); }};
  const std::string problem = run_helper(hdf5_helper(), run);
  if (!problem.empty()) throw FormatError(file.path(), unknown, problem);
  const auto bytes = memory_.contents();
  if (bytes.empty()) throw FormatError(file.path(), unknown, "the HDF5 library gave up on it");
  answer_.emplace(file.path(), bytes);
  tensors_ = parse_safetensors(*answer_);
  if (const auto found = tensors_.metadata.find(problem_key); found != tensors_.metadata.end())
    throw FormatError(file.path(), unknown, found->second);
  if (const auto found = tensors_.metadata.find(not_here_key); found != tensors_.metadata.end())
    throw ReadError(fmt::format("cannot read {} ({}) name one of its arrays as FILE::/PATH",
                                file.path(), found->second));
  layout_ = tensors_.metadata[layout_key];
  try {
    for (const Json& json : parse_json(tensors_.metadata[experiments_key]))
      experiments_.push_back(experiment_of(*answer_, tensors_, json));
  } catch (const JsonProblem& reason) {
    throw FormatError(file.path(), unknown, fmt::format("its metadata: {}", reason.what()));
  }
}

}  // namespace whiteline::io::hspy
