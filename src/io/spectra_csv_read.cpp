#include <algorithm>
#include <cmath>
#include <set>

#include "io/axes.hpp"
#include "io/csv_table.hpp"
#include "io/spectra_csv.hpp"
#include "io/utf8.hpp"

namespace whiteline::io {

namespace {

constexpr std::uint64_t least_to_be_an_axis = 3;

bool says_energy(const std::string& name) {
  std::string text;
  for (const char c : name) text += c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
  return text.find("energy") != std::string::npos || text.find("loss") != std::string::npos ||
         text == "ev" || text == "e" || text.ends_with("(ev)") || text.ends_with("(kev)");
}

bool is_axis(const std::vector<double>& numbers) {
  return numbers.size() >= least_to_be_an_axis && uniform_axis(numbers).has_value();
}

EnergyAxis axis_through(const Cursor& file, const std::vector<double>& energies) {
  const auto axis = uniform_axis(energies);
  if (!axis)
    throw Unsupported(
        fmt::format("cannot read {} (its energies are not ascending in even steps) interpolate it "
                    "to an even axis first",
                    file.path()));
  return *axis;
}

enum class Layout {
  channel_a_line,      // energy, counts, counts, ...
  spectrum_a_line,     // counts of one spectrum
  energies_then_lines  // as numbers without a header, the first line being energies
};

Layout layout_of(const CsvTable& table) {
  const auto name = std::find(table.roles.begin(), table.roles.end(), ColumnRole::value);
  const std::string& first = table.names[std::size_t(name - table.roles.begin())];
  if (table.value_columns() != table.roles.size()) return Layout::spectrum_a_line;
  if (table.has_header) {
    if (energy_in_name(first, table.separator)) return Layout::spectrum_a_line;
    if (table.value_columns() < 2) return Layout::spectrum_a_line;
    const bool named = says_energy(first) || first == "channel";
    return named || is_axis(table.first_values) ? Layout::channel_a_line : Layout::spectrum_a_line;
  }
  if (table.value_columns() >= 2 && is_axis(table.first_values)) return Layout::channel_a_line;
  if (table.rows >= 2 && is_axis(table.first_row)) return Layout::energies_then_lines;
  return Layout::spectrum_a_line;
}

std::vector<double> energies_in_names(const CsvTable& table) {
  std::vector<double> energies;
  for (std::size_t c = 0; c < table.roles.size(); ++c) {
    if (table.roles[c] != ColumnRole::value) continue;
    const auto energy = energy_in_name(table.names[c], table.separator);
    if (!energy) return {};
    energies.push_back(*energy);
  }
  return energies;
}

// Without the first column: channels x spectra, which is an image with energy slowest.
SpectrumImage image_of_columns(const Cursor& file, const CsvTable& table, Json& metadata) {
  SpectrumImage image;
  const std::uint64_t columns = table.value_columns();
  image.height = 1;
  image.width = std::int64_t(columns - 1);
  image.order = SpectrumImage::Order::energy_major;
  if (table.names[0] == "channel") {
    image.energy = channel_axis(std::int64_t(table.rows), metadata);
  } else {
    const double unit = electron_volts(table.names[0]).value_or(1.0);
    const EnergyAxis axis = axis_through(file, table.first_values);
    image.energy = {axis.offset * unit, axis.dispersion * unit, axis.size};
  }
  for (std::uint64_t i = 0; i < table.values.size(); ++i)
    if (i % columns != 0) image.counts.push_back(table.values[i]);
  for (std::size_t c = 1; table.has_header && c < table.names.size(); ++c)
    metadata["original_metadata"]["columns"].push_back(to_utf8(table.names[c]));
  return image;
}

SpectrumImage image_of_lines(const Cursor& file, CsvTable& table, bool energies_first,
                             Json& metadata) {
  SpectrumImage image;
  const std::uint64_t channels = table.value_columns();
  image.height = 1;
  image.width = std::int64_t(table.rows - energies_first);
  if (energies_first) {
    image.energy = axis_through(file, table.first_row);
    table.values.erase(table.values.begin(), table.values.begin() + std::ptrdiff_t(channels));
  } else if (const auto energies = energies_in_names(table); !energies.empty()) {
    image.energy = axis_through(file, energies);
  } else {
    image.energy = channel_axis(std::int64_t(channels), metadata);
  }
  image.counts = std::move(table.values);
  return image;
}

// Columns y and x count the pixels, row after row.
void set_grid(const Cursor& file, const CsvTable& table, SpectrumImage& image) {
  const double width = *std::max_element(table.grid_columns.begin(), table.grid_columns.end()) + 1;
  const double pixels = double(table.rows);
  bool fits = width >= 1 && width <= pixels && std::fmod(pixels, width) == 0.0;
  for (std::size_t i = 0; fits && i < table.grid_rows.size(); ++i)
    fits = table.grid_rows[i] * width + table.grid_columns[i] == double(i) &&
           table.grid_columns[i] >= 0 && table.grid_columns[i] < width;
  if (!fits)
    file.fail_at(FormatError::unknown_offset,
                 "columns y and x do not count the pixels of a grid, row after row from 0");
  image.width = std::int64_t(width);
  image.height = std::int64_t(pixels / width);
}

void set_labels(const CsvTable& table, std::vector<std::int32_t>& labels,
                std::vector<std::string>& class_names) {
  std::set<std::string> distinct(table.labels.begin(), table.labels.end());
  distinct.erase("");
  class_names.assign(distinct.begin(), distinct.end());
  for (const std::string& text : table.labels)
    labels.push_back(
        text.empty() ? no_label
                     : std::int32_t(std::lower_bound(class_names.begin(), class_names.end(), text) -
                                    class_names.begin()));
}

Dataset as_set(SpectrumImage&& image) {
  Dataset set;
  set.rows = image.pixels();
  set.channels = image.energy.size;
  set.counts = std::move(image.counts);
  set.labels = std::move(image.labels);
  set.class_names = std::move(image.class_names);
  set.truth = std::move(image.truth);
  set.metadata = std::move(image.metadata);
  set.energy = image.energy;
  return set;
}

}  // namespace

FileContents read_csv(InputFile& input) {
  const Cursor file = input.cursor();
  CsvTable table = parse_csv_table(file, as_text(input.bytes()));
  if (table.value_columns() == 0) file.fail_at(0, "no column of the table has counts");
  const Layout layout = layout_of(table);
  Json metadata = metadata_tree({.title = input.stem(), .signal_type = "EELS"});
  SpectrumImage image =
      layout == Layout::channel_a_line
          ? image_of_columns(file, table, metadata)
          : image_of_lines(file, table, layout == Layout::energies_then_lines, metadata);
  const bool is_grid = table.has(ColumnRole::row) && table.has(ColumnRole::column);
  if (is_grid) set_grid(file, table, image);
  if (table.has(ColumnRole::label)) set_labels(table, image.labels, image.class_names);
  for (auto& [name, values] : table.truth)
    image.truth[name] = {std::int64_t(values.size() / table.rows), std::move(values)};
  image.title = input.stem();
  const bool channels = metadata.contains("Whiteline");
  image.metadata = metadata.dump();
  FileContents contents{.format = "csv"};
  if (image.labels.empty() || is_grid) {
    contents.images.push_back(std::move(image));
  } else {
    contents.dataset = as_set(std::move(image));
    if (channels) contents.dataset->energy.reset();
  }
  return contents;
}

}  // namespace whiteline::io
