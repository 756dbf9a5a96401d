#include <algorithm>
#include <set>

#include "io/axes.hpp"
#include "io/format.hpp"
#include "io/npz.hpp"

namespace whiteline::io {

namespace {

using Array = NpzReader::Array;

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += text.empty() ? name : ", " + name;
  return text;
}

std::string text_of(NpzReader& archive, std::string_view name, std::string_view otherwise) {
  const auto array = archive.find(name);
  if (!array) return std::string(otherwise);
  const auto texts = array->texts();
  if (texts.size() != 1) array->fail(fmt::format("`{}` is not one text", name));
  return texts[0];
}

std::string metadata_of(NpzReader& archive) {
  const std::string text = text_of(archive, "metadata", "{}");
  try {
    const Json json = parse_json(text);
    if (json.is_object()) return json.dump();
  } catch (const JsonProblem&) {
  }
  throw FormatError(archive.path(), 0, "`metadata` is no JSON object");
}

std::optional<EnergyAxis> energy_of(NpzReader& archive, std::int64_t channels) {
  const auto array = archive.find("energy");
  if (!array) return std::nullopt;
  const auto energies = array->doubles();
  if (array->npy.shape.size() != 1 || std::int64_t(energies.size()) != channels)
    array->fail(fmt::format("`energy` has not one number for each of {} channels", channels));
  const auto axis = uniform_axis(energies);
  if (!axis)
    throw Unsupported(
        fmt::format("cannot read {} (`energy` is not ascending in even steps) "
                    "interpolate the spectra to an even axis first",
                    archive.path()));
  return axis;
}

std::map<std::string, TruthTable> truth_of(NpzReader& archive, std::int64_t rows) {
  std::map<std::string, TruthTable> tables;
  for (const std::string& name : archive.names()) {
    if (!name.starts_with(truth_prefix)) continue;
    const auto array = archive.find(name);
    TruthTable table{1, array->doubles()};
    const std::int64_t count = std::int64_t(table.values.size());
    if (rows == 0 || count == 0 || count % rows != 0)
      array->fail(fmt::format("`{}` has {} numbers for {} spectra", name, count, rows));
    table.columns = count / rows;
    tables.emplace(name.substr(truth_prefix.size()), std::move(table));
  }
  return tables;
}

struct Labels {
  std::vector<std::int32_t> labels;
  std::vector<std::string> class_names;
};

// Without class_names each distinct label is a class, named as it is written.
Labels named_by_value(const Array& array) {
  Labels result;
  if (array.npy.kind != NpyArray::Kind::number) {
    const auto texts = array.texts();
    const std::set<std::string> distinct(texts.begin(), texts.end());
    result.class_names.assign(distinct.begin(), distinct.end());
    for (const std::string& text : texts)
      result.labels.push_back(std::int32_t(std::distance(distinct.begin(), distinct.find(text))));
    return result;
  }
  const auto values = array.integers();
  std::set<std::int32_t> distinct(values.begin(), values.end());
  distinct.erase(no_label);
  const std::vector<std::int32_t> sorted(distinct.begin(), distinct.end());
  for (const std::int32_t value : sorted) result.class_names.push_back(std::to_string(value));
  for (const std::int32_t value : values)
    result.labels.push_back(
        value == no_label
            ? no_label
            : std::int32_t(std::lower_bound(sorted.begin(), sorted.end(), value) - sorted.begin()));
  return result;
}

Labels labels_of(NpzReader& archive, const Array& array, std::int64_t rows) {
  const auto names = archive.find("class_names");
  Labels result;
  if (names) {
    result = {array.integers(), names->texts()};
    for (const std::int32_t label : result.labels)
      if (label < no_label || label >= std::int64_t(result.class_names.size()))
        array.fail(fmt::format("label {} is none of {} classes", label, result.class_names.size()));
  } else {
    result = named_by_value(array);
  }
  if (std::int64_t(result.labels.size()) != rows)
    array.fail(fmt::format("there are {} labels for {} spectra", result.labels.size(), rows));
  return result;
}

std::optional<Array> either(NpzReader& archive, std::string_view name, std::string_view synonym) {
  auto array = archive.find(name);
  return array ? std::move(array) : archive.find(synonym);
}

Dataset dataset_of(NpzReader& archive, const Array& spectra, const Array& labels) {
  Dataset dataset;
  dataset.rows = std::int64_t(spectra.npy.shape[0]);
  dataset.channels = std::int64_t(spectra.npy.shape[1]);
  auto [values, names] = labels_of(archive, labels, dataset.rows);
  dataset.labels = std::move(values);
  dataset.class_names = std::move(names);
  dataset.energy = energy_of(archive, dataset.channels);
  dataset.truth = truth_of(archive, dataset.rows);
  dataset.metadata = metadata_of(archive);
  dataset.counts = spectra.floats();
  return dataset;
}

void set_scale(NpzReader& archive, double& scale_y, double& scale_x, std::string& units) {
  const auto scale = archive.find("scale");
  if (!scale) return;
  const auto numbers = scale->doubles();
  if (numbers.size() != 2) scale->fail("`scale` has not two numbers");
  scale_y = numbers[0];
  scale_x = numbers[1];
  units = text_of(archive, "scale_units", "");
}

// The image but for its counts and truth tables.
StoredImage image_of(NpzReader& archive, const NpyArray& spectra, const std::string& stem) {
  StoredImage found;
  set_places(spectra, found);
  SpectrumImage& image = found.image;
  const std::int64_t channels = std::int64_t(spectra.shape.back());
  Json metadata = parse_json(metadata_of(archive));
  const auto axis = energy_of(archive, channels);
  image.energy = axis ? *axis : channel_axis(channels, metadata);
  image.title = text_of(archive, "title", stem);
  if (metadata.empty() || !metadata.contains("Signal"))
    metadata.update(metadata_tree({.title = image.title, .signal_type = "EELS"}));
  image.metadata = metadata.dump();
  set_scale(archive, image.scale_y, image.scale_x, image.scale_units);
  if (const auto labels = either(archive, "labels", "y")) {
    auto [values, names] = labels_of(archive, *labels, image.pixels());
    image.labels = std::move(values);
    image.class_names = std::move(names);
  } else if (const auto names = archive.find("class_names")) {
    image.class_names = names->texts();
  }
  return found;
}

void check_dimensions(const NpzReader& archive, const NpyArray& spectra) {
  const std::size_t dimensions = spectra.shape.size();
  if (dimensions < 1 || dimensions > 3)
    throw Unsupported(
        fmt::format("cannot read {} (its spectra have {} dimensions) save them as "
                    "(channels), (spectra, channels) or (y, x, channels)",
                    archive.path(), dimensions));
}

}  // namespace

std::optional<Array> NpzReader::find(std::string_view name) {
  const ZipMember* member = zip_.find(fmt::format("{}.npy", name));
  if (!member) return std::nullopt;
  ZipContents contents = zip_.extract(*member);
  paths_.push_back(std::make_unique<std::string>(fmt::format("{}:{}", path_, member->name)));
  const Cursor file(*paths_.back(), contents.bytes);
  return Array{std::move(contents), parse_npy(file), file};
}

std::optional<NpyArray> NpzReader::locate(std::string_view name) {
  const ZipMember* member = zip_.find(fmt::format("{}.npy", name));
  if (!member || member->deflated) return std::nullopt;
  return parse_npy(zip_.place_of(*member));
}

std::vector<std::string> NpzReader::names() const {
  std::vector<std::string> names;
  for (const ZipMember& member : zip_.members())
    if (member.name.ends_with(".npy"))
      names.push_back(member.name.substr(0, member.name.size() - 4));
  return names;
}

FileContents read_npz(InputFile& file) {
  NpzReader archive(file);
  const auto spectra = either(archive, "spectra", "X");
  if (!spectra)
    throw ReadError(
        fmt::format("cannot read {} (it has no array `spectra` or `X`, but: {}) save "
                    "the spectra under one of these names",
                    file.path(), joined(archive.names())));
  check_dimensions(archive, spectra->npy);
  if (spectra->npy.count() == 0) spectra->fail("there are no spectra");
  FileContents contents{.format = "npz"};
  const auto labels =
      spectra->npy.shape.size() == 2 ? either(archive, "labels", "y") : std::nullopt;
  if (labels) {
    contents.dataset = dataset_of(archive, *spectra, *labels);
    return contents;
  }
  SpectrumImage image = image_of(archive, spectra->npy, file.stem()).image;
  image.truth = truth_of(archive, image.pixels());
  image.counts = spectra->floats();
  contents.images.push_back(std::move(image));
  return contents;
}

std::vector<StoredImage> locate_npz(InputFile& file) {
  NpzReader archive(file);
  auto spectra = archive.locate("spectra");
  if (!spectra) spectra = archive.locate("X");
  // What is compressed, or no good, is for read_npz.
  if (!spectra || spectra->kind != NpyArray::Kind::number || spectra->count() == 0) return {};
  check_dimensions(archive, *spectra);
  return {image_of(archive, *spectra, file.stem())};
}

ProbabilityMaps read_maps_npz(InputFile& file) {
  NpzReader archive(file);
  const auto array = archive.find("probabilities");
  if (!array)
    throw ReadError(
        fmt::format("cannot read {} (it has no array `probabilities`, but: {}) name a "
                    "file that `whiteline classify` wrote",
                    file.path(), joined(archive.names())));
  if (array->npy.shape.size() != 3) array->fail("`probabilities` is not (y, x, class)");
  ProbabilityMaps maps;
  maps.height = std::int64_t(array->npy.shape[0]);
  maps.width = std::int64_t(array->npy.shape[1]);
  if (const auto names = archive.find("class_names")) maps.class_names = names->texts();
  if (maps.class_names.size() != array->npy.shape[2])
    array->fail(fmt::format("there are {} class names for {} classes", maps.class_names.size(),
                            array->npy.shape[2]));
  if (const auto labels = archive.find("labels"))
    maps.labels = labels_of(archive, *labels, maps.height * maps.width).labels;
  maps.title = text_of(archive, "title", file.stem());
  set_scale(archive, maps.scale_y, maps.scale_x, maps.scale_units);
  maps.metadata = metadata_of(archive);
  maps.probabilities = array->floats();
  return maps;
}

}  // namespace whiteline::io
