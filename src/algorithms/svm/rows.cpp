#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "algorithms/kernel_matrix/kernel.hpp"
#include "algorithms/svm/rows.hpp"
#include "formulas/calibration.hpp"

namespace whiteline::svm {

namespace {

void check_lengths(std::int64_t rows, std::size_t labels, std::size_t weights) {
  require(rows > 0, "cannot train (there are no rows) give labelled spectra");
  if (std::int64_t(labels) != rows)
    throw InvalidArgument(
        fmt::format("cannot train ({} labels for {} rows) give one label a row", labels, rows));
  if (weights != 0 && std::int64_t(weights) != rows)
    throw InvalidArgument(
        fmt::format("cannot train ({} sample weights for {} rows) give one weight a row, or none",
                    weights, rows));
  if (rows > std::numeric_limits<std::int32_t>::max() / 2)
    throw InvalidArgument(
        fmt::format("cannot train on {} rows (there are too many) use a part", rows));
}

// Label -> its rows with positive weight, ascending.
std::map<std::int32_t, std::vector<std::int32_t>> kept_rows(std::span<const std::int32_t> labels,
                                                            std::span<const double> weights) {
  std::map<std::int32_t, std::vector<std::int32_t>> kept;
  for (std::size_t row = 0; row < labels.size(); ++row) {
    const double weight = weights.empty() ? 1.0 : weights[row];
    if (!(weight >= 0.0 && std::isfinite(weight)))
      throw InvalidArgument(fmt::format(
          "cannot train (the sample weight of row {} is {}) give finite weights of 0 or more", row,
          weight));
    if (weight > 0.0) kept[labels[row]].push_back(static_cast<std::int32_t>(row));
  }
  return kept;
}

}  // namespace

std::int64_t SortedRows::rows() const {
  std::int64_t sum = 0;
  for (const ClassRows& c : classes) sum += c.rows;
  return sum;
}

SortedRows sort_rows(std::int64_t rows, std::span<const std::int32_t> labels,
                     std::span<const double> sample_weight) {
  check_lengths(rows, labels.size(), sample_weight.size());
  const auto kept = kept_rows(labels, sample_weight);
  if (kept.size() < 2)
    throw InvalidArgument(fmt::format(
        "cannot train a classifier ({} class with positive weight) give rows of at least two",
        kept.size()));
  if (kept.size() > at(formulas::max_classes))
    throw InvalidArgument(fmt::format(
        "cannot train a classifier of {} classes (at most {}) merge some, or check the labels",
        kept.size(), formulas::max_classes));
  SortedRows sorted;
  for (const auto& [label, members] : kept) {
    const auto count = std::int64_t(members.size());
    const std::int64_t padded =
        (count + formulas::smo_block - 1) / formulas::smo_block * formulas::smo_block;
    sorted.classes.push_back({label, sorted.kernel_rows(), count, padded});
    for (std::int32_t row : members) {
      sorted.order.push_back(row);
      sorted.weight.push_back(sample_weight.empty() ? 1.0 : sample_weight[at(row)]);
    }
    sorted.order.insert(sorted.order.end(), at(padded - count), -1);
    sorted.weight.insert(sorted.weight.end(), at(padded - count), 0.0);
  }
  return sorted;
}

std::vector<formulas::BinaryProblem> make_pairs(const std::vector<ClassRows>& classes,
                                                std::int64_t offset) {
  std::vector<formulas::BinaryProblem> problems;
  for (std::size_t a = 0; a < classes.size(); ++a)
    for (std::size_t b = a + 1; b < classes.size(); ++b) {
      problems.push_back({classes[a].begin, classes[a].padded_rows, classes[b].begin,
                          classes[b].padded_rows, offset});
      offset += problems.back().rows();
    }
  return problems;
}

double class_factor(const SvmParams& params, std::int32_t label, std::int64_t rows,
                    std::int64_t all, std::size_t classes) {
  const bool balanced = params.class_weight == ClassWeight::balanced;
  const double weight = balanced ? double(all) / (double(classes) * double(rows)) : 1.0;
  const auto given = params.class_weights.find(label);
  return given == params.class_weights.end() ? weight : weight * given->second;
}

std::vector<double> upper_bounds(const SvmParams& params, const SortedRows& rows) {
  std::vector<double> upper(rows.order.size(), 0.0);
  const std::int64_t all = rows.rows();
  for (const ClassRows& c : rows.classes) {
    const double weight = class_factor(params, c.label, c.rows, all, rows.classes.size());
    for (std::int64_t i = c.begin; i < c.begin + c.rows; ++i)
      upper[at(i)] = params.C * weight * rows.weight[at(i)];
  }
  return upper;
}

void check_params(const SvmParams& params) {
  const auto positive = [](double value) { return value > 0.0 && std::isfinite(value); };
  if (!positive(params.C))
    throw InvalidArgument(
        fmt::format("cannot train with C = {} (C must be a number above 0) "
                    "choose, for example, 1",
                    params.C));
  if (!positive(params.tolerance))
    throw InvalidArgument(
        fmt::format("cannot train with tolerance {} (it must be above 0) choose, "
                    "for example, 1e-3",
                    params.tolerance));
  if (params.max_iterations < 0)
    throw InvalidArgument(
        fmt::format("cannot train with max_iterations {} (it must be at least 1) "
                    "choose 0 for the default",
                    params.max_iterations));
  kernels::check_kernel(params.kernel);
}

void check_class_weights(const SvmParams& params, const std::vector<ClassRows>& classes) {
  for (const auto& [label, weight] : params.class_weights) {
    if (!(weight > 0.0 && std::isfinite(weight)))
      throw InvalidArgument(fmt::format(
          "cannot weigh class {} by {} (a class weight is above 0) leave the class out instead",
          label, weight));
    const auto has_label = [label = label](const ClassRows& c) { return c.label == label; };
    if (std::none_of(classes.begin(), classes.end(), has_label))
      throw InvalidArgument(fmt::format(
          "cannot weigh class {} (no row with positive weight has this label) check the labels",
          label));
  }
}

}  // namespace whiteline::svm
