#include "algorithms/umap/centres.hpp"

#include <algorithm>
#include <cmath>

#include "algorithms/umap/spectral.hpp"

namespace whiteline::umap {

namespace {

constexpr std::int64_t most_by_means = 512;

double squared_distance(const double* x, const double* y, std::int64_t size) {
  double sum = 0.0;
  for (std::int64_t i = 0; i < size; ++i) sum += (x[i] - y[i]) * (x[i] - y[i]);
  return sum;
}

std::vector<double> at_ends_of_axes(std::int64_t count, std::int64_t dimensions) {
  std::vector<double> places(std::size_t(count * dimensions), 0.0);
  const std::int64_t axes = (count + 1) / 2;
  for (std::int64_t c = 0; c < count; ++c)
    places[std::size_t(c * dimensions + c % axes)] = c < axes ? 1.0 : -1.0;
  return places;
}

// Any number of them: neighbours are one step apart.
Centres on_lattice(std::int64_t count, std::int64_t dimensions) {
  std::int64_t side = 1;
  while (std::pow(double(side), double(dimensions)) < double(count)) ++side;
  Centres centres;
  for (std::int64_t c = 0; c < count; ++c)
    for (std::int64_t d = 0, rest = c; d < dimensions; ++d, rest /= side)
      centres.places.push_back(double(rest % side) / double(side));
  centres.radii.assign(std::size_t(count), 0.5 / double(side));
  return centres;
}

// count x channels.
std::vector<double> means_of(const Components& components, const HostView& spectra) {
  const auto* numbers = static_cast<const float*>(spectra.data);
  const std::int64_t channels = spectra.cols;
  std::vector<double> means(std::size_t(components.count() * channels), 0.0);
  for (std::size_t c = 0; c < components.rows.size(); ++c) {
    double* mean = means.data() + std::int64_t(c) * channels;
    for (const std::int32_t row : components.rows[c])
      for (std::int64_t q = 0; q < channels; ++q)
        mean[q] += double(numbers[std::int64_t(row) * spectra.row_stride + q]);
    for (std::int64_t q = 0; q < channels; ++q) mean[q] /= double(components.rows[c].size());
  }
  return means;
}

// exp(-(distance / median distance)^2) between all means, themselves included.
SparseRows nearness_of(const std::vector<double>& means, std::int64_t count,
                       std::int64_t channels) {
  std::vector<double> squares(std::size_t(count * count));
  for (std::int64_t i = 0; i < count; ++i)
    for (std::int64_t j = 0; j < count; ++j)
      squares[std::size_t(i * count + j)] =
          squared_distance(means.data() + i * channels, means.data() + j * channels, channels);
  std::vector<double> sorted = squares;
  const auto middle = sorted.begin() + std::ssize(sorted) / 2;
  std::nth_element(sorted.begin(), middle, sorted.end());
  const double scale = *middle > 0.0 ? *middle : 1.0;
  SparseRows nearness{count, {0}, {}, {}};
  for (std::int64_t i = 0; i < count; ++i) {
    for (std::int64_t j = 0; j < count; ++j) {
      nearness.columns.push_back(std::int32_t(j));
      nearness.weights.push_back(float(std::exp(-squares[std::size_t(i * count + j)] / scale)));
    }
    nearness.offsets.push_back(std::ssize(nearness.columns));
  }
  return nearness;
}

std::vector<double> as_their_means(const Components& components, std::int64_t dimensions,
                                   const HostView& spectra, std::uint64_t seed,
                                   core::ThreadPool& pool) {
  const std::int64_t count = components.count();
  const SparseRows nearness = nearness_of(means_of(components, spectra), count, spectra.cols);
  const SpectralVectors modes = spectral_vectors(nearness, dimensions, seed, pool);
  double largest = 0.0;
  for (const double value : modes.vectors) largest = std::max(largest, std::abs(value));
  std::vector<double> places(modes.vectors.size());
  for (std::int64_t d = 0; d < dimensions; ++d)
    for (std::int64_t c = 0; c < count; ++c)
      places[std::size_t(c * dimensions + d)] = modes.vectors[std::size_t(d * count + c)] / largest;
  return places;
}

// Half the distance of each place to the nearest that is another.
std::vector<double> radii_of(const std::vector<double>& places, std::int64_t dimensions) {
  const std::int64_t count = std::ssize(places) / dimensions;
  std::vector<double> radii;
  for (std::int64_t i = 0; i < count; ++i) {
    double nearest = std::numeric_limits<double>::infinity();
    for (std::int64_t j = 0; j < count; ++j) {
      const double square = squared_distance(places.data() + i * dimensions,
                                             places.data() + j * dimensions, dimensions);
      if (square > 0.0) nearest = std::min(nearest, square);
    }
    radii.push_back(0.5 * std::sqrt(nearest));
  }
  return radii;
}

}  // namespace

Centres component_centres(const Components& components, std::int64_t dimensions,
                          const HostView& spectra, std::uint64_t seed, core::ThreadPool& pool) {
  const std::int64_t count = components.count();
  Centres centres;
  if (count <= 2 * dimensions)
    centres.places = at_ends_of_axes(count, dimensions);
  else if (count <= most_by_means && spectra.data)
    centres.places = as_their_means(components, dimensions, spectra, seed, pool);
  else
    return on_lattice(count, dimensions);
  centres.radii = radii_of(centres.places, dimensions);
  return centres;
}

}  // namespace whiteline::umap
