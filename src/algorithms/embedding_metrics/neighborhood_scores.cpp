#include <whiteline/embedding_metrics.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>
#include <utility>
#include <vector>

#include "algorithms/embedding_metrics/some_rows.hpp"
#include "formulas/philox.hpp"

namespace whiteline {

namespace {

constexpr std::int64_t pairs_a_block = 1 << 22;

void check(const NeighborhoodParams& params, const Matrix& x, const Matrix& positions) {
  const std::int64_t rows = x.rows();
  if (positions.rows() != rows)
    throw InvalidArgument(
        fmt::format("cannot compare an embedding with its spectra ({} positions, {} spectra) give "
                    "one position a spectrum",
                    positions.rows(), rows));
  if (params.k < 1 || params.k >= (rows + 1) / 2)
    throw InvalidArgument(
        fmt::format("cannot look at {} neighbours of each row (there are {} rows) choose k from 1 "
                    "to less than half of them",
                    params.k, rows));
  if (params.sample < 0 || params.sample > rows)
    throw InvalidArgument(
        fmt::format("cannot take {} rows (there are {}) choose 1 to {}, or 0 for all",
                    params.sample, rows, rows));
}

// The rows that stand for all, ascending.
std::vector<std::int64_t> taken_rows(const NeighborhoodParams& params, std::int64_t rows) {
  std::vector<std::int64_t> taken(static_cast<std::size_t>(rows));
  std::iota(taken.begin(), taken.end(), 0);
  if (params.sample == 0 || params.sample == rows) return taken;
  std::vector<std::pair<std::uint32_t, std::int64_t>> drawn;
  for (const std::int64_t row : taken)
    drawn.emplace_back(
        formulas::philox_word(params.seed, std::uint64_t(row), 0, 0, formulas::Purpose::shuffle),
        row);
  std::sort(drawn.begin(), drawn.end());
  taken.clear();
  for (std::int64_t i = 0; i < params.sample; ++i) taken.push_back(drawn[std::size_t(i)].second);
  std::sort(taken.begin(), taken.end());
  return taken;
}

// Other rows by rank, nearest first, for some rows of one space.
class Order {
 public:
  Order(const Context& ctx, Metric metric, const Matrix& space, std::span<const std::int64_t> rows)
      : graph_(knn_query(ctx, {.k = space.rows(), .metric = metric}, space,
                         embedding_metrics::some_rows(ctx, space, rows))),
        rows_(rows) {}

  // Those of the i-th of the rows, itself left out.
  std::vector<std::int32_t> others(std::size_t i) const {
    std::vector<std::int32_t> out;
    const auto row = std::int32_t(rows_[i]);
    for (const std::int32_t other :
         std::span(graph_.indices).subspan(i * std::size_t(graph_.k), std::size_t(graph_.k)))
      if (other != row) out.push_back(other);
    return out;
  }

 private:
  KnnGraph graph_;
  std::span<const std::int64_t> rows_;
};

// Sum over the k first of `near` of how far their rank among `truth` is beyond k; both orders of
// the same `rows` - 1 rows.
double excess_rank(const std::vector<std::int32_t>& near, const std::vector<std::int32_t>& truth,
                   std::int64_t k) {
  std::vector<std::int64_t> rank(truth.size() + 1);
  for (std::size_t place = 0; place < truth.size(); ++place)
    rank[std::size_t(truth[place])] = std::int64_t(place) + 1;
  double sum = 0.0;
  for (std::int64_t m = 0; m < k; ++m)
    sum += double(std::max<std::int64_t>(rank[std::size_t(near[std::size_t(m)])] - k, 0));
  return sum;
}

// 1 - 2 / (k (2 n - 3 k - 1)) times the mean of the rows' sums, and its standard error for a sample
// without replacement.
std::pair<double, double> score(const std::vector<double>& sums, std::int64_t rows,
                                std::int64_t k) {
  const double scale = 2.0 / (double(k) * double(2 * rows - 3 * k - 1));
  const double count = double(sums.size());
  const double mean = std::accumulate(sums.begin(), sums.end(), 0.0) / count;
  double squares = 0.0;
  for (const double sum : sums) squares += (sum - mean) * (sum - mean);
  const double left_out = 1.0 - count / double(rows);
  const double error =
      count > 1.0 ? scale * std::sqrt(squares / (count - 1.0) / count * left_out) : 0.0;
  return {1.0 - scale * mean, error};
}

}  // namespace

NeighborhoodScores neighborhood_scores(const Context& ctx, const NeighborhoodParams& params,
                                       const Matrix& x, const Matrix& positions) {
  check(params, x, positions);
  const std::vector<std::int64_t> taken = taken_rows(params, x.rows());
  const std::int64_t at_once = std::max<std::int64_t>(pairs_a_block / x.rows(), 1);
  std::vector<double> false_ones, lost_ones;  // excess ranks
  for (std::size_t begin = 0; begin < taken.size(); begin += std::size_t(at_once)) {
    report(params.progress, "ranks", begin, taken.size());
    const auto rows =
        std::span(taken).subspan(begin, std::min(std::size_t(at_once), taken.size() - begin));
    const Order in_spectra(ctx, params.metric, x, rows),
        in_positions(ctx, Metric::euclidean, positions, rows);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::vector<std::int32_t> spectra = in_spectra.others(i), near = in_positions.others(i);
      false_ones.push_back(excess_rank(near, spectra, params.k));
      lost_ones.push_back(excess_rank(spectra, near, params.k));
    }
  }
  NeighborhoodScores scores;
  std::tie(scores.trustworthiness, scores.trustworthiness_error) =
      score(false_ones, x.rows(), params.k);
  std::tie(scores.continuity, scores.continuity_error) = score(lost_ones, x.rows(), params.k);
  scores.rows = std::ssize(taken);
  return scores;
}

}  // namespace whiteline
