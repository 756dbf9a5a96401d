#include "algorithms/umap/start.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <whiteline/pca.hpp>

#include "algorithms/umap/centres.hpp"
#include "algorithms/umap/draws.hpp"
#include "algorithms/umap/spectral.hpp"

namespace whiteline::umap {

namespace {

constexpr double extent = 10.0;  // of each axis
constexpr double noise = 1e-4;   // standard deviation, before each axis is stretched to `extent`

using Positions = std::vector<double>;  // rows x dimensions

Positions at_random(std::int64_t rows, std::int64_t dimensions, std::uint64_t seed) {
  Positions positions(std::size_t(rows * dimensions));
  for (std::size_t i = 0; i < positions.size(); ++i)
    positions[i] = 2.0 * double(Draws{seed}.uniform(DrawnFor::places, i)) - 1.0;
  return positions;
}

double largest_magnitude(const Positions& positions) {
  double largest = 0.0;
  for (const double value : positions) largest = std::max(largest, std::abs(value));
  return largest;
}

// Hears of `rows` of `all` rows, after `before` of them, as shares of all.
Progress share_of(const Progress& progress, std::int64_t before, std::int64_t rows,
                  std::int64_t all) {
  if (!progress) return {};
  return [=](const ProgressEvent& event) {
    const double share = double(event.done) / double(std::max<std::uint64_t>(event.total, 1));
    return progress({event.stage, std::uint64_t(before + std::int64_t(share * double(rows))),
                     std::uint64_t(all)});
  };
}

// Gives the rows of one component their places about 0, the farthest coordinate 1. Few rows keep
// the random places they have.
double place_component(const SparseView& graph, const Components& components,
                       std::int64_t component, const UmapParams& params, const Progress& progress,
                       Positions& positions, core::ThreadPool& pool) {
  const std::vector<std::int32_t>& rows = components.rows[std::size_t(component)];
  const std::int64_t dimensions = params.n_components;
  if (std::ssize(rows) <= 2 * (dimensions + 1)) return 0.0;
  const bool whole = std::ssize(rows) == graph.rows;
  const SparseRows part = whole ? SparseRows{} : part_of(graph, components, component);
  const SpectralVectors modes = spectral_vectors(whole ? graph : SparseView(part), dimensions,
                                                 params.random_state, pool, progress);
  const double largest = largest_magnitude(modes.vectors);
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (std::int64_t d = 0; d < dimensions; ++d)
      positions[std::size_t(std::int64_t(rows[i]) * dimensions + d)] =
          modes.vectors[std::size_t(d) * rows.size() + i] / largest;
  return modes.residual;
}

double place_by_modes(const UmapParams& params, const FuzzyGraph& graph,
                      const Components& components, const HostView& spectra, Positions& positions,
                      core::ThreadPool& pool) {
  const std::int64_t dimensions = params.n_components;
  double residual = 0.0;
  std::int64_t placed = 0;
  for (std::int64_t c = 0; c < components.count(); ++c) {
    const auto rows = std::ssize(components.rows[std::size_t(c)]);
    const Progress share = share_of(params.progress, placed, rows, graph.rows);
    report(share, "start", 0, 1);
    residual =
        std::max(residual, place_component(graph, components, c, params, share, positions, pool));
    placed += rows;
  }
  if (components.count() < 2) return residual;
  const Centres centres =
      component_centres(components, dimensions, spectra, params.random_state, pool);
  for (std::size_t c = 0; c < components.rows.size(); ++c)
    for (const std::int32_t row : components.rows[c])
      for (std::int64_t d = 0; d < dimensions; ++d) {
        double& place = positions[std::size_t(std::int64_t(row) * dimensions + d)];
        place =
            centres.radii[c] * place + centres.places[c * std::size_t(dimensions) + std::size_t(d)];
      }
  return residual;
}

bool has_equal_rows(const std::vector<float>& positions, std::int64_t dimensions) {
  std::set<std::vector<float>> seen;
  for (auto row = positions.begin(); row != positions.end(); row += dimensions)
    if (!seen.emplace(row, row + dimensions).second) return true;
  return false;
}

// Noise that parts equal positions, then each axis from 0 to `extent`.
std::vector<float> stretched(Positions positions, std::int64_t dimensions, std::uint64_t seed,
                             bool with_noise) {
  const double largest = largest_magnitude(positions);
  const double scale = largest > 0.0 ? extent / largest : 1.0;
  for (std::size_t i = 0; i < positions.size(); ++i)
    positions[i] = scale * positions[i] +
                   (with_noise ? noise * double(Draws{seed}.normal(DrawnFor::noise, i)) : 0.0);
  std::vector<float> out(positions.size());
  const std::int64_t rows = std::ssize(positions) / dimensions;
  for (std::int64_t d = 0; d < dimensions; ++d) {
    double low = positions[std::size_t(d)], high = low;
    for (std::int64_t row = 0; row < rows; ++row) {
      low = std::min(low, positions[std::size_t(row * dimensions + d)]);
      high = std::max(high, positions[std::size_t(row * dimensions + d)]);
    }
    const double stretch = high > low ? extent / (high - low) : 0.0;
    for (std::int64_t row = 0; row < rows; ++row) {
      const auto i = std::size_t(row * dimensions + d);
      out[i] = float(stretch * (positions[i] - low));
    }
  }
  return out;
}

}  // namespace

Start starting_positions(const Context& ctx, const UmapParams& params, const FuzzyGraph& graph,
                         const Components& components, const HostView& spectra,
                         core::ThreadPool& pool) {
  constexpr std::int64_t fewest_for_modes = 4;
  const std::int64_t dimensions = params.n_components;
  Start start;
  Positions positions;
  bool with_noise = true;
  if (params.init == UmapInit::given) {
    positions.assign(params.start.begin(), params.start.end());
    with_noise = has_equal_rows(params.start, dimensions);
  } else if (params.init == UmapInit::pca) {
    const std::vector<float> scores =
        pca(ctx, spectra, {.components = dimensions, .seed = params.random_state}).scores;
    positions.assign(scores.begin(), scores.end());
  } else {
    positions = at_random(graph.rows, dimensions, params.random_state);
    if (params.init == UmapInit::spectral && graph.rows >= fewest_for_modes)
      start.residual = place_by_modes(params, graph, components, spectra, positions, pool);
  }
  start.positions = stretched(std::move(positions), dimensions, params.random_state, with_noise);
  return start;
}

}  // namespace whiteline::umap
