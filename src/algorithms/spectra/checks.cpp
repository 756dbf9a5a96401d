#include "algorithms/spectra/checks.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <set>

namespace whiteline::spectra {

void check_axis(const EnergyAxis& axis) {
  if (!std::isfinite(axis.offset) || !std::isfinite(axis.dispersion) || !(axis.dispersion > 0.0))
    throw InvalidArgument(
        fmt::format("cannot use an energy axis of {} eV offset and {} eV a channel (the offset "
                    "must be a number, the dispersion above 0) correct the axis",
                    axis.offset, axis.dispersion));
  if (axis.size < 1)
    throw InvalidArgument(fmt::format(
        "cannot use an energy axis of {} channels (at least 1 is needed) correct the axis",
        axis.size));
}

void check_labels(const std::vector<std::int32_t>& labels,
                  const std::vector<std::string>& class_names, std::int64_t spectra) {
  if (std::int64_t(labels.size()) != spectra)
    throw InvalidArgument(
        fmt::format("there are {} labels for {} spectra (one a spectrum is needed) give -1 to "
                    "spectra without a label",
                    labels.size(), spectra));
  const auto classes = std::int64_t(class_names.size());
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (labels[i] < no_label || labels[i] >= classes)
      throw InvalidArgument(
          fmt::format("spectrum {} has label {} (there are {} class names; -1 means no label) "
                      "name all classes",
                      i, labels[i], classes));
  std::set<std::string_view> seen;
  for (const std::string& name : class_names)
    if (!seen.insert(name).second)
      throw InvalidArgument(
          fmt::format("two classes are named `{}` (names tell classes apart) rename one", name));
}

void check_truth(const std::map<std::string, TruthTable>& truth, std::int64_t spectra) {
  for (const auto& [name, table] : truth)
    if (table.columns < 1 || table.values.size() % std::size_t(table.columns) != 0 ||
        std::int64_t(table.values.size()) / table.columns != spectra)
      throw InvalidArgument(
          fmt::format("truth table `{}` has {} numbers in {} columns ({} spectra need one row "
                      "each) correct the table",
                      name, table.values.size(), table.columns, spectra));
}

void check_counts(std::size_t counts, std::int64_t rows, std::int64_t channels) {
  const bool fits = rows >= 0 && channels >= 1 &&
                    rows <= std::numeric_limits<std::int64_t>::max() / channels &&
                    std::int64_t(counts) == rows * channels;
  if (!fits)
    throw InvalidArgument(
        fmt::format("{} counts do not make {} spectra of {} channels (one number a channel is "
                    "needed) correct the sizes",
                    counts, rows, channels));
}

std::map<std::string, TruthTable> some_truth(const std::map<std::string, TruthTable>& truth,
                                             const std::vector<std::int64_t>& rows) {
  std::map<std::string, TruthTable> part;
  for (const auto& [name, table] : truth) {
    TruthTable& to = part[name];
    to.columns = table.columns;
    to.values.reserve(rows.size() * std::size_t(table.columns));
    for (const std::int64_t row : rows) {
      const auto first = table.values.begin() + row * table.columns;
      to.values.insert(to.values.end(), first, first + table.columns);
    }
  }
  return part;
}

}  // namespace whiteline::spectra
