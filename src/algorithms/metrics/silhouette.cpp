#include <whiteline/metrics.hpp>

#include <fmt/format.h>
#include <whiteline/spectra.hpp>

#include <algorithm>
#include <limits>
#include <vector>

#include "core/backend.hpp"

namespace whiteline {

namespace {

constexpr std::int64_t distances_a_block = 1 << 22;

// Labels as 0, 1, ...; no_label stays. Returns how many there are.
std::int32_t numbered(std::span<const std::int32_t> labels, std::vector<std::int32_t>& number) {
  std::vector<std::int32_t> names(labels.begin(), labels.end());
  std::erase(names, no_label);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  for (const std::int32_t label : labels)
    number.push_back(
        label == no_label
            ? no_label
            : std::int32_t(std::lower_bound(names.begin(), names.end(), label) - names.begin()));
  return std::int32_t(names.size());
}

// Of a row of cluster `own`, by the sums of its distances to the rows of each.
double silhouette_of(std::int32_t own, const std::vector<double>& sums,
                     const std::vector<std::int64_t>& rows) {
  if (rows[std::size_t(own)] == 1) return 0.0;
  const double within = sums[std::size_t(own)] / double(rows[std::size_t(own)] - 1);
  double beyond = std::numeric_limits<double>::infinity();
  for (std::size_t c = 0; c < sums.size(); ++c)
    if (c != std::size_t(own)) beyond = std::min(beyond, sums[c] / double(rows[c]));
  const double larger = std::max(within, beyond);
  return larger > 0.0 ? (beyond - within) / larger : 0.0;
}

}  // namespace

double silhouette(const Context& ctx, const SilhouetteParams& params, const Matrix& x,
                  std::span<const std::int32_t> labels) {
  if (std::ssize(labels) != x.rows())
    throw InvalidArgument(
        fmt::format("cannot judge clusters ({} labels, {} rows) give one label a row",
                    labels.size(), x.rows()));
  std::vector<std::int32_t> cluster;
  const std::int32_t clusters = numbered(labels, cluster);
  require(clusters >= 2,
          "cannot judge clusters (there are fewer than two) find some, or leave the score out");
  std::vector<std::int64_t> rows(std::size_t(clusters), 0);
  for (const std::int32_t c : cluster)
    if (c != no_label) ++rows[std::size_t(c)];
  const ConstMatrixView all = x.view();
  const std::int64_t at_once = std::max<std::int64_t>(distances_a_block / all.rows, 1);
  double sum = 0.0;
  std::int64_t judged = 0;
  for (std::int64_t first = 0; first < all.rows; first += at_once) {
    report(params.progress, "silhouette", std::uint64_t(first), std::uint64_t(all.rows));
    Matrix block(ctx, std::min(at_once, all.rows - first), all.cols);
    ctx.queue().copy(block.view().data, all.data + first * all.stride,
                     std::size_t(block.rows() * all.stride) * sizeof(float));
    const KnnGraph near = knn_query(ctx, {.k = all.rows, .metric = params.metric}, x, block);
    for (std::int64_t i = 0; i < block.rows(); ++i) {
      const std::int64_t row = first + i;
      if (cluster[std::size_t(row)] == no_label) continue;
      std::vector<double> sums(std::size_t(clusters), 0.0);
      for (std::int64_t m = i * near.k; m < (i + 1) * near.k; ++m) {
        const std::int32_t other = near.indices[std::size_t(m)], its = cluster[std::size_t(other)];
        if (other != row && its != no_label)
          sums[std::size_t(its)] += near.distances[std::size_t(m)];
      }
      sum += silhouette_of(cluster[std::size_t(row)], sums, rows);
      ++judged;
    }
  }
  return sum / double(judged);
}

}  // namespace whiteline
