#include "algorithms/umap/smooth_knn.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "algorithms/umap/sparse_rows.hpp"

namespace whiteline::umap {

namespace {

constexpr double least_share_of_mean = 1e-3;      // of sigma
constexpr double least_fraction = 1e-5;           // of local_connectivity that is looked at
constexpr double accepted = 1e-5, wanted = 1e-9;  // errors of the sum of memberships

struct Sum {
  double value = 0.0, slope = 0.0;  // slope: d value / d ln sigma
};

Sum sum_of_memberships(std::span<const float> distances, float rho, double sigma) {
  Sum sum;
  for (const float distance : distances) {
    const float beyond = distance - rho;
    if (!(beyond > 0.0f)) {
      sum.value += 1.0;
    } else if (std::isfinite(beyond)) {
      const double x = double(beyond) / sigma, part = std::exp(-x);
      sum.value += part;
      sum.slope += x * part;
    }
  }
  return sum;
}

float reach_of_surely_connected(std::span<const float> distances, double local_connectivity) {
  const auto first =
      std::find_if(distances.begin(), distances.end(), [](float d) { return d > 0.0f; });
  const auto last = std::find_if(first, distances.end(), [](float d) { return !std::isfinite(d); });
  const std::span<const float> positive(first, last);
  if (positive.empty()) return 0.0f;
  if (double(positive.size()) < local_connectivity) return positive.back();
  const double whole = std::floor(local_connectivity), fraction = local_connectivity - whole;
  if (whole == 0.0) return float(fraction * double(positive[0]));
  const auto index = std::size_t(whole);
  if (fraction <= least_fraction) return positive[index - 1];
  return float(double(positive[index - 1]) +
               fraction * double(positive[index] - positive[index - 1]));
}

// Newton's iteration in ln sigma inside a bracket that bisection narrows. umap-learn bisects from 1
// and stops at the first sum accepted, here only where that is the first of all.
double solved_scale(std::span<const float> distances, float rho, double target) {
  constexpr double largest = 0x1p64;  // where no scale reaches the target, as in umap-learn
  double sigma = 1.0, low = 0.0, high = std::numeric_limits<double>::infinity();
  for (int step = 0; step < 128; ++step) {
    const Sum sum = sum_of_memberships(distances, rho, sigma);
    const double error = target - sum.value;
    if (std::abs(error) < (step == 0 ? accepted : wanted)) return sigma;
    (error < 0.0 ? high : low) = sigma;
    const double middle = std::isinf(high) ? 2.0 * sigma : low + 0.5 * (high - low);
    const double jump = error / sum.slope;
    const double guess = sigma * std::exp(std::clamp(jump, -3.0, 3.0));
    const double next = sum.slope > 0.0 && guess > low && guess < high ? guess : middle;
    if (next > largest) return largest;
    if (next == sigma || next < std::numeric_limits<float>::min()) return next;
    sigma = next;
  }
  return sigma;
}

double mean_of(const NeighborDistances& near, std::int64_t row) {
  double sum = 0.0;
  for (const float distance : near.row(row))
    if (std::isfinite(distance)) sum += double(distance);
  const bool itself = near.first == NeighborDistances::First::the_row_itself;
  return sum / double(near.count + (itself ? 1 : 0));
}

}  // namespace

double mean_distance(const NeighborDistances& near) {
  double sum = 0.0;
  for (std::int64_t row = 0; row < near.rows; ++row) sum += mean_of(near, row);
  return near.rows > 0 ? sum / double(near.rows) : 0.0;
}

Reach smooth_knn(const NeighborDistances& near, std::int64_t n_neighbors, double local_connectivity,
                 double overall_mean, core::ThreadPool& pool) {
  Reach reach{std::vector<float>(std::size_t(near.rows)),
              std::vector<float>(std::size_t(near.rows))};
  const double target = std::log2(double(n_neighbors));
  const std::size_t first = near.first == NeighborDistances::First::the_nearest ? 1 : 0;
  core::parallel_for(pool, near.rows, rows_a_chunk, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      const auto distances = near.row(row);
      const float rho = reach_of_surely_connected(distances, local_connectivity);
      const double least = least_share_of_mean * (rho > 0.0f ? mean_of(near, row) : overall_mean);
      reach.rho[std::size_t(row)] = rho;
      reach.sigma[std::size_t(row)] =
          float(std::max(solved_scale(distances.subspan(first), rho, target), least));
    }
  });
  return reach;
}

float membership(float distance, float rho, float sigma) {
  const float beyond = distance - rho;
  if (!(beyond > 0.0f) || sigma == 0.0f) return 1.0f;
  return std::isfinite(beyond) ? float(std::exp(-double(beyond) / double(sigma))) : 0.0f;
}

}  // namespace whiteline::umap
