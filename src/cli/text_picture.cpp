#include "cli/text_picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace whiteline::cli {

namespace {

// Characters, not bytes, of UTF-8 text: "α-Fe" has four.
std::size_t characters(const std::string& text) {
  return std::size_t(
      std::count_if(text.begin(), text.end(), [](char byte) { return (byte & 0xC0) != 0x80; }));
}

std::vector<double> averaged(std::span<const double> values, std::size_t cells) {
  std::vector<double> out;
  for (std::size_t cell = 0; cell < cells; ++cell) {
    const std::size_t begin = cell * values.size() / cells;
    const std::size_t end = (cell + 1) * values.size() / cells;
    double sum = 0.0;
    for (std::size_t i = begin; i < end; ++i) sum += values[i];
    out.push_back(sum / double(end - begin));
  }
  return out;
}

}  // namespace

std::string sparkline(std::span<const double> values, int width) {
  constexpr const char* blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const auto cells = averaged(values, std::min(values.size(), std::size_t(std::max(width, 0))));
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const double value : cells) {
    if (!std::isfinite(value)) continue;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  std::string line;
  for (const double value : cells) {
    const double share = high > low ? (value - low) / (high - low) : 0.0;
    line += std::isfinite(value) ? blocks[std::min(7, static_cast<int>(share * 8.0))] : " ";
  }
  return line;
}

std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows)
    for (std::size_t column = 0; column < row.size(); ++column) {
      widths.resize(std::max(widths.size(), column + 1));
      widths[column] = std::max(widths[column], characters(row[column]));
    }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t column = 0; column < row.size(); ++column) {
      const std::string padding(widths[column] - characters(row[column]), ' ');
      if (column > 0) line += "  ";
      line += column == 0 ? row[column] + padding : padding + row[column];
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += text.empty() ? line : "\n" + line;
  }
  return text;
}

std::string confusion_table(const std::vector<std::string>& classes,
                            std::span<const std::int64_t> counts) {
  std::vector<std::vector<std::string>> rows = {{"true \\ labelled"}};
  for (const std::string& name : classes) rows[0].push_back(name);
  for (std::size_t i = 0; i < classes.size(); ++i) {
    std::vector<std::string> row = {classes[i]};
    for (std::size_t j = 0; j < classes.size(); ++j)
      row.push_back(fmt::format("{}", counts[i * classes.size() + j]));
    rows.push_back(std::move(row));
  }
  return table(rows);
}

}  // namespace whiteline::cli
