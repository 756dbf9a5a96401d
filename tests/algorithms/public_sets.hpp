// Public labelled sets from the folder of measured data, columns brought to [0, 1].
#pragma once

#include <gtest/gtest.h>
#include <zlib.h>
#include <whiteline/io.hpp>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "algorithms/svm_data.hpp"
#include "io/numbers.hpp"

namespace whiteline::test {

// The whole text of a file, compressed or not.
inline std::string unzipped_text(const std::filesystem::path& path) {
  std::string text;
  const gzFile file = gzopen(path.c_str(), "rb");
  if (!file) throw std::runtime_error("cannot open " + path.string());
  char piece[1 << 15];
  for (int got = 0; (got = gzread(file, piece, sizeof piece)) > 0;)
    text.append(piece, std::size_t(got));
  gzclose(file);
  return text;
}

// Lines of numbers between commas, blanks and quotes; the first `headers` lines are skipped.
inline std::vector<std::vector<double>> number_lines(const std::string& text, int headers) {
  std::vector<std::vector<double>> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    if (headers-- > 0) continue;
    std::replace_if(
        line.begin(), line.end(), [](char c) { return c == ',' || c == '"'; }, ' ');
    std::istringstream words(line);
    words.imbue(std::locale::classic());
    std::vector<double> numbers;
    for (double number = 0.0; words >> number;) numbers.push_back(number);
    if (!numbers.empty()) lines.push_back(std::move(numbers));
  }
  return lines;
}

// (x - min) / (max - min) of each column in double, rounded once; constant columns become 0.
inline void scale_columns(Labelled& set, const std::vector<double>& x) {
  const auto columns = std::size_t(set.channels), rows = std::size_t(set.rows);
  set.x.resize(x.size());
  for (std::size_t c = 0; c < columns; ++c) {
    double low = x[c], high = x[c];
    for (std::size_t r = 0; r < rows; ++r) {
      low = std::min(low, x[r * columns + c]);
      high = std::max(high, x[r * columns + c]);
    }
    const double width = high > low ? high - low : 1.0;
    for (std::size_t r = 0; r < rows; ++r)
      set.x[r * columns + c] = float((x[r * columns + c] - low) / width);
  }
}

// LIBSVM's example set, in double as it was typed.
inline Labelled heart_scale(const std::filesystem::path& data) {
  const Dataset read = read_dataset(data / "ml/libsvm/heart_scale");
  Labelled set{read.rows, read.channels, {}, read.labels};
  std::vector<double> typed;
  for (const float value : read.counts) typed.push_back(io::as_typed(value));
  scale_columns(set, typed);
  return set;
}

// The last column, or the place of the 1 among the last `classes` columns, is the class.
inline Labelled table_set(const std::filesystem::path& path, int headers, std::size_t classes = 1) {
  const auto lines = number_lines(unzipped_text(path), headers);
  Labelled set;
  set.rows = std::int64_t(lines.size());
  set.channels = std::int64_t(lines.at(0).size() - classes);
  std::vector<double> x;
  for (const auto& line : lines) {
    const auto end = line.begin() + set.channels;
    x.insert(x.end(), line.begin(), end);
    set.labels.push_back(classes == 1 ? std::int32_t(*end)
                                      : std::int32_t(std::max_element(end, line.end()) - end));
  }
  scale_columns(set, x);
  return set;
}

inline Labelled public_set(const std::filesystem::path& data, const std::string& name) {
  const auto folder = data / "ml/sklearn";
  if (name == "heart_scale") return heart_scale(data);
  if (name == "digits") return table_set(folder / "digits.csv.gz", 0);
  if (name == "wine") return table_set(folder / "wine_data.csv", 1);
  if (name == "steel_plates") return table_set(data / "ml/uci-steel-plates/Faults.NNA", 0, 7);
  return table_set(folder / (name + ".csv"), 1);
}

}  // namespace whiteline::test
