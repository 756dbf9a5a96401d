#include <algorithm>
#include <cmath>
#include <limits>

#include "io/axes.hpp"
#include "io/hspy.hpp"
#include "io/hspy_experiment.hpp"
#include "io/hspy_tiles.hpp"
#include "io/nion.hpp"

namespace whiteline::io {

namespace {

using hspy::Contents;
using hspy::Experiment;

[[noreturn]] void refuse(const Cursor& file, const std::string& what) {
  throw Unsupported(
      fmt::format("cannot read {} ({}) convert it with HyperSpy first", file.path(), what));
}

bool is_energy(const ArrayAxis& axis) {
  return !axis.units.empty() && axis.units != "<undefined>" && electron_volts(axis.units);
}

// Old files do not say which axes are of navigation, but what the data are records of; arrays of
// other programs may at least have an axis in eV.
std::vector<ArrayAxis> axes_of(const Experiment& experiment) {
  std::vector<ArrayAxis> axes = experiment.axes;
  const bool record = find(experiment.metadata, "record_by") != nullptr;
  if (!record && std::count_if(axes.begin(), axes.end(), is_energy) == 1)
    for (ArrayAxis& axis : axes)
      if (!axis.navigate) axis.navigate = !is_energy(axis);
  const std::size_t signal = text_or(experiment.metadata, "record_by", "") == "image" ? 2 : 1;
  for (std::size_t d = 0; d < axes.size(); ++d)
    if (!axes[d].navigate) axes[d].navigate = d + signal < axes.size();
  return axes;
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

// All but the counts.
SpectrumImage image_of(const Cursor& file, const Experiment& experiment) {
  if (!experiment.unsupported.empty()) refuse(file, experiment.unsupported);
  if (experiment.data->count() == 0) file.fail_as_a_whole("an experiment is empty");
  SpectrumImage image;
  if (experiment.properties.empty()) {
    Json metadata = modern(experiment.metadata);
    std::string title = text_or(metadata, "General/title", "");
    if (title.empty()) title = experiment.name;
    image = image_of_axes(file, axes_of(experiment), std::move(metadata), title);
  } else {
    image = nion_image(file, experiment.properties, experiment.data->shape, experiment.name);
  }
  return image;
}

std::vector<std::int32_t> labels_of(const Contents& contents, const Experiment& experiment,
                                    std::size_t classes, std::int64_t pixels) {
  const Cursor& file = contents.file();
  std::vector<std::int32_t> labels;
  if (!experiment.data || std::int64_t(experiment.data->count()) != pixels)
    file.fail_as_a_whole("the labels do not fit the pixels");
  for (const float label : contents.floats(experiment)) {
    if (!(label >= float(no_label) && label < float(classes)) || label != std::floor(label))
      file.fail_as_a_whole(fmt::format("label {} is none of {} classes", label, classes));
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

enum class Companions { labels, labels_and_truth };

// Labels and truth tables lie beside the spectra they belong to.
void add_companions(const Contents& contents, const Experiment& spectra, Companions wanted,
                    SpectrumImage& image) {
  image.class_names = class_names_of(spectra);
  for (const Experiment& other : contents.experiments()) {
    const std::string role = other.role();
    if (role == "labels")
      image.labels = labels_of(contents, other, image.class_names.size(), image.pixels());
    if (role != "truth" || !other.data || wanted == Companions::labels) continue;
    TruthTable table{1, contents.doubles(other)};
    const auto count = std::int64_t(table.values.size());
    if (count == 0 || count % image.pixels() != 0)
      contents.file().fail_as_a_whole("a truth table does not fit the pixels");
    table.columns = count / image.pixels();
    image.truth[text_or(other.metadata, "Whiteline/name", other.name)] = std::move(table);
  }
  forget_marks(image);
}

std::string_view format_name(const Contents& contents) {
  return contents.layout() == "hspy" ? "hspy" : "h5";
}

// Calls visit(experiment, image) for the images, which have no counts yet. Throws Unsupported
// where there are only such as are not supported.
template <class Visit>
void for_each_image(const Contents& contents, Companions wanted, Visit visit) {
  std::optional<Unsupported> refused;
  bool some = false;
  for (const Experiment& experiment : contents.experiments()) {
    const std::string role = experiment.role();
    if (role == "labels" || role == "truth" || role == "probabilities") continue;
    try {
      SpectrumImage image = image_of(contents.file(), experiment);
      if (role == "spectra") add_companions(contents, experiment, wanted, image);
      visit(experiment, std::move(image));
      some = true;
    } catch (const Unsupported& reason) {
      refused = reason;
    }
  }
  if (!some && refused) throw *refused;
}

// Where the numbers of an array lie that has the energy in its last axis, or its first.
StoredCounts places(const StoredCounts& block, const SpectrumImage& image) {
  const bool first = image.order == SpectrumImage::Order::energy_major;
  StoredCounts counts = block;
  counts.channel_step = first ? image.pixels() : 1;
  counts.x_step = first ? 1 : image.energy.size;
  counts.y_step = image.width * counts.x_step;
  return counts;
}

}  // namespace

bool is_hdf5(std::span<const std::byte> head) {
  constexpr std::string_view magic = "\x89HDF\r\n\x1A\n";
  for (const std::size_t at : {0, 512, 1024, 2048})
    if (head.size() >= at + magic.size() && as_text(head.subspan(at)).starts_with(magic))
      return true;
  return false;
}

FileContents read_hdf5(InputFile& file) {
  const Contents contents(file);
  FileContents result{.format = std::string(format_name(contents))};
  const auto add = [&](const Experiment& experiment, SpectrumImage image) {
    image.counts = contents.floats(experiment);
    result.images.push_back(std::move(image));
  };
  for_each_image(contents, Companions::labels_and_truth, add);
  return result;
}

std::vector<StoredImage> locate_hdf5(InputFile& file) {
  const Contents contents(file);
  std::vector<StoredImage> images;
  const auto add = [&](const Experiment& experiment, SpectrumImage image) {
    const hspy::ArrayPlace& place = *experiment.data;
    StoredImage found;
    found.format = format_name(contents);
    const bool rows_are_spectra = image.order == SpectrumImage::Order::pixel_major &&
                                  std::int64_t(place.length()) == image.energy.size;
    if (place.stored)
      found.counts = places(*place.stored, image);
    else if (rows_are_spectra) {
      contents.arrays()->check_row(place);
      found.tiles =
          std::make_shared<hspy::PackedSpectra>(contents.arrays(), place, experiment.name);
    } else
      found.as_a_whole = true;
    found.image = std::move(image);
    images.push_back(std::move(found));
  };
  for_each_image(contents, Companions::labels, add);
  return images;
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
    contents.file().fail_as_a_whole("class names and probabilities differ in number");
  maps.probabilities = contents.floats(*found);
  maps.metadata = text_or(found->metadata, "Whiteline/record", "{}");
  for (const Experiment& other : all)
    if (other.role() == "labels")
      maps.labels = labels_of(contents, other, maps.class_names.size(), maps.height * maps.width);
  return maps;
}

}  // namespace whiteline::io
