// Exact neighbours: candidates by products of centred rows, of which a bound on rounding shows that
// none is missing, ranked by the distance that decides.
#include <whiteline/neighbors.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <optional>
#include <span>

#include "algorithms/neighbors/data_hash.hpp"
#include "algorithms/neighbors/directions.hpp"
#include "core/memory_plan.hpp"
#include "core/ops/ops.hpp"
#include "core/seconds.hpp"

namespace whiteline {

namespace {

using neighbors::Centred;
using neighbors::Directions;

constexpr double step_products = 1e9;  // multiply-adds of a thread between looks at the callback
constexpr std::int64_t least_rows_a_step = 126;             // so many stay in a cache
constexpr std::int64_t rows_at_once = 256;                  // brought to the host
constexpr float squared_distance_without_direction = 2.0f;  // cosine = half of it

// `copied` rows are held as the metric compares them, `rows` of them get neighbours among `others`.
void plan_memory(const Context& ctx, Metric metric, std::int64_t copied, std::int64_t rows,
                 std::int64_t others, std::int64_t channels, std::int64_t k) {
  const double padded = double((channels + 15) / 16 * 16);
  const double copies = metric == Metric::euclidean ? 2.0 : metric == Metric::cosine ? 3.0 : 4.0;
  const double most = double(core::most_candidates(k, others));
  const double bytes =
      4.0 * padded * copies * double(copied) +
      double(rows) * (8.0 * (most + 64.0) * ctx.threads() + 4.0 * most + 16.0 * double(k));
  core::check_memory(ctx, bytes, fmt::format("find {} neighbours of {} rows", k, rows),
                     "raise --memory or take fewer rows or neighbours");
}

struct NeighborSearch {
  const Context& ctx;
  const KnnParams& params;
  const Directions &left, &right;
  std::int64_t row_shift;  // 0: rows of one set; else core::no_common_rows
  KnnReport report{};

  // near_key of the `k` nearest rows of right.view() for each row of left.view().
  core::Buffer<std::uint64_t> run(std::int64_t k);

 private:
  struct Candidates {  // as core::NearestPass finds them
    core::Buffer<std::int32_t> rows, counts;
  };
  Candidates candidates(std::int64_t k, std::int64_t most);
  core::NeighborOps& ops() const { return core::need(ctx.queue().ops().neighbors, "neighbors"); }
};

NeighborSearch::Candidates NeighborSearch::candidates(std::int64_t k, std::int64_t most) {
  const core::Buffer<float> centre = neighbors::mean_row(ctx, right.view());
  const Centred others(ctx, right.view(), centre);
  std::optional<Centred> own;
  if (row_shift != 0) own.emplace(ctx, left.view(), centre);
  const auto pass = ops().nearest({(own ? *own : others).get(), others.get(), k, params.products});
  report.products = pass->products();
  const std::int64_t total = left.view().rows;
  const double row_products = double(right.view().rows) * double(right.view().cols + 32);
  const std::int64_t step =
      std::max(std::int64_t(step_products * ctx.threads() / row_products), least_rows_a_step);
  for (std::int64_t begin = 0; begin < total; begin += step) {
    whiteline::report(params.progress, "neighbours", std::uint64_t(begin), std::uint64_t(total));
    pass->advance(begin, std::min(begin + step, total));
  }
  Candidates found{{ctx, total * most}, {ctx, total}};
  pass->finish(found.rows.span(), found.counts.span());
  ctx.synchronize();  // before the rows that were compared go
  return found;
}

core::Buffer<std::uint64_t> NeighborSearch::run(std::int64_t k) {
  const std::int64_t rows = left.view().rows;
  const std::int64_t most = core::most_candidates(k, right.view().rows - (row_shift == 0 ? 1 : 0));
  const Candidates found = candidates(k, most);
  core::Buffer<std::uint64_t> ranked(ctx, rows * k);
  ops().rank(left.view(), right.view(), found.rows.span(), found.counts.span(), most, k,
             ranked.span());
  const std::vector<std::int32_t> counts = found.counts.to_host();
  std::vector<std::int32_t> doubtful;
  for (std::size_t row = 0; row < counts.size(); ++row) {
    report.candidates += double(counts[row]) / double(rows);
    if (counts[row] == 0) doubtful.push_back(std::int32_t(row));
  }
  report.rows_redone = std::ssize(doubtful);
  for (std::size_t begin = 0; begin < doubtful.size(); begin += 256) {
    whiteline::report(params.progress, "doubtful neighbours", begin, doubtful.size());
    const auto part =
        std::span(doubtful).subspan(begin, std::min<std::size_t>(256, doubtful.size() - begin));
    const core::Buffer<std::int32_t> which(ctx, std::span<const std::int32_t>(part));
    ops().rank_all(left.view(), right.view(), row_shift, which.span(), k, ranked.span());
  }
  return ranked;
}

// Puts the neighbours found, and the rows without a direction, into the graph.
class Assembler {
 public:
  Assembler(KnnGraph& graph, const Directions& right, std::int64_t all_rows)
      : graph_(graph), right_(right), all_rows_(all_rows) {}

  // `keys` ascending, of rows of right.view().
  void row_with_direction(std::int64_t row, std::span<const std::uint64_t> keys) {
    std::size_t next = 0, without = 0;
    const auto& none = right_.without();
    for (std::int64_t m = 0; m < graph_.k; ++m) {
      std::uint64_t best = std::numeric_limits<std::uint64_t>::max();
      if (next < keys.size())
        best = formulas::near_key(formulas::key_distance(keys[next]),
                                  right_.number(formulas::key_row(keys[next])));
      const std::uint64_t other =
          without < none.size()
              ? formulas::near_key(squared_distance_without_direction, none[without])
              : std::numeric_limits<std::uint64_t>::max();
      ++(best < other ? next : without);
      set(row, m, std::min(best, other));
    }
  }

  // `self`: the row's own number among all, which is left out, or -1.
  void row_without_direction(std::int64_t row, std::int64_t self) {
    for (std::int64_t other = 0, m = 0; other < all_rows_ && m < graph_.k; ++other)
      if (other != self)
        set(row, m++, formulas::near_key(squared_distance_without_direction, std::int32_t(other)));
  }

 private:
  void set(std::int64_t row, std::int64_t m, std::uint64_t key) {
    const std::size_t i = std::size_t(row * graph_.k + m);
    graph_.distances[i] =
        formulas::distance_of(formulas::key_distance(key), graph_.metric != Metric::euclidean);
    graph_.indices[i] = formulas::key_row(key);
  }

  KnnGraph& graph_;
  const Directions& right_;
  std::int64_t all_rows_;
};

void check(const KnnParams& params, const Matrix& x, const Matrix& queries, std::int64_t most) {
  require(x.cols() >= 1, "cannot find neighbours (the spectra have no channels) pass spectra");
  if (x.cols() != queries.cols())
    throw InvalidArgument(
        fmt::format("cannot find neighbours (x has {} channels, the queries have {}) bring both to "
                    "one energy axis",
                    x.cols(), queries.cols()));
  if (x.rows() > std::numeric_limits<std::int32_t>::max())
    throw InvalidArgument(fmt::format(
        "cannot find neighbours among {} rows (row numbers have 31 bits) take fewer", x.rows()));
  if (params.k < 1 || params.k > most)
    throw InvalidArgument(
        fmt::format("cannot find {} neighbours of each row (there are {} other rows) choose k from "
                    "1 to {}",
                    params.k, most, most));
}

KnnGraph find(const Context& ctx, const KnnParams& params, const Matrix& x, const Matrix* queries) {
  const auto start = std::chrono::steady_clock::now();
  const Matrix& own = queries ? *queries : x;
  check(params, x, own, x.rows() - (queries ? 0 : 1));
  plan_memory(ctx, params.metric, own.rows() + (queries ? x.rows() : 0), own.rows(), x.rows(),
              x.cols(), params.k);
  KnnGraph graph{own.rows(), params.k, params.metric, {}, {}, 0, {}};
  graph.distances.resize(std::size_t(graph.rows * graph.k));
  graph.indices.resize(graph.distances.size());
  const Directions right(ctx, params.metric, x, "x");
  if (!queries) graph.data_hash = neighbors::data_hash(ctx, params.metric, x);
  std::optional<Directions> asked;
  if (queries) asked.emplace(ctx, params.metric, own, "queries");
  const Directions& left = queries ? *asked : right;

  const std::int64_t rows = left.view().rows;
  const std::int64_t others = right.view().rows - (queries ? 0 : 1);
  const std::int64_t k = std::clamp<std::int64_t>(others, 0, params.k);
  core::Buffer<std::uint64_t> ranked;
  if (rows > 0 && k > 0) {
    NeighborSearch search{ctx, params, left, right, queries ? core::no_common_rows : 0};
    ranked = search.run(k);
    graph.report = search.report;
  }
  Assembler assembler(graph, right, x.rows());
  std::vector<std::uint64_t> keys;
  for (std::int64_t begin = 0; begin < rows; begin += rows_at_once) {
    const std::int64_t some = std::min(rows_at_once, rows - begin);
    keys.resize(std::size_t(some * k));
    if (k > 0)
      ctx.queue().download(keys.data(), ranked.span().data + begin * k,
                           keys.size() * sizeof(std::uint64_t));
    for (std::int64_t i = 0; i < some; ++i)
      assembler.row_with_direction(left.number(begin + i),
                                   std::span(keys).subspan(std::size_t(i * k), std::size_t(k)));
  }
  for (const std::int32_t row : left.without())
    assembler.row_without_direction(row, queries ? -1 : row);
  graph.report.seconds = core::seconds_since(start);
  return graph;
}

}  // namespace

KnnGraph knn_graph(const Context& ctx, const KnnParams& params, const Matrix& x) {
  return find(ctx, params, x, nullptr);
}

KnnGraph knn_query(const Context& ctx, const KnnParams& params, const Matrix& x,
                   const Matrix& queries) {
  return find(ctx, params, x, &queries);
}

}  // namespace whiteline
