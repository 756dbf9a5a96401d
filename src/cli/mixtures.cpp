#include "cli/mixtures.hpp"

#include <fmt/format.h>
#include <whiteline/spectra.hpp>

#include <cmath>
#include <numeric>
#include <optional>

namespace whiteline::cli {

namespace {

constexpr double least_share = 0.2, most_misfit = 1.0 / 3.0;

using Spectrum = std::vector<double>;

double product(const Spectrum& x, const Spectrum& y) {
  return std::inner_product(x.begin(), x.end(), y.begin(), 0.0);
}

// Of unit length; zero where a cluster has no spectra.
std::vector<Spectrum> directions_of_means(std::span<const float> spectra,
                                          std::span<const std::int32_t> labels,
                                          std::int32_t clusters) {
  const std::size_t channels = labels.empty() ? 0 : spectra.size() / labels.size();
  std::vector<Spectrum> sums(std::size_t(clusters), Spectrum(channels, 0.0));
  for (std::size_t row = 0; row < labels.size(); ++row) {
    if (labels[row] == no_label) continue;
    Spectrum& sum = sums[std::size_t(labels[row])];
    for (std::size_t c = 0; c < channels; ++c) sum[c] += double(spectra[row * channels + c]);
  }
  for (Spectrum& sum : sums) {
    const double length = std::sqrt(product(sum, sum));
    if (length > 0.0)
      for (double& value : sum) value /= length;
  }
  return sums;
}

// The best x = a u + b v of unit vectors; nothing where a or b is too small, or u is v.
std::optional<ClusterMixture> mixture_of(const Spectrum& x, const Spectrum& u, const Spectrum& v) {
  const double xu = product(x, u), xv = product(x, v), uv = product(u, v);
  const double determinant = 1.0 - uv * uv;
  if (determinant <= 0.0) return std::nullopt;
  const double a = (xu - uv * xv) / determinant, b = (xv - uv * xu) / determinant;
  const double share = a / (a + b);
  if (!(a > 0.0 && b > 0.0 && share >= least_share && share <= 1.0 - least_share))
    return std::nullopt;
  double left = 0.0, apart = 0.0;
  for (std::size_t c = 0; c < x.size(); ++c) {
    left += std::pow(x[c] - a * u[c] - b * v[c], 2);
    apart += std::pow(u[c] - v[c], 2);
  }
  return ClusterMixture{0, 0, 0, share, std::sqrt(left / apart)};
}

std::optional<ClusterMixture> best_mixture(const std::vector<Spectrum>& means,
                                           const std::vector<std::int32_t>& kept) {
  std::optional<ClusterMixture> best;
  for (const std::int32_t cluster : kept)
    for (const std::int32_t first : kept)
      for (const std::int32_t second : kept) {
        if (second <= first || cluster == first || cluster == second) continue;
        auto found = mixture_of(means[std::size_t(cluster)], means[std::size_t(first)],
                                means[std::size_t(second)]);
        if (!found || found->misfit > (best ? best->misfit : most_misfit)) continue;
        best = ClusterMixture{cluster, first, second, found->share, found->misfit};
      }
  return best;
}

}  // namespace

std::vector<ClusterMixture> mixtures_among(std::span<const float> spectra,
                                           std::span<const std::int32_t> labels,
                                           std::int32_t clusters) {
  const std::vector<Spectrum> means = directions_of_means(spectra, labels, clusters);
  std::vector<std::int32_t> kept(static_cast<std::size_t>(clusters));
  std::iota(kept.begin(), kept.end(), 0);
  std::vector<ClusterMixture> found;
  while (kept.size() > 2) {
    const std::optional<ClusterMixture> best = best_mixture(means, kept);
    if (!best) break;
    found.push_back(*best);
    std::erase(kept, best->cluster);
  }
  return found;
}

void take_out(const std::vector<ClusterMixture>& mixtures, HdbscanResult& result) {
  std::vector<std::int32_t> number(std::size_t(result.clusters), 0);
  for (const ClusterMixture& mixture : mixtures) number[std::size_t(mixture.cluster)] = no_label;
  std::vector<std::int32_t> selected;
  for (std::size_t c = 0; c < number.size(); ++c) {
    if (number[c] == no_label) continue;
    number[c] = std::int32_t(selected.size());
    selected.push_back(result.selected[c]);
  }
  for (std::size_t row = 0; row < result.labels.size(); ++row) {
    std::int32_t& label = result.labels[row];
    if (label != no_label) label = number[std::size_t(label)];
    if (label == no_label) result.probabilities[row] = 0.0f;
  }
  result.clusters = std::int32_t(selected.size());
  result.selected = std::move(selected);
}

std::string text_of(const ClusterMixture& mixture) {
  return fmt::format("cluster {} looks like a mixture of clusters {} ({:.0f} %) and {}",
                     mixture.cluster, mixture.first, 100.0 * mixture.share, mixture.second);
}

Json json_of(const std::vector<ClusterMixture>& mixtures) {
  Json all = Json::array();
  for (const ClusterMixture& mixture : mixtures)
    all.push_back({{"cluster", mixture.cluster},
                   {"of", {mixture.first, mixture.second}},
                   {"share", mixture.share},
                   {"misfit", mixture.misfit}});
  return all;
}

}  // namespace whiteline::cli
