#include <whiteline/spectra_metrics.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "algorithms/spectra_metrics/rows.hpp"
#include "formulas/philox.hpp"

namespace whiteline {

namespace spectra_metrics {

namespace {

// Each row divided by its length; of length 0 where it has none.
void scale_to_unit(Rows& x) {
  for (std::int64_t r = 0; r < x.rows; ++r) {
    const double length = std::sqrt(squared_length(x.row(r)));
    for (double& value : x.row(r)) value = length > 0.0 ? value / length : 0.0;
  }
}

void centre_each_row(Rows& x) {
  for (std::int64_t r = 0; r < x.rows; ++r) {
    double sum = 0.0;
    for (const double value : x.row(r)) sum += value;
    const auto [least, most] = std::minmax_element(x.row(r).begin(), x.row(r).end());
    const bool is_flat = *least == *most;
    for (double& value : x.row(r)) value = is_flat ? 0.0 : value - sum / double(x.columns);
  }
}

// The mean over all pairs of rows of their product is the product of the mean rows.
double mean_product(const Rows& x, const Rows& y) { return dot(mean_row(x), mean_row(y)); }

}  // namespace

double correlation(Rows x, Rows y) {
  centre_each_row(x);
  centre_each_row(y);
  scale_to_unit(x);
  scale_to_unit(y);
  return mean_product(x, y);
}

double cosine_distance(Rows x, Rows y) {
  scale_to_unit(x);
  scale_to_unit(y);
  return 1.0 - mean_product(x, y);
}

namespace {

// Rows in the order of their words, then of their numbers.
std::vector<std::int64_t> drawn_rows(std::int64_t rows, std::uint64_t seed, std::int64_t pair) {
  std::vector<std::pair<std::uint32_t, std::int64_t>> words;
  for (std::int64_t r = 0; r < rows; ++r)
    words.emplace_back(formulas::philox_word(seed, std::uint64_t(r), std::uint32_t(pair), 0,
                                             formulas::Purpose::bootstrap),
                       r);
  std::sort(words.begin(), words.end());
  std::vector<std::int64_t> order;
  for (const auto& [word, row] : words) order.push_back(row);
  return order;
}

Rows some(const Rows& x, std::span<const std::int64_t> which) {
  Rows out{{}, std::int64_t(which.size()), x.columns};
  for (const std::int64_t r : which)
    out.values.insert(out.values.end(), x.row(r).begin(), x.row(r).end());
  return out;
}

}  // namespace

}  // namespace spectra_metrics

using spectra_metrics::Rows;
using spectra_metrics::rows_of;

double mean_correlation(const HostView& x, const HostView& y) {
  Rows a = rows_of(x), b = rows_of(y);
  spectra_metrics::check_same_channels(a, b);
  return spectra_metrics::correlation(std::move(a), std::move(b));
}

double mean_cosine_distance(const HostView& x, const HostView& y) {
  Rows a = rows_of(x), b = rows_of(y);
  spectra_metrics::check_same_channels(a, b);
  return spectra_metrics::cosine_distance(std::move(a), std::move(b));
}

RealPairs real_pairs(const HostView& x, const RealPairsParams& params) {
  const Rows all = rows_of(x);
  if (params.size < 2 || 2 * params.size > all.rows || params.pairs < 1)
    throw InvalidArgument(
        fmt::format("cannot draw {} pairs of {} spectra from {} (samples of 2 to half of them are "
                    "possible) take smaller ones",
                    params.pairs, params.size, all.rows));
  RealPairs pairs;
  for (std::int64_t p = 0; p < params.pairs; ++p) {
    const auto order = spectra_metrics::drawn_rows(all.rows, params.seed, p);
    const auto size = std::size_t(params.size);
    const Rows one = spectra_metrics::some(all, std::span(order).subspan(0, size));
    const Rows other = spectra_metrics::some(all, std::span(order).subspan(size, size));
    pairs.frechet.push_back(spectra_metrics::frechet(one, other));
    pairs.correlation.push_back(spectra_metrics::correlation(one, other));
    pairs.cosine.push_back(spectra_metrics::cosine_distance(one, other));
    report(params.progress, "real pairs", std::uint64_t(p + 1), std::uint64_t(params.pairs));
  }
  return pairs;
}

}  // namespace whiteline
