#include <algorithm>
#include <cmath>

#include "io/axes.hpp"
#include "io/msa.hpp"
#include "io/numbers.hpp"
#include "io/utf8.hpp"

namespace whiteline::io {

namespace {

constexpr std::size_t max_keys = 10'000;

struct Header {
  std::map<std::string, std::string> fields;  // KEY -> value
  std::uint64_t data_offset = 0;

  std::string_view text(const std::string& key) const {
    const auto found = fields.find(key);
    return found == fields.end() ? std::string_view() : std::string_view(found->second);
  }
  std::optional<double> number(const std::string& key) const { return parse_double(text(key)); }
};

class Lines {
 public:
  Lines(std::string_view text, std::uint64_t begin) : text_(text), at_(begin) {}

  // The next line, without its end; lines end with LF, CR LF or CR.
  bool next(std::string_view& line) {
    if (at_ >= text_.size()) return false;
    begin_ = at_;
    const std::size_t end = std::min(text_.find_first_of("\r\n", at_), text_.size());
    line = text_.substr(at_, end - at_);
    at_ = end + 1;
    if (end + 1 < text_.size() && text_[end] == '\r' && text_[end + 1] == '\n') ++at_;
    return true;
  }
  std::uint64_t line_offset() const { return begin_; }
  std::uint64_t offset() const { return std::min(at_, text_.size()); }

 private:
  std::string_view text_;
  std::size_t at_, begin_ = 0;
};

// "#BEAMKV   -kV: 200" -> BEAMKV.
std::string key_of(std::string_view line) {
  std::string key;
  for (const char c : line.substr(1)) {
    if (c == ':' || is_space(c)) break;
    key += c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c;
  }
  return to_utf8(key);
}

Header read_header(const Cursor& file, std::string_view text) {
  Header header;
  Lines lines(text, 0);
  std::string_view line;
  while (lines.next(line)) {
    if (line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
    line = trimmed(line);
    if (line.empty()) continue;
    if (line.front() != '#')
      file.fail_at(lines.line_offset(), "a line of the header does not begin with #");
    const std::string key = key_of(line);
    header.data_offset = lines.offset();
    if (key == "SPECTRUM") return header;
    const std::size_t colon = line.find(':');
    const auto value = colon == std::string_view::npos ? "" : trimmed(line.substr(colon + 1));
    header.fields.emplace(key, to_utf8(value));  // the first of a key counts
    if (header.fields.size() > max_keys)
      file.fail_at(lines.line_offset(), "the header has too many lines");
  }
  file.fail_at(text.size(), "there is no #SPECTRUM: the file is cut short, or no spectrum");
}

struct Numbers {
  std::vector<double> values;
  std::vector<std::uint32_t> per_row;  // of the first two rows
  bool ended = false;                  // by #ENDOFDATA
};

bool is_separator(char c) { return c == ',' || c == ';' || is_space(c); }

void read_row(const Cursor& file, std::string_view line, std::uint64_t offset, Numbers& numbers) {
  std::uint32_t count = 0;
  for (std::size_t at = 0; at < line.size();) {
    if (is_separator(line[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < line.size() && !is_separator(line[end])) ++end;
    const auto value = parse_double(line.substr(at, end - at));
    if (!value) file.fail_at(offset + at, "there is something that is no number");
    numbers.values.push_back(*value);
    ++count;
    at = end;
  }
  if (count && numbers.per_row.size() < 2) numbers.per_row.push_back(count);
}

Numbers read_numbers(const Cursor& file, std::string_view text, std::uint64_t begin) {
  Numbers numbers;
  Lines lines(text, begin);
  std::string_view line;
  while (lines.next(line)) {
    if (trimmed(line).starts_with('#')) {
      numbers.ended = key_of(trimmed(line)) == "ENDOFDATA";
      if (numbers.ended) break;
      continue;  // a remark among the numbers
    }
    read_row(file, line, lines.line_offset(), numbers);
  }
  return numbers;
}

// "XY", or "Y" over what are plainly pairs: two a row, as many rows as there are points.
bool has_pairs(const Header& header, const Numbers& numbers) {
  const std::string_view type = header.text("DATATYPE");
  if (type == "XY" || type == "xy") return true;
  const auto points = header.number("NPOINTS"), columns = header.number("NCOLUMNS");
  return points && double(numbers.values.size()) == 2.0 * *points && columns.value_or(1) == 1 &&
         numbers.per_row == std::vector<std::uint32_t>{2, 2};
}

double largest_difference(const EnergyAxis& axis, std::span<const double> energies) {
  double largest = 0.0;
  for (std::size_t i = 0; i < energies.size(); ++i)
    largest = std::max(largest, std::abs(energies[i] - axis.energy(std::int64_t(i))));
  return largest / axis.dispersion;
}

// The axis of the header where the energies beside the counts agree; else theirs. All in eV.
EnergyAxis axis_of(const Cursor& file, const Header& header, std::span<const double> energies,
                   std::int64_t size) {
  const auto unit = electron_volts(header.text("XUNITS"));
  if (!unit)
    throw Unsupported(
        fmt::format("cannot read {} (its axis is in {}, not in eV) convert it to "
                    "energies",
                    file.path(), header.text("XUNITS")));
  const auto offset = header.number("OFFSET"), step = header.number("XPERCHAN");
  EnergyAxis axis;
  if (offset && step) axis = {*offset, *step, size};
  const bool stated = offset && step && is_valid(axis);
  const auto fitted = uniform_axis(energies);
  const double difference = stated && !energies.empty() ? largest_difference(axis, energies) : 0.0;
  if (!(stated && difference <= 1e-2)) {
    if (fitted)
      axis = *fitted;
    else if (!(stated && difference <= 0.5))
      throw Unsupported(
          fmt::format("cannot read {} (its energies are not ascending in even steps) "
                      "interpolate it to an even axis first",
                      file.path()));
  }
  return {axis.offset * *unit, axis.dispersion * *unit, size};
}

Json metadata_of(const Header& header, const std::string& title) {
  Acquisition facts{.title = title};
  const std::string_view type = header.text("SIGNALTYPE");
  facts.signal_type = type.empty() || type == "ELS" || type == "EELS" ? "EELS" : std::string(type);
  facts.beam_energy = header.number("BEAMKV").value_or(0.0);
  if (facts.beam_energy > 5000.0) facts.beam_energy /= 1000.0;  // some write volts
  facts.convergence_angle = header.number("CONVANGLE").value_or(0.0);
  facts.collection_angle = header.number("COLLANGLE").value_or(0.0);
  Json metadata = metadata_tree(facts);
  for (const auto& [key, value] : header.fields)
    if (!value.empty()) metadata["original_metadata"][key] = value;
  return metadata;
}

}  // namespace

FileContents read_msa(InputFile& input) {
  const Cursor file = input.cursor();
  const std::string_view text = as_text(input.bytes());
  const Header header = read_header(file, text);
  const Numbers numbers = read_numbers(file, text, header.data_offset);
  const bool pairs = has_pairs(header, numbers);
  const std::size_t count = numbers.values.size() / (pairs ? 2 : 1);
  if (count == 0 || (pairs && numbers.values.size() % 2 != 0))
    file.fail_at(header.data_offset, count ? "an energy has no count beside it"
                                           : "there are no numbers after #SPECTRUM");
  const double points = header.number("NPOINTS").value_or(double(count));
  // Pairs up to #ENDOFDATA are whole whatever NPOINTS says: the standard's own example says 20
  // of 21.
  if (points != double(count) && !(pairs && numbers.ended))
    file.fail_at(header.data_offset,
                 fmt::format("NPOINTS says {} points, there are {}", points, count));
  SpectrumImage image;
  image.height = image.width = 1;
  image.title = header.text("TITLE").empty() ? input.stem() : std::string(header.text("TITLE"));
  std::vector<double> energies;
  image.counts.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (pairs) energies.push_back(numbers.values[2 * i]);
    image.counts.push_back(float(numbers.values[pairs ? 2 * i + 1 : i]));
  }
  Json metadata = metadata_of(header, image.title);
  const bool has_axis = pairs || (header.number("OFFSET") && header.number("XPERCHAN"));
  image.energy = has_axis ? axis_of(file, header, energies, std::int64_t(count))
                          : channel_axis(std::int64_t(count), metadata);
  image.metadata = metadata.dump();
  return {"msa", {std::move(image)}, std::nullopt};
}

}  // namespace whiteline::io
