#include <fmt/format.h>

#include <functional>
#include <iterator>

#include "io/atomic_file.hpp"
#include "io/axes.hpp"
#include "io/spectra_csv.hpp"

namespace whiteline::io {

namespace {

constexpr std::size_t flush_size = 1 << 20;

std::string in_quotes(const std::string& text) {
  if (text.find_first_of(",;\"\r\n\t# ") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c == '\r' || c == '\n' ? ' ' : c;
  }
  return quoted + '"';
}

// What a table has to know of an image or a set.
struct Rows {
  std::int64_t count = 0, channels = 0;
  std::int64_t width = 0;  // of the grid; 0: no columns y and x
  const EnergyAxis* energy = nullptr;
  const std::vector<std::int32_t>& labels;
  const std::vector<std::string>& class_names;
  const std::map<std::string, TruthTable>& truth;
  std::function<float(std::int64_t row, std::int64_t channel)> at;
};

void write_header(std::string& text, const Rows& rows) {
  if (rows.width) text += "y,x,";
  if (!rows.labels.empty()) text += "label,";
  for (const auto& [name, table] : rows.truth)
    for (std::int64_t c = 0; c < table.columns; ++c)
      text += in_quotes(table.columns == 1 ? fmt::format("truth_{}", name)
                                           : fmt::format("truth_{}[{}]", name, c)) +
              ",";
  for (std::int64_t c = 0; c < rows.channels; ++c)
    text += (c ? "," : "") + (rows.energy ? fmt::format("{}", rows.energy->energy(c))
                                          : fmt::format("channel {}", c));
  text += '\n';
}

void write_rows(AtomicFile& file, const Rows& rows) {
  std::string text;
  const auto out = std::back_inserter(text);
  write_header(text, rows);
  for (std::int64_t row = 0; row < rows.count; ++row) {
    if (rows.width) fmt::format_to(out, "{},{},", row / rows.width, row % rows.width);
    if (!rows.labels.empty()) {
      const std::int32_t label = rows.labels[std::size_t(row)];
      text += (label == no_label ? "" : in_quotes(rows.class_names[std::size_t(label)])) + ",";
    }
    for (const auto& [name, table] : rows.truth)
      for (std::int64_t c = 0; c < table.columns; ++c)
        fmt::format_to(out, "{},", table.values[std::size_t(row * table.columns + c)]);
    for (std::int64_t c = 0; c < rows.channels; ++c)
      fmt::format_to(out, "{}{}", c ? "," : "", rows.at(row, c));
    text += '\n';
    if (text.size() < flush_size) continue;
    file.write(text);
    text.clear();
  }
  file.write(text);
}

}  // namespace

void write_csv(AtomicFile& file, const SpectrumImage& image) {
  const bool channels =
      text_or(parse_json(image.metadata), "Whiteline/energy_axis", "") == "channels";
  if (image.pixels() > 1 || !image.labels.empty() || !image.truth.empty())
    return write_rows(
        file, {image.pixels(), image.energy.size, image.width, channels ? nullptr : &image.energy,
               image.labels, image.class_names, image.truth,
               [&](std::int64_t row, std::int64_t channel) { return image.at(row, channel); }});
  std::string text = channels ? "channel,counts\n" : "energy (eV),counts\n";
  for (std::int64_t c = 0; c < image.energy.size; ++c)
    fmt::format_to(std::back_inserter(text), "{},{}\n", image.energy.energy(c),
                   image.counts[std::size_t(c)]);
  file.write(text);
}

void write_csv(AtomicFile& file, const Dataset& set) {
  write_rows(file, {set.rows, set.channels, 0, set.energy ? &*set.energy : nullptr, set.labels,
                    set.class_names, set.truth, [&](std::int64_t row, std::int64_t channel) {
                      return set.counts[std::size_t(row * set.channels + channel)];
                    }});
}

}  // namespace whiteline::io
