// The stages of a fit.
#include <whiteline/umap.hpp>

#include <fmt/format.h>

#include <chrono>
#include <limits>
#include <utility>

#include "algorithms/umap/checks.hpp"
#include "algorithms/umap/layout.hpp"
#include "algorithms/umap/start.hpp"
#include "algorithms/umap/supervised.hpp"
#include "core/memory_plan.hpp"
#include "core/seconds.hpp"
#include "core/to_host.hpp"
#include "core/umap_model.hpp"

namespace whiteline {

namespace umap {

namespace {

constexpr double bytes_an_entry = 40.0;  // of the neighbours: most there are at once
constexpr double bytes_a_row = 600.0;

// Runs one stage, its seconds added to `seconds`.
template <class Stage>
auto timed(double& seconds, Stage&& stage) {
  const auto start = std::chrono::steady_clock::now();
  auto result = stage();
  seconds += core::seconds_since(start);
  return result;
}

std::int64_t epochs_of(const UmapParams& params, std::int64_t rows) {
  constexpr std::int64_t small_set = 10'000;
  if (params.n_epochs > 0) return params.n_epochs;
  return rows <= small_set ? 500 : 200;
}

// Of the fit beside neighbours, which plan their own: memberships and their transpose, the graph,
// its edges; the start's vectors; spectra and positions.
void plan_memory(const Context& ctx, const UmapParams& params, std::int64_t rows,
                 std::int64_t channels) {
  const double entries = double(rows) * double(params.n_neighbors - 1);
  const double bytes =
      entries * bytes_an_entry +
      double(rows) * (bytes_a_row + 4.0 * double(channels) + 16.0 * double(params.n_components));
  core::check_memory(ctx, bytes,
                     fmt::format("lay out {} spectra by {} neighbours", rows, params.n_neighbors),
                     "raise --memory, lower n_neighbors or take fewer spectra");
}

std::vector<float> laid_out(const Context& ctx, const UmapParams& params, const UmapCurve& curve,
                            const FuzzyGraph& graph, const std::vector<float>& start,
                            std::int64_t epochs) {
  core::LayoutOps& ops = core::need(ctx.queue().ops().layout, "layout");
  std::int64_t count = 0;
  const DeviceEdges on_device = [&] {
    const Edges edges = active_edges(graph, Largest::of_graph, epochs);
    count = std::ssize(edges.columns);
    return DeviceEdges(ctx, edges);
  }();
  Matrix positions =
      Matrix::from_host(ctx, HostView(start.data(), graph.rows, params.n_components));
  const auto layout = ops.layout(on_device.graph(), layout_params(params, curve, epochs));
  run_layout(ctx, *layout, epochs, count, positions.view(), params.progress);
  return core::to_host(positions);
}

// Rows without an edge belong nowhere.
void lose_isolated(const FuzzyGraph& graph, std::int64_t dimensions, std::vector<float>& embedding,
                   UmapReport& report) {
  for (std::int64_t row = 0; row < graph.rows; ++row) {
    if (graph.offsets[std::size_t(row)] < graph.offsets[std::size_t(row) + 1]) continue;
    ++report.isolated_rows;
    for (std::int64_t d = 0; d < dimensions; ++d)
      embedding[std::size_t(row * dimensions + d)] = std::numeric_limits<float>::quiet_NaN();
  }
}

UmapCurve curve_of(const UmapParams& params) {
  if (params.a && params.b) return {*params.a, *params.b};
  const UmapCurve fitted = umap_curve(params.min_dist, params.spread);
  return {params.a.value_or(fitted.a), params.b.value_or(fitted.b)};
}

UmapFit fit_one(const UmapParams& params, std::int64_t channels, std::vector<float> spectra) {
  UmapFit fit;
  fit.model.params = params;
  fit.model.curve = curve_of(params);
  fit.model.rows = 1;
  fit.model.channels = channels;
  fit.model.spectra = std::move(spectra);
  fit.model.embedding.assign(std::size_t(params.n_components), 0.0f);
  fit.report.n_neighbors = 1;
  return fit;
}

UmapFit fit(const Context& ctx, UmapParams params, const KnnGraph& neighbors,
            std::vector<float> spectra, std::int64_t channels, const UmapTarget& target) {
  check(params, neighbors);
  const std::int64_t rows = neighbors.rows;
  plan_memory(ctx, params, rows, channels);
  core::ThreadPool pool(host_threads(ctx));
  UmapFit fit;
  UmapModel& model = fit.model;
  UmapReport& report = fit.report;
  report.n_neighbors = params.n_neighbors;
  model.curve = curve_of(params);
  whiteline::report(params.progress, "graph", 0, 1);
  const FuzzyGraph graph = timed(report.graph_seconds, [&] {
    return supervised(ctx, params, fuzzy_graph(params, neighbors, pool), target, pool);
  });
  report.edges = std::ssize(graph.columns);
  whiteline::report(params.progress, "start", 0, 1);
  const HostView view = spectra.empty() ? HostView() : HostView(spectra.data(), rows, channels);
  const Start start = timed(report.start_seconds, [&] {
    const Components components = connected_components(graph);
    report.components = components.count();
    return starting_positions(ctx, params, graph, components, view, pool);
  });
  report.largest_residual = start.residual;
  report.epochs = epochs_of(params, rows);
  model.embedding = timed(report.layout_seconds, [&] {
    return laid_out(ctx, params, model.curve, graph, start.positions, report.epochs);
  });
  lose_isolated(graph, params.n_components, model.embedding, report);
  model.mean_distance = mean_distance(near_distances(neighbors, params.n_neighbors));
  params.progress = {};
  params.start.clear();
  model.params = std::move(params);
  model.rows = rows;
  model.channels = channels;
  model.spectra = std::move(spectra);
  return fit;
}

}  // namespace

}  // namespace umap

UmapFit umap_fit(const Context& ctx, const UmapParams& params, const Matrix& x,
                 const UmapTarget& target) {
  core::check_umap(params);
  umap::check(params, target, x.rows());
  require(x.rows() >= 1, "cannot lay out spectra (the set is empty) pass some");
  if (x.rows() == 1) return umap::fit_one(params, x.cols(), core::to_host(x));
  UmapParams fitting = params;
  fitting.n_neighbors = std::min(params.n_neighbors, x.rows());
  umap::plan_memory(ctx, fitting, x.rows(), x.cols());
  double seconds = 0.0;
  const KnnGraph neighbors = umap::timed(seconds, [&] {
    return knn_graph(
        ctx, {.k = fitting.n_neighbors - 1, .metric = params.metric, .progress = params.progress},
        x);
  });
  UmapFit fit = umap::fit(ctx, std::move(fitting), neighbors, core::to_host(x), x.cols(), target);
  fit.report.neighbor_seconds = seconds;
  return fit;
}

UmapFit umap_fit(const Context& ctx, const UmapParams& params, const KnnGraph& neighbors,
                 const UmapTarget& target) {
  core::check_umap(params);
  umap::check(params, target, neighbors.rows);
  require(params.init != UmapInit::pca,
          "cannot start from principal components (only neighbours are given) pass the spectra");
  require(neighbors.rows >= 1, "cannot lay out spectra (the set is empty) pass some");
  if (neighbors.rows == 1) return umap::fit_one(params, 0, {});
  UmapParams fitting = params;
  fitting.n_neighbors = std::min(params.n_neighbors, neighbors.rows);
  return umap::fit(ctx, std::move(fitting), neighbors, {}, 0, target);
}

UmapFit umap_fit(const Context& ctx, const UmapParams& params, const KnnGraph& neighbors,
                 const Matrix& x, const UmapTarget& target) {
  core::check_umap(params);
  umap::check(params, target, neighbors.rows);
  require(x.rows() >= 1, "cannot lay out spectra (the set is empty) pass some");
  if (x.rows() == 1) return umap::fit_one(params, x.cols(), core::to_host(x));
  check_graph(ctx, neighbors, params.metric, x);
  UmapParams fitting = params;
  fitting.n_neighbors = std::min(params.n_neighbors, neighbors.rows);
  return umap::fit(ctx, std::move(fitting), neighbors, core::to_host(x), x.cols(), target);
}

}  // namespace whiteline
