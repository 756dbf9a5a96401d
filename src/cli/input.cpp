#include "cli/input.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>

namespace whiteline::cli {

namespace {

Input as_input(const std::filesystem::path& path, Dataset&& set) {
  Input input{path, "npz", true, {}, known_axis(set.energy, set.metadata)};
  input.image = table_image(std::move(set));
  return input;
}

Input as_input(const std::filesystem::path& path, const std::string& format,
               SpectrumImage&& image) {
  Input input{path, format, false, std::move(image), {}};
  input.is_table =
      input.image.height == 1 && (format == "npy" || format == "npz" || format == "csv");
  input.energy = known_axis(input.image.energy, input.image.metadata);
  return input;
}

}  // namespace

void add_axis_options(Verb& verb, AxisOptions& options) {
  verb.heading("Energy axis");
  verb.option("--axis OFFSET:DISPERSION", options.axis, parse_axis,
              "energy axis in eV in place of the file's, for files without one");
  verb.option("--shift-energy EV", options.shift, "eV added to the energy axis");
}

std::vector<Input> read_all_inputs(const std::filesystem::path& path) {
  FileContents contents = reading([&] { return read_file(path); });
  std::vector<Input> inputs;
  if (contents.dataset) inputs.push_back(as_input(path, std::move(*contents.dataset)));
  for (SpectrumImage& image : contents.images)
    inputs.push_back(as_input(path, contents.format, std::move(image)));
  for (Input& input : inputs) input.format = contents.format;
  return inputs;
}

Input read_input(const std::filesystem::path& path) {
  std::vector<Input> inputs = read_all_inputs(path);
  if (inputs.size() == 1) return std::move(inputs.front());
  return as_input(path, inputs.empty() ? "" : inputs.front().format,
                  reading([&] { return read_spectrum_image(path); }));
}

SpectrumReader open_spectra(const std::filesystem::path& path, const Progress& progress) {
  return reading([&] { return SpectrumReader(path, progress); });
}

SvmModel read_model_file(const std::filesystem::path& path) {
  return reading([&] { return read_model(path); });
}

Classifier read_classifier(const std::filesystem::path& path) {
  return Classifier(reading([&] { return read_any_model(path); }));
}

Dataset read_labelled_set(const std::filesystem::path& path, const AxisOptions& options) {
  Dataset set = reading([&] { return read_dataset(path); });
  set.energy = corrected_axis(known_axis(set.energy, set.metadata), set.channels, options);
  if (std::find(set.labels.begin(), set.labels.end(), no_label) == set.labels.end()) return set;
  std::vector<std::int64_t> labelled;
  for (std::int64_t row = 0; row < set.rows; ++row)
    if (set.labels[std::size_t(row)] != no_label) labelled.push_back(row);
  return set.subset(labelled);
}

Dataset as_set(Input&& input) {
  SpectrumImage& image = input.image;
  if (!input.is_table) return labelled_pixels(image);
  Dataset set;
  set.rows = image.pixels();
  set.channels = image.energy.size;
  set.counts = std::move(image.counts);
  set.labels = std::move(image.labels);
  set.labels.resize(std::size_t(set.rows), no_label);
  set.class_names = std::move(image.class_names);
  set.energy = input.energy;
  set.truth = std::move(image.truth);
  set.metadata = std::move(image.metadata);
  return set;
}

Pipeline without_background(const Pipeline& pipeline) {
  std::vector<PreparationStep> steps;
  for (const PreparationStep& step : pipeline.steps())
    if (!std::holds_alternative<Background>(step)) steps.push_back(step);
  return Pipeline(std::move(steps), pipeline.input(), pipeline.input_channels());
}

bool looks_like_model(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::array<unsigned char, 9> start{};
  if (!file.read(reinterpret_cast<char*>(start.data()), start.size())) return false;
  if (std::equal(start.begin(), start.end(), "svm_type ")) return true;
  std::uint64_t header = 0;
  for (int i = 7; i >= 0; --i) header = header << 8 | start[std::size_t(i)];
  return header < (1u << 30) && start[8] == '{';
}

std::optional<EnergyAxis> known_axis(const std::optional<EnergyAxis>& energy,
                                     const std::string& metadata) {
  const Json all = parse_json(metadata);
  const Json own = all.is_object() ? all.value("Whiteline", Json()) : Json();
  const bool channel_numbers = own.is_object() && own.value("energy_axis", Json()) == "channels";
  return channel_numbers ? std::nullopt : energy;
}

std::optional<EnergyAxis> corrected_axis(const std::optional<EnergyAxis>& energy,
                                         std::int64_t channels, const AxisOptions& options) {
  std::optional<EnergyAxis> axis = energy;
  if (options.axis) axis = EnergyAxis{options.axis->offset, options.axis->dispersion, channels};
  if (!axis && options.shift != 0.0)
    throw InvalidArgument(
        "cannot shift the energy axis (the file has none) give one with --axis OFFSET:DISPERSION");
  if (axis) axis->offset += options.shift;
  return axis;
}

std::string describe(const EnergyAxis& axis) {
  return fmt::format("{:.6g} to {:.6g} eV, {:.6g} eV a channel, {} channels", axis.offset,
                     axis.last(), axis.dispersion, axis.size);
}

Json to_json(const std::optional<EnergyAxis>& axis) {
  if (!axis) return nullptr;
  return {{"offset_eV", axis->offset}, {"dispersion_eV", axis->dispersion}, {"size", axis->size}};
}

}  // namespace whiteline::cli
