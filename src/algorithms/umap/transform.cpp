// New spectra in a finished embedding.
#include <whiteline/umap.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

#include "algorithms/umap/fuzzy_graph.hpp"
#include "algorithms/umap/layout.hpp"
#include "core/to_host.hpp"
#include "core/umap_model.hpp"

namespace whiteline {

namespace umap {

namespace {

constexpr double slower = 0.25;  // learning rate, of that of the fit

void check_input(const UmapModel& model, const UmapTransformParams& params, const Matrix& x) {
  constexpr std::int64_t most_epochs = 1'000'000'000;
  require(params.n_epochs >= 0 && params.n_epochs <= most_epochs,
          "cannot transform spectra in so many epochs (the number is outside its range) choose 0 "
          "to 1e9");
  require(!model.spectra.empty(),
          "cannot transform spectra (the model does not hold those it was fitted to) fit it to "
          "spectra, not to neighbours alone");
  core::check_whole(model);
  if (x.cols() != model.channels)
    throw InvalidArgument(fmt::format(
        "cannot transform spectra of {} channels (the model was fitted to {}) prepare them alike",
        x.cols(), model.channels));
}

std::int64_t epochs_of(const UmapModel& model, const UmapTransformParams& params) {
  constexpr std::int64_t small_set = 10'000;
  if (params.n_epochs > 0) return params.n_epochs;
  if (model.params.n_epochs > 0) return std::max<std::int64_t>(model.params.n_epochs / 3, 1);
  return model.rows <= small_set ? 100 : 30;
}

// Of the row's numbers (FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/): what is drawn for it.
std::uint32_t key_of(const float* row, std::int64_t channels) {
  std::uint64_t hash = 14695981039346656037u;
  for (std::int64_t c = 0; c < channels; ++c)
    hash = (hash ^ std::bit_cast<std::uint32_t>(row[c])) * 1099511628211u;
  return std::uint32_t(hash ^ hash >> 32);
}

std::vector<std::uint32_t> keys_of(const Matrix& x) {
  const std::vector<float> numbers = core::to_host(x);
  std::vector<std::uint32_t> keys;
  for (std::int64_t row = 0; row < x.rows(); ++row)
    keys.push_back(key_of(numbers.data() + row * x.cols(), x.cols()));
  return keys;
}

// Neighbours that have a place in the embedding, nearest first; infinitely far ones behind them.
struct Placed {
  std::vector<float> distances;
  std::vector<std::int32_t> indices;
};

Placed placed(const UmapModel& model, const KnnGraph& near) {
  Placed found{near.distances, near.indices};
  for (std::int64_t row = 0; row < near.rows; ++row) {
    auto next = std::size_t(row * near.k);
    const std::size_t end = next + std::size_t(near.k);
    for (std::size_t i = next; i < end; ++i) {
      const auto place = std::size_t(near.indices[i]) * std::size_t(model.params.n_components);
      if (std::isnan(model.embedding[place]) ||
          double(near.distances[i]) >= model.params.disconnection_distance)
        continue;
      found.distances[next] = near.distances[i];
      found.indices[next++] = near.indices[i];
    }
    for (; next < end; ++next) found.distances[next] = std::numeric_limits<float>::infinity();
  }
  return found;
}

// How much each new row belongs to rows of the fit that have a place: columns ascending.
SparseRows belonging(const UmapModel& model, const KnnGraph& near, core::ThreadPool& pool) {
  const UmapParams& fit = model.params;
  const auto [distances, indices] = placed(model, near);
  const Reach reach = smooth_knn(
      {distances.data(), near.rows, near.k, near.k, NeighborDistances::First::the_nearest}, near.k,
      std::max(0.0, fit.local_connectivity - 1.0), model.mean_distance, pool);
  SparseRows rows{near.rows, {0}, {}, {}};
  std::vector<std::pair<std::int32_t, float>> entries;
  for (std::int64_t row = 0; row < near.rows; ++row) {
    entries.clear();
    for (auto i = std::size_t(row * near.k); i < std::size_t((row + 1) * near.k); ++i) {
      if (std::isinf(distances[i])) continue;
      const float weight =
          membership(distances[i], reach.rho[std::size_t(row)], reach.sigma[std::size_t(row)]);
      if (weight > 0.0f) entries.emplace_back(indices[i], weight);
    }
    std::sort(entries.begin(), entries.end());
    for (const auto& [column, weight] : entries) {
      rows.columns.push_back(column);
      rows.weights.push_back(weight);
    }
    rows.offsets.push_back(std::ssize(rows.columns));
  }
  return rows;
}

// Each row at the mean of those it belongs to; NaN where there are none.
std::vector<float> weighted_means(const UmapModel& model, const SparseRows& rows) {
  const std::int64_t dimensions = model.params.n_components;
  std::vector<float> means;
  std::vector<double> sums(std::size_t(dimensions + 1));  // the weights' last
  for (std::int64_t row = 0; row < rows.rows; ++row) {
    std::fill(sums.begin(), sums.end(), 0.0);
    SparseView(rows).for_row(row, [&](std::int32_t column, float weight) {
      for (std::int64_t d = 0; d < dimensions; ++d)
        sums[std::size_t(d)] +=
            double(weight) * double(model.embedding[std::size_t(column * dimensions + d)]);
      sums.back() += double(weight);
    });
    for (std::int64_t d = 0; d < dimensions; ++d)
      means.push_back(float(sums[std::size_t(d)] / sums.back()));
  }
  return means;
}

// Rows of the fit that have no place are out of the way of all others: nobody belongs to them, and
// where they are drawn they push from too far away to be felt.
std::vector<float> fixed_places(const UmapModel& model) {
  constexpr float out_of_the_way = 1e6f;
  std::vector<float> places = model.embedding;
  for (float& place : places)
    if (std::isnan(place)) place = out_of_the_way;
  return places;
}

// The layout takes finite positions only; rows without edges stay where they are.
std::vector<char> without_place(std::vector<float>& positions) {
  std::vector<char> missing(positions.size(), 0);
  for (std::size_t i = 0; i < positions.size(); ++i)
    if (std::isnan(positions[i])) {
      missing[i] = 1;
      positions[i] = 0.0f;
    }
  return missing;
}

// Where the nearest row is at distance 0, its place.
void pin_equals(const UmapModel& model, const KnnGraph& near, std::vector<float>& positions) {
  const auto dimensions = std::size_t(model.params.n_components);
  for (std::size_t row = 0; row < std::size_t(near.rows); ++row)
    if (near.distances[row * std::size_t(near.k)] == 0.0f)
      std::copy_n(
          model.embedding.begin() +
              std::ptrdiff_t(std::size_t(near.indices[row * std::size_t(near.k)]) * dimensions),
          dimensions, positions.begin() + std::ptrdiff_t(row * dimensions));
}

std::vector<float> moved(const Context& ctx, const UmapModel& model,
                         const UmapTransformParams& params, const SparseRows& rows,
                         const std::vector<std::uint32_t>& keys, const std::vector<float>& start) {
  const std::int64_t epochs = epochs_of(model, params), dimensions = model.params.n_components;
  const Edges edges = active_edges(rows, Largest::of_row, epochs);
  const DeviceEdges on_device(ctx, edges);
  const std::vector<float> places = fixed_places(model);
  const Matrix fixed = Matrix::from_host(ctx, HostView(places.data(), model.rows, dimensions));
  const core::Buffer<std::uint32_t> device_keys(ctx, keys);
  Matrix positions = Matrix::from_host(ctx, HostView(start.data(), rows.rows, dimensions));
  UmapParams slow = model.params;
  slow.learning_rate *= slower;
  const auto layout = core::need(ctx.queue().ops().layout, "layout")
                          .layout_among(on_device.graph(), {fixed.view(), device_keys.span()},
                                        layout_params(slow, model.curve, epochs));
  run_layout(ctx, *layout, epochs, std::ssize(edges.columns), positions.view(), params.progress);
  return core::to_host(positions);
}

}  // namespace

}  // namespace umap

std::vector<float> umap_transform(const Context& ctx, const UmapModel& model, const Matrix& x,
                                  const UmapTransformParams& params) {
  umap::check_input(model, params, x);
  if (x.rows() == 0) return {};
  if (model.rows == 1) {  // where all there is lies
    std::vector<float> positions;
    for (std::int64_t row = 0; row < x.rows(); ++row)
      positions.insert(positions.end(), model.embedding.begin(), model.embedding.end());
    return positions;
  }
  const Matrix rows =
      Matrix::from_host(ctx, HostView(model.spectra.data(), model.rows, model.channels));
  const KnnGraph near = knn_query(ctx,
                                  {.k = std::min(model.params.n_neighbors, model.rows),
                                   .metric = model.params.metric,
                                   .progress = params.progress},
                                  rows, x);
  core::ThreadPool pool(umap::host_threads(ctx));
  const umap::SparseRows belonging = umap::belonging(model, near, pool);
  std::vector<float> positions = umap::weighted_means(model, belonging);
  const std::vector<char> missing = umap::without_place(positions);
  positions = umap::moved(ctx, model, params, belonging, umap::keys_of(x), positions);
  for (std::size_t i = 0; i < positions.size(); ++i)
    if (missing[i]) positions[i] = std::numeric_limits<float>::quiet_NaN();
  if (params.equals == UmapTransformParams::Equals::pinned)
    umap::pin_equals(model, near, positions);
  return positions;
}

}  // namespace whiteline
