#include <algorithm>

#include "io/axes.hpp"
#include "io/byte_writers.hpp"
#include "io/npz.hpp"
#include "io/utf8.hpp"

namespace whiteline::io {

namespace {

using Shape = std::vector<std::uint64_t>;

template <class T>
void add(ZipWriter& zip, std::string_view name, std::string_view descr, const Shape& shape,
         const std::vector<T>& numbers) {
  static_assert(std::endian::native == std::endian::little);
  zip.add(fmt::format("{}.npy", name), npy_header(descr, shape), std::as_bytes(std::span(numbers)));
}

// The numbers that `write` gives.
void add(ZipWriter& zip, std::string_view name, std::string_view descr, const Shape& shape,
         std::size_t item, const WriteBytes& write) {
  std::uint64_t size = item;
  for (const std::uint64_t extent : shape) size = saturated_product(size, extent);
  zip.add(fmt::format("{}.npy", name), npy_header(descr, shape), size, write);
}

// As NumPy's unicode strings, padded to the longest.
void add_texts(ZipWriter& zip, std::string_view name, const Shape& shape,
               const std::vector<std::string>& texts) {
  std::vector<std::u32string> points;
  std::size_t longest = 1;
  for (const std::string& text : texts) {
    points.push_back(utf8_to_utf32(text));
    longest = std::max(longest, points.back().size());
  }
  std::u32string padded;
  for (std::u32string& text : points) {
    text.resize(longest, U'\0');
    padded += text;
  }
  zip.add(fmt::format("{}.npy", name), npy_header(fmt::format("<U{}", longest), shape),
          std::as_bytes(std::span(padded)));
}

void add_text(ZipWriter& zip, std::string_view name, const std::string& text) {
  add_texts(zip, name, {}, {text});
}

void add_energy(ZipWriter& zip, const EnergyAxis& axis) {
  std::vector<double> energies(std::size_t(axis.size));
  for (std::int64_t i = 0; i < axis.size; ++i) energies[std::size_t(i)] = axis.energy(i);
  add(zip, "energy", "<f8", {energies.size()}, energies);
}

void add_truth(ZipWriter& zip, const std::map<std::string, TruthTable>& truth, const Shape& grid) {
  for (const auto& [name, table] : truth) {
    Shape shape = grid;
    if (table.columns != 1) shape.push_back(std::uint64_t(table.columns));
    add(zip, std::string(truth_prefix) + name, "<f8", shape, table.values);
  }
}

void add_scale(ZipWriter& zip, double scale_y, double scale_x, const std::string& units) {
  add(zip, "scale", "<f8", {2}, std::vector<double>{scale_y, scale_x});
  add_text(zip, "scale_units", units);
}

// Only where channels are energies.
bool knows_energies(const SpectrumImage& image) {
  return text_or(parse_json(image.metadata), "Whiteline/energy_axis", "") != "channels";
}

}  // namespace

void write_npz(AtomicFile& file, const SpectrumImage& image, const WriteBytes& counts) {
  ZipWriter zip(file);
  const Shape grid = {std::uint64_t(image.height), std::uint64_t(image.width)};
  const Shape cube = {grid[0], grid[1], std::uint64_t(image.energy.size)};
  add(zip, "spectra", "<f4", cube, sizeof(float), counts);
  if (knows_energies(image)) add_energy(zip, image.energy);
  if (!image.labels.empty()) add(zip, "labels", "<i4", grid, image.labels);
  if (!image.class_names.empty())
    add_texts(zip, "class_names", {image.class_names.size()}, image.class_names);
  add_truth(zip, image.truth, grid);
  add_scale(zip, image.scale_y, image.scale_x, image.scale_units);
  add_text(zip, "title", image.title);
  add_text(zip, "metadata", image.metadata);
  zip.finish();
}

void write_npz(AtomicFile& file, const Dataset& dataset) {
  ZipWriter zip(file);
  const Shape rows = {std::uint64_t(dataset.rows)};
  add(zip, "spectra", "<f4", {rows[0], std::uint64_t(dataset.channels)}, dataset.counts);
  add(zip, "labels", "<i4", rows, dataset.labels);
  add_texts(zip, "class_names", {dataset.class_names.size()}, dataset.class_names);
  if (dataset.energy) add_energy(zip, *dataset.energy);
  add_truth(zip, dataset.truth, rows);
  add_text(zip, "metadata", dataset.metadata);
  zip.finish();
}

void write_npz(AtomicFile& file, const ProbabilityMaps& maps, const MapNumbers& numbers) {
  ZipWriter zip(file);
  const Shape grid = {std::uint64_t(maps.height), std::uint64_t(maps.width)};
  add(zip, "probabilities", "<f4", {grid[0], grid[1], maps.class_names.size()}, sizeof(float),
      bytes_of(numbers.probabilities));
  if (numbers.labels)
    add(zip, "labels", "<i4", grid, sizeof(std::int32_t), bytes_of(numbers.labels));
  add_texts(zip, "class_names", {maps.class_names.size()}, maps.class_names);
  add_scale(zip, maps.scale_y, maps.scale_x, maps.scale_units);
  add_text(zip, "title", maps.title);
  add_text(zip, "metadata", maps.metadata);
  zip.finish();
}

}  // namespace whiteline::io
