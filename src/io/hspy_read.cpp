#include <algorithm>
#include <cmath>
#include <limits>

#include "io/axes.hpp"
#include "io/hspy.hpp"
#include "io/hspy_experiment.hpp"

namespace whiteline::io {

namespace {

using hspy::Axis;
using hspy::Contents;
using hspy::Experiment;

constexpr std::uint64_t unknown = FormatError::unknown_offset;

[[noreturn]] void unsupported(const Cursor& file, const std::string& what) {
  throw Unsupported(
      fmt::format("cannot read {} ({}) convert it with HyperSpy first", file.path(), what));
}

// Old files do not say which axes are of navigation, but what the data are records of.
std::vector<bool> navigation(const Experiment& experiment) {
  std::vector<bool> result;
  const std::string record = text_or(experiment.metadata, "record_by", "spectrum");
  const std::size_t signal = record == "image" ? 2 : 1;
  for (std::size_t d = 0; d < experiment.axes.size(); ++d)
    result.push_back(experiment.axes[d].navigate.value_or(d + signal < experiment.axes.size()));
  return result;
}

// `mapped_parameters` of HyperSpy 0.x in today's tree.
Json modern(Json metadata) {
  if (metadata.contains("General") || metadata.contains("Signal")) return metadata;
  Acquisition facts;
  facts.title = text_or(metadata, "title", "");
  facts.signal_type = text_or(metadata, "signal_type", "");
  facts.beam_energy = number_or(metadata, "TEM/beam_energy", 0.0);
  facts.convergence_angle = number_or(metadata, "TEM/convergence_angle", 0.0);
  facts.collection_angle = number_or(metadata, "TEM/EELS/collection_angle", 0.0);
  Json tree = metadata_tree(facts);
  for (const auto& [key, value] : metadata.items())
    if (!tree.contains(key) && key != "original_metadata") tree["original_metadata"][key] = value;
  if (metadata.contains("original_metadata"))
    tree["original_metadata"].update(metadata["original_metadata"]);
  return tree;
}

EnergyAxis energy_axis(const Cursor& file, const Axis& axis, Json& metadata) {
  const auto size = std::int64_t(axis.size);
  const std::string units = axis.units == "None" || axis.units == "_None_" ? "" : axis.units;
  const auto unit = electron_volts(units);
  if (!unit) unsupported(file, fmt::format("its signal axis is in {}, not in eV", units));
  if (!axis.energies.empty()) {
    const auto uniform = uniform_axis(axis.energies);
    if (!uniform || uniform->size != size)
      unsupported(file, "its energies are not ascending in even steps");
    return {uniform->offset * *unit, uniform->dispersion * *unit, size};
  }
  const bool plain = units.empty() && axis.offset == 0.0 && axis.scale == 1.0;
  if (plain) return channel_axis(size, metadata);
  const EnergyAxis energy{axis.offset * *unit, axis.scale * *unit, size};
  if (!is_valid(energy)) unsupported(file, "its energies do not ascend");
  return energy;
}

void set_pixels(SpectrumImage& image, const std::vector<const Axis*>& axes) {
  image.height = axes.size() == 2 ? std::int64_t(axes[0]->size) : 1;
  image.width = axes.empty() ? 1 : std::int64_t(axes.back()->size);
  if (axes.empty()) return;
  image.scale_x = axes.back()->scale;
  image.scale_y = axes.front()->scale;
  const std::string& units = axes.back()->units;
  image.scale_units = units == "_None_" || units == "None" || units == "<undefined>" ? "" : units;
}

SpectrumImage image_of(const Cursor& file, const Experiment& experiment) {
  if (!experiment.unsupported.empty()) unsupported(file, experiment.unsupported);
  const std::vector<bool> is_navigation = navigation(experiment);
  std::vector<const Axis*> pixels, signal;
  for (std::size_t d = 0; d < experiment.axes.size(); ++d)
    (is_navigation[d] ? pixels : signal).push_back(&experiment.axes[d]);
  SpectrumImage image;
  Json metadata = modern(experiment.metadata);
  image.title = text_or(metadata, "General/title", "");
  if (image.title.empty()) image.title = experiment.name;
  if (experiment.data->count() == 0) file.fail_at(unknown, "an experiment is empty");
  if (signal.size() == 1 && pixels.size() <= 2) {
    const bool first = !is_navigation.front() && !pixels.empty();
    if (is_navigation.back() && !first) unsupported(file, "its energy axis is in the middle");
    image.order = first ? SpectrumImage::Order::energy_major : SpectrumImage::Order::pixel_major;
    set_pixels(image, pixels);
    image.energy = energy_axis(file, *signal[0], metadata);
  } else if (signal.size() == 2 && pixels.empty()) {
    set_pixels(image, signal);
    image.energy = channel_axis(1, metadata);
  } else {
    unsupported(file, fmt::format("experiment `{}` has {} navigation and {} signal axes",
                                  experiment.name, pixels.size(), signal.size()));
  }
  image.counts = experiment.floats();
  image.metadata = metadata.dump();
  return image;
}

std::vector<std::int32_t> labels_of(const Cursor& file, const Experiment& experiment,
                                    std::size_t classes, std::int64_t pixels) {
  std::vector<std::int32_t> labels;
  if (!experiment.data || std::int64_t(experiment.data->count()) != pixels)
    file.fail_at(unknown, "the labels do not fit the pixels");
  for (const float label : experiment.floats()) {
    if (!(label >= float(no_label) && label < float(classes)) || label != std::floor(label))
      file.fail_at(unknown, fmt::format("label {} is none of {} classes", label, classes));
    labels.push_back(std::int32_t(label));
  }
  return labels;
}

std::vector<std::string> class_names_of(const Experiment& experiment) {
  std::vector<std::string> names;
  try {
    const Json list = parse_json(text_or(experiment.metadata, "Whiteline/class_names", "[]"));
    for (const Json& name : list)
      names.push_back(name.is_string() ? name.get<std::string>() : name.dump());
  } catch (const JsonProblem&) {
    names.clear();
  }
  return names;
}

// What this library keeps in the tree for itself, not for the caller.
void forget_marks(SpectrumImage& image) {
  Json metadata = parse_json(image.metadata);
  const auto own = metadata.find("Whiteline");
  if (own == metadata.end() || !own->is_object()) return;
  own->erase("role");
  own->erase("class_names");
  if (own->empty()) metadata.erase("Whiteline");
  image.metadata = metadata.dump();
}

// Labels and truth tables lie beside the spectra they belong to.
void add_companions(const Contents& contents, const Experiment& spectra, SpectrumImage& image) {
  image.class_names = class_names_of(spectra);
  for (const Experiment& other : contents.experiments()) {
    const std::string role = other.role();
    if (role == "labels")
      image.labels = labels_of(contents.file(), other, image.class_names.size(), image.pixels());
    if (role != "truth" || !other.data) continue;
    TruthTable table{1, other.doubles()};
    const auto count = std::int64_t(table.values.size());
    if (count == 0 || count % image.pixels() != 0)
      contents.file().fail_at(unknown, "a truth table does not fit the pixels");
    table.columns = count / image.pixels();
    image.truth[text_or(other.metadata, "Whiteline/name", other.name)] = std::move(table);
  }
  forget_marks(image);
}

}  // namespace

bool is_hdf5(std::span<const std::byte> head) {
  constexpr std::string_view magic = "\x89HDF\r\n\x1A\n";
  for (const std::size_t at : {0, 512, 1024, 2048})
    if (head.size() >= at + magic.size() && as_text(head.subspan(at)).starts_with(magic))
      return true;
  return false;
}

FileContents read_hspy(InputFile& file) {
  const Contents contents(file);
  FileContents result{.format = "hspy"};
  std::optional<Unsupported> refused;
  for (const Experiment& experiment : contents.experiments()) {
    const std::string role = experiment.role();
    if (role == "labels" || role == "truth" || role == "probabilities") continue;
    try {
      SpectrumImage image = image_of(contents.file(), experiment);
      if (role == "spectra") add_companions(contents, experiment, image);
      result.images.push_back(std::move(image));
    } catch (const Unsupported& reason) {
      refused = reason;
    }
  }
  if (result.images.empty() && refused) throw *refused;
  return result;
}

ProbabilityMaps read_maps_hspy(InputFile& file) {
  const Contents contents(file);
  const auto& all = contents.experiments();
  const auto found = std::find_if(all.begin(), all.end(), [](const Experiment& experiment) {
    return experiment.role() == "probabilities";
  });
  if (found == all.end() || !found->data || found->axes.size() != 3)
    throw ReadError(
        fmt::format("cannot read {} as probability maps (it holds none) name a file "
                    "that `whiteline classify` wrote",
                    file.path()));
  ProbabilityMaps maps;
  maps.title = text_or(found->metadata, "General/title", found->name);
  maps.height = std::int64_t(found->axes[0].size);
  maps.width = std::int64_t(found->axes[1].size);
  maps.scale_y = found->axes[0].scale;
  maps.scale_x = found->axes[1].scale;
  maps.scale_units = found->axes[1].units;
  maps.class_names = class_names_of(*found);
  if (maps.class_names.size() != found->axes[2].size)
    contents.file().fail_at(unknown, "class names and probabilities differ in number");
  maps.probabilities = found->floats();
  maps.metadata = text_or(found->metadata, "Whiteline/record", "{}");
  for (const Experiment& other : all)
    if (other.role() == "labels")
      maps.labels =
          labels_of(contents.file(), other, maps.class_names.size(), maps.height * maps.width);
  return maps;
}

}  // namespace whiteline::io
