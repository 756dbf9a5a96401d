// From rows to clusters: neighbours, spanning tree, hierarchy, labels.
#include <whiteline/hdbscan.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>

#include "algorithms/hdbscan/condensed_tree.hpp"
#include "algorithms/hdbscan/exact_search.hpp"
#include "algorithms/hdbscan/labels.hpp"
#include "algorithms/hdbscan/tree_search.hpp"
#include "core/backend.hpp"
#include "core/knn_graph.hpp"
#include "core/memory_plan.hpp"
#include "core/seconds.hpp"
#include "core/to_host.hpp"

namespace whiteline {

namespace {

using hdbscan_parts::ExactSearch;
using hdbscan_parts::Groups;
using hdbscan_parts::OutsideSearch;
using hdbscan_parts::Reachability;
using hdbscan_parts::SpanningTree;
using hdbscan_parts::TreeSearch;
using neighbors::Directions;
using neighbors::KdTree;

// With this many neighbours nearly all edges are known.
constexpr std::int64_t least_neighbors = 15;

void check(const HdbscanParams& params, std::int64_t rows) {
  require(rows >= 1, "cannot look for clusters (there are no rows) pass some");
  require(params.min_cluster_size >= 2,
          "cannot look for clusters (min_cluster_size is below 2) choose 2 or more");
  if (params.min_samples < 0 || params.min_samples > rows)
    throw InvalidArgument(fmt::format(
        "cannot look for clusters (min_samples is {}, there are {} rows) choose 1 to {}",
        params.min_samples, rows, rows));
  require(
      std::isfinite(params.cluster_selection_epsilon) && params.cluster_selection_epsilon >= 0.0,
      "cannot look for clusters (cluster_selection_epsilon is negative or no number) choose 0 "
      "or a distance");
  require(params.max_cluster_size == 0 || params.max_cluster_size >= params.min_cluster_size,
          "cannot look for clusters (max_cluster_size is below min_cluster_size) choose 0 for no "
          "limit, or more");
  require(params.alpha >= 1e-6 && params.alpha <= 1e6,
          "cannot look for clusters (alpha is not from 1e-6 to 1e6) choose 1 or another factor");
}

std::int64_t min_samples_of(const HdbscanParams& params, std::int64_t rows) {
  return params.min_samples > 0 ? params.min_samples : std::min(params.min_cluster_size, rows);
}

std::int64_t neighbors_for(std::int64_t min_samples, std::int64_t rows) {
  return std::min(std::max(min_samples - 1, least_neighbors), rows - 1);
}

void check_size(const KnnGraph& graph, std::int64_t min_samples) {
  if (graph.k < min_samples - 1)
    throw InvalidArgument(fmt::format(
        "cannot take core distances of {} samples from the graph (it has {} neighbours of each "
        "row) compute it with k = {} or more",
        min_samples, graph.k, min_samples - 1));
}

// The points twice, the tree, and the graph: knn_graph plans its own.
void plan_tree(const Context& ctx, std::int64_t rows, std::int64_t k) {
  require(rows <= std::int64_t(1) << 30,
          "cannot look for clusters (there are more than 2^30 rows) take fewer");
  const double bytes = double(rows) * (8.0 * double(k) + 100.0);
  core::check_memory(ctx, bytes, fmt::format("find {} neighbours of {} rows", k, rows),
                     "raise --memory or lower min_samples");
}

using MakeSearch = std::function<std::unique_ptr<OutsideSearch>(const Reachability&)>;

// One tree for each min_samples, one result for each min_cluster_size.
class Fits {
 public:
  Fits(const HdbscanParams& params, const HdbscanSweep& sweep, const KnnGraph& graph)
      : params_(params), sweep_(sweep), graph_(graph) {}

  std::vector<HdbscanResult> run(const MakeSearch& make_search) {
    for (const std::int64_t min_samples : sweep_.min_samples) {
      const Reachability reachability =
          hdbscan_parts::reachability_of(graph_, min_samples, params_.alpha);
      const std::unique_ptr<OutsideSearch> search = make_search(reachability);
      const SpanningTree spanning =
          hdbscan_parts::spanning_tree(graph_, reachability, search.get(), params_.progress);
      const hdbscan_parts::Dendrogram dendrogram(graph_.rows, spanning.edges);
      for (const std::int64_t size : sweep_.min_cluster_sizes) {
        HdbscanResult result;
        result.min_samples = min_samples;
        result.min_cluster_size = size;
        result.core_distances = reachability.core;
        result.report.edges_by_search = spanning.edges_by_search;
        result.tree = hdbscan_parts::condensed(dendrogram, size);
        HdbscanParams own = params_;
        own.min_cluster_size = size;
        hdbscan_parts::label_rows(own, spanning, result);
        results_.push_back(std::move(result));
      }
    }
    return std::move(results_);
  }

 private:
  const HdbscanParams& params_;
  const HdbscanSweep& sweep_;
  const KnnGraph& graph_;
  std::vector<HdbscanResult> results_;
};

// A search that is made where it is needed.
class LateSearch final : public OutsideSearch {
 public:
  explicit LateSearch(std::function<std::unique_ptr<OutsideSearch>()> make)
      : make_(std::move(make)) {}

  void improve(Groups& groups) override {
    if (!search_) search_ = make_();
    search_->improve(groups);
  }

 private:
  std::function<std::unique_ptr<OutsideSearch>()> make_;
  std::unique_ptr<OutsideSearch> search_;
};

KnnGraph graph_of_one_row(Metric metric) {
  KnnGraph graph;
  graph.rows = 1;
  graph.metric = metric;
  return graph;
}

std::vector<HdbscanResult> fit(const Context& ctx, const HdbscanParams& params,
                               const HdbscanSweep& sweep, const Matrix& x, const KnnGraph* given) {
  const auto start = std::chrono::steady_clock::now();
  const std::int64_t most = *std::max_element(sweep.min_samples.begin(), sweep.min_samples.end());
  if (given) {
    check_graph(ctx, *given, params.metric, x);
    check_size(*given, most);
  }
  const Directions rows(ctx, params.metric, x, "x");
  const std::int64_t k = neighbors_for(most, x.rows());
  const bool few_channels =
      params.metric == Metric::euclidean && x.cols() >= 1 && x.cols() <= KdTree::most_channels;
  std::optional<KdTree> made;
  const auto tree = [&]() -> const KdTree& {
    if (!made) made.emplace(core::to_host(x), int(x.cols()), params.progress);
    return *made;
  };
  core::ThreadPool pool(ctx.queue().threads());
  if (few_channels) plan_tree(ctx, x.rows(), k);
  KnnGraph own;
  if (!given)
    own = x.rows() == 1 ? graph_of_one_row(params.metric)
          : few_channels
              ? hdbscan_parts::tree_graph(tree(), k, pool, params.progress)
              : knn_graph(ctx, {.k = k, .metric = params.metric, .progress = params.progress}, x);
  Fits fits(params, sweep, given ? *given : own);
  std::vector<HdbscanResult> results =
      fits.run([&](const Reachability& reachability) -> std::unique_ptr<OutsideSearch> {
        if (few_channels)
          return std::make_unique<LateSearch>([&] {
            return std::make_unique<TreeSearch>(tree(), reachability, pool, params.progress);
          });
        return std::make_unique<ExactSearch>(ctx, params.metric, rows, reachability,
                                             params.progress);
      });
  for (HdbscanResult& result : results) result.report.seconds = core::seconds_since(start);
  return results;
}

// The one fit of `params`, checked.
HdbscanSweep single(const HdbscanParams& params, std::int64_t rows) {
  check(params, rows);
  return {{min_samples_of(params, rows)}, {params.min_cluster_size}};
}

// The sweep with its values checked, and 0 replaced.
HdbscanSweep checked(const HdbscanParams& params, HdbscanSweep sweep, std::int64_t rows) {
  require(!sweep.min_samples.empty() && !sweep.min_cluster_sizes.empty(),
          "cannot look for clusters (the sweep has no min_samples, or no min_cluster_size) give "
          "one or more of each");
  HdbscanParams one = params;
  for (const std::int64_t size : sweep.min_cluster_sizes) {
    one.min_cluster_size = size;
    for (std::int64_t& min_samples : sweep.min_samples) {
      require(min_samples != 0,
              "cannot look for clusters (min_samples of the sweep is 0) choose 1 or more");
      one.min_samples = min_samples;
      check(one, rows);
    }
  }
  return sweep;
}

}  // namespace

std::int64_t hdbscan_neighbors(const HdbscanParams& params, std::int64_t rows) {
  return neighbors_for(min_samples_of(params, rows), rows);
}

HdbscanResult hdbscan(const Context& ctx, const HdbscanParams& params, const Matrix& x) {
  return std::move(fit(ctx, params, single(params, x.rows()), x, nullptr).front());
}

HdbscanResult hdbscan(const Context& ctx, const HdbscanParams& params, const Matrix& x,
                      const KnnGraph& graph) {
  return std::move(fit(ctx, params, single(params, x.rows()), x, &graph).front());
}

HdbscanResult hdbscan(const HdbscanParams& params, const KnnGraph& graph) {
  const auto start = std::chrono::steady_clock::now();
  const HdbscanSweep sweep = single(params, graph.rows);
  core::check_whole(graph);
  require(graph.metric == params.metric,
          "cannot use the graph (it is of another metric) give the metric it was made for");
  check_size(graph, sweep.min_samples.front());
  HdbscanResult result = std::move(
      Fits(params, sweep, graph).run([](const Reachability&) { return nullptr; }).front());
  result.report.seconds = core::seconds_since(start);
  return result;
}

std::vector<HdbscanResult> hdbscan_sweep(const Context& ctx, const HdbscanParams& params,
                                         const HdbscanSweep& sweep, const Matrix& x) {
  return fit(ctx, params, checked(params, sweep, x.rows()), x, nullptr);
}

std::vector<HdbscanResult> hdbscan_sweep(const Context& ctx, const HdbscanParams& params,
                                         const HdbscanSweep& sweep, const Matrix& x,
                                         const KnnGraph& graph) {
  return fit(ctx, params, checked(params, sweep, x.rows()), x, &graph);
}

}  // namespace whiteline
