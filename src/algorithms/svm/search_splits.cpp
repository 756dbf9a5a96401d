#include "algorithms/svm/search_splits.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace whiteline::svm {

namespace {

void check_own_folds(std::int64_t rows_of_x, const std::vector<std::int32_t>& own) {
  if (std::int64_t(own.size()) != rows_of_x)
    throw InvalidArgument(
        fmt::format("cannot use the folds ({} fold numbers for {} rows) give one a row", own.size(),
                    rows_of_x));
  for (std::size_t row = 0; row < own.size(); ++row)
    if (own[row] < 0 || own[row] >= rows_of_x)
      throw InvalidArgument(fmt::format(
          "cannot use the folds (row {} has fold {}) number folds 0, 1, ... and give rows the "
          "weight 0 to leave them out",
          row, own[row]));
}

// Every fold has rows, and no fold holds a whole class.
void check_shares(const SortedRows& rows, const std::vector<std::int32_t>& fold, int folds) {
  std::vector<std::int64_t> size(at(folds), 0);
  for (const ClassRows& c : rows.classes) {
    std::vector<std::int64_t> of_class(at(folds), 0);
    for (std::int64_t r = c.begin; r < c.begin + c.rows; ++r) ++of_class[at(fold[at(r)])];
    for (std::size_t f = 0; f < of_class.size(); ++f) {
      size[f] += of_class[f];
      if (of_class[f] == c.rows)
        throw InvalidArgument(
            fmt::format("cannot hold out fold {} (it has all {} rows of class {}) spread the class "
                        "over two folds",
                        f, c.rows, c.label));
    }
  }
  const auto empty = std::find(size.begin(), size.end(), 0);
  if (empty != size.end())
    throw InvalidArgument(
        fmt::format("cannot hold out fold {} (it has no rows) number the folds without gaps",
                    empty - size.begin()));
}

}  // namespace

std::vector<std::int32_t> fold_of_kernel_rows(const SortedRows& rows, std::int64_t rows_of_x,
                                              const FoldParams& folds,
                                              const std::vector<std::int32_t>& own) {
  std::vector<std::int32_t> fold(rows.order.size(), -1);
  std::vector<std::size_t> kept;  // kernel rows, in the order of x
  for (std::size_t r = 0; r < fold.size(); ++r)
    if (rows.order[r] >= 0) kept.push_back(r);
  std::sort(kept.begin(), kept.end(),
            [&](std::size_t a, std::size_t b) { return rows.order[a] < rows.order[b]; });
  if (own.empty()) {
    const std::vector<std::int32_t> classes = class_of_kernel_rows(rows);
    std::vector<std::int32_t> labels;
    for (const std::size_t r : kept) labels.push_back(rows.classes[at(classes[r])].label);
    const std::vector<std::int32_t> assigned = stratified_folds(labels, folds);
    for (std::size_t i = 0; i < kept.size(); ++i) fold[kept[i]] = assigned[i];
  } else {
    check_own_folds(rows_of_x, own);
    for (const std::size_t r : kept) fold[r] = own[at(rows.order[r])];
  }
  check_shares(rows, fold, 1 + *std::max_element(fold.begin(), fold.end()));
  return fold;
}

std::vector<double> unit_upper(const SvmParams& params, const SortedRows& rows,
                               const std::function<bool(std::int64_t)>& trains) {
  std::vector<std::int64_t> count;
  std::int64_t all = 0;
  for (const ClassRows& c : rows.classes) {
    count.push_back(0);
    for (std::int64_t r = c.begin; r < c.begin + c.rows; ++r) count.back() += trains(r);
    all += count.back();
  }
  std::vector<double> upper(rows.order.size(), 0.0);
  for (std::size_t k = 0; k < count.size(); ++k) {
    const ClassRows& c = rows.classes[k];
    const double weight = class_factor(params, c.label, count[k], all, count.size());
    for (std::int64_t r = c.begin; r < c.begin + c.rows; ++r)
      if (trains(r)) upper[at(r)] = weight * rows.weight[at(r)];
  }
  return upper;
}

std::vector<Split> fold_splits(const SvmParams& params, const SortedRows& rows,
                               const std::vector<std::int32_t>& fold) {
  const std::int32_t folds = 1 + *std::max_element(fold.begin(), fold.end());
  std::vector<Split> splits;
  for (std::int32_t f = 0; f < folds; ++f) {
    Split split;
    split.unit_upper = unit_upper(params, rows, [&](std::int64_t r) { return fold[at(r)] != f; });
    for (std::size_t r = 0; r < fold.size(); ++r)
      if (fold[r] == f) split.asked.push_back(static_cast<std::int32_t>(r));
    splits.push_back(std::move(split));
  }
  return splits;
}

std::vector<std::int32_t> class_of_kernel_rows(const SortedRows& rows) {
  std::vector<std::int32_t> classes;
  for (std::size_t k = 0; k < rows.classes.size(); ++k)
    classes.insert(classes.end(), at(rows.classes[k].padded_rows), std::int32_t(k));
  return classes;
}

}  // namespace whiteline::svm
