#include <whiteline/embedding_metrics.hpp>

#include <fmt/format.h>
#include <whiteline/metrics.hpp>
#include <whiteline/model_selection.hpp>
#include <whiteline/spectra.hpp>

#include <map>
#include <vector>

#include "algorithms/embedding_metrics/some_rows.hpp"

namespace whiteline {

namespace {

// Most frequent of the labels of `rows`, smallest at a tie.
std::int32_t majority(std::span<const std::int32_t> rows, std::span<const std::int32_t> labels) {
  std::map<std::int32_t, int> votes;
  for (const std::int32_t row : rows) ++votes[labels[std::size_t(row)]];
  auto best = votes.begin();
  for (auto label = votes.begin(); label != votes.end(); ++label)
    if (label->second > best->second) best = label;
  return best->first;
}

}  // namespace

double neighbor_accuracy(const Context& ctx, const NeighborAccuracyParams& params,
                         const Matrix& positions, std::span<const std::int32_t> labels) {
  if (std::ssize(labels) != positions.rows())
    throw InvalidArgument(
        fmt::format("cannot read labels off an embedding ({} labels, {} positions) give one label "
                    "a position",
                    labels.size(), positions.rows()));
  std::vector<std::int64_t> known;
  std::vector<std::int32_t> truth, predicted;
  for (std::size_t row = 0; row < labels.size(); ++row)
    if (labels[row] != no_label) {
      known.push_back(std::int64_t(row));
      truth.push_back(labels[row]);
    }
  const std::vector<std::int32_t> fold =
      stratified_folds(truth, {.folds = params.folds, .shuffle = true, .seed = params.seed});
  predicted.resize(truth.size());
  for (std::int32_t f = 0; f < params.folds; ++f) {
    std::vector<std::int64_t> others, asked;
    std::vector<std::int32_t> other_labels;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < known.size(); ++i)
      if (fold[i] == f) {
        asked.push_back(known[i]);
        places.push_back(i);
      } else {
        others.push_back(known[i]);
        other_labels.push_back(truth[i]);
      }
    const Matrix x = embedding_metrics::some_rows(ctx, positions, others),
                 queries = embedding_metrics::some_rows(ctx, positions, asked);
    const KnnGraph near = knn_query(ctx, {.k = params.k}, x, queries);
    for (std::size_t i = 0; i < places.size(); ++i)
      predicted[places[i]] =
          majority(std::span(near.indices).subspan(i * std::size_t(near.k), std::size_t(near.k)),
                   other_labels);
  }
  return accuracy(truth, predicted);
}

}  // namespace whiteline
