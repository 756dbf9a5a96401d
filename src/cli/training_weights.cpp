#include "cli/training_weights.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <string_view>
#include <utility>

#include "cli/errors.hpp"

namespace whiteline::cli {

namespace {

// Where a set keeps them.
constexpr const char* weight_column = "sample weight";

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace

void add_sample_weights(Dataset& set, const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file)
    throw ReadError(fmt::format(
        "cannot read {} (it is missing or may not be opened) check the path", path.string()));
  std::vector<double> weights;
  std::string line;
  for (std::int64_t number = 1; std::getline(file, line); ++number) {
    const std::string_view text = trimmed(std::string_view(line).substr(0, line.find('#')));
    if (text.empty()) continue;
    double weight = 0.0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), weight);
    if (problem != std::errc() || end != text.data() + text.size() || !std::isfinite(weight) ||
        weight < 0.0)
      throw ReadError(
          fmt::format("cannot read {} (line {} is not a number from 0) write one number a line",
                      path.string(), number));
    weights.push_back(weight);
  }
  if (std::int64_t(weights.size()) != set.rows)
    throw InvalidArgument(fmt::format(
        "cannot weigh {} labelled spectra by {} numbers ({} holds as many) write one a spectrum",
        set.rows, weights.size(), path.string()));
  set.truth[weight_column] = {1, std::move(weights)};
}

std::span<const double> sample_weights(const Dataset& set) {
  const auto found = set.truth.find(weight_column);
  if (found == set.truth.end()) return {};
  return found->second.values;
}

std::map<std::int32_t, double> factors_by_label(const ClassWeightChoice& choice,
                                                const std::vector<std::string>& class_names) {
  std::map<std::int32_t, double> factors;
  for (const auto& [name, factor] : choice.factors) {
    const auto found = std::find(class_names.begin(), class_names.end(), name);
    if (found == class_names.end()) {
      std::string known;
      for (const std::string& one : class_names) known += (known.empty() ? "" : ", ") + one;
      throw InvalidArgument(
          fmt::format("cannot weigh class `{}` (the data have {}) name one of these", name, known));
    }
    factors[std::int32_t(found - class_names.begin())] = factor;
  }
  return factors;
}

}  // namespace whiteline::cli
