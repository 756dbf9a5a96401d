#include <whiteline/metrics.hpp>

#include <fmt/format.h>
#include <whiteline/spectra.hpp>

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

namespace whiteline {

namespace {

__extension__ using Whole = unsigned __int128;  // products of numbers of pairs

using Pair = std::pair<std::int32_t, std::int32_t>;  // labels of one row

// Pairs of rows that `same` calls alike, of rows that lie together.
template <class Same>
Whole pairs_alike(const std::vector<Pair>& rows, const Same& same) {
  Whole pairs = 0;
  for (std::size_t begin = 0, end = 0; begin < rows.size(); begin = end) {
    while (end < rows.size() && same(rows[begin], rows[end])) ++end;
    pairs += Whole(end - begin) * (end - begin - 1) / 2;
  }
  return pairs;
}

}  // namespace

double adjusted_rand_index(std::span<const std::int32_t> truth,
                           std::span<const std::int32_t> predicted, Noise noise) {
  if (truth.size() != predicted.size())
    throw InvalidArgument(fmt::format(
        "cannot compare {} labels with {} (one a row is needed) give labels of the same rows",
        predicted.size(), truth.size()));
  std::vector<Pair> rows;
  for (std::size_t i = 0; i < truth.size(); ++i)
    if (noise == Noise::as_class || (truth[i] != no_label && predicted[i] != no_label))
      rows.emplace_back(truth[i], predicted[i]);
  if (rows.empty()) return std::numeric_limits<double>::quiet_NaN();
  const Whole all = Whole(rows.size()) * (rows.size() - 1) / 2;
  std::sort(rows.begin(), rows.end());
  const Whole both = pairs_alike(rows, [](const Pair& a, const Pair& b) { return a == b; });
  const Whole in_truth =
      pairs_alike(rows, [](const Pair& a, const Pair& b) { return a.first == b.first; });
  std::sort(rows.begin(), rows.end(),
            [](const Pair& a, const Pair& b) { return a.second < b.second; });
  const Whole in_predicted =
      pairs_alike(rows, [](const Pair& a, const Pair& b) { return a.second == b.second; });
  // Numerator and denominator times 2 `all`: whole numbers.
  const Whole chance = 2 * in_truth * in_predicted, most = (in_truth + in_predicted) * all;
  if (most == chance) return 1.0;  // one cluster, or each row its own, in both
  const Whole found = 2 * both * all;
  const double above = found >= chance ? double(found - chance) : -double(chance - found);
  return above / double(most - chance);
}

}  // namespace whiteline
