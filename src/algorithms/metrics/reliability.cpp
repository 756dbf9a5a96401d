#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "algorithms/metrics/probabilities.hpp"

namespace whiteline {

namespace {

// A probability that something holds, and whether it does.
struct Claim {
  double probability;
  bool holds;
};

std::vector<Claim> claims_of(const std::vector<metrics::ProbabilityRow>& rows, std::int32_t classes,
                             std::optional<std::int32_t> of_class) {
  std::vector<Claim> claims;
  for (const metrics::ProbabilityRow& row : rows) {
    const auto best = std::max_element(row.probabilities, row.probabilities + classes);
    const std::int32_t c = of_class.value_or(std::int32_t(best - row.probabilities));
    claims.push_back({row.probabilities[c], row.truth == c});
  }
  return claims;
}

// The bins' ends, bins + 1 numbers.
std::vector<double> edges_of(const std::vector<Claim>& claims, const ReliabilityParams& params) {
  std::vector<double> sorted, edges;
  for (const Claim& claim : claims) sorted.push_back(claim.probability);
  std::sort(sorted.begin(), sorted.end());
  for (int i = 0; i <= params.bins; ++i) {
    const double share = double(i) / params.bins;
    if (params.binning == Binning::equal_width || sorted.empty()) {
      edges.push_back(share);
      continue;
    }
    const double place = share * double(sorted.size() - 1);
    const auto left = static_cast<std::size_t>(place);
    const std::size_t right = std::min(left + 1, sorted.size() - 1);
    edges.push_back(sorted[left] + (place - double(left)) * (sorted[right] - sorted[left]));
  }
  return edges;
}

// Score interval of a binomial share, 95 %.
void set_interval(ReliabilityBin& bin) {
  constexpr double z = 1.959963984540054;
  const double n = double(bin.rows), p = bin.observed;
  const double scale = 1.0 / (1.0 + z * z / n), middle = scale * (p + z * z / (2.0 * n));
  const double half = scale * z * std::sqrt(p * (1.0 - p) / n + z * z / (4.0 * n * n));
  bin.observed_low = std::max(0.0, middle - half);
  bin.observed_high = std::min(1.0, middle + half);
}

}  // namespace

ReliabilityCurve reliability_curve(std::span<const std::int32_t> truth,
                                   std::span<const float> probabilities, std::int32_t classes,
                                   const ReliabilityParams& params) {
  require(params.bins >= 1 && params.bins <= 1000,
          "cannot draw a reliability curve (the number of bins is not in 1 to 1000) correct it");
  require(!params.of_class || (*params.of_class >= 0 && *params.of_class < classes),
          "cannot draw a reliability curve (there is no such class) name one of the classes");
  const std::vector<Claim> claims =
      claims_of(metrics::known_rows(truth, probabilities, classes), classes, params.of_class);
  const std::vector<double> edges = edges_of(claims, params);
  std::vector<ReliabilityBin> bins(std::size_t(params.bins));
  for (const Claim& claim : claims) {
    // Of the inner edges: those below the probability.
    const auto bin =
        std::size_t(std::lower_bound(edges.begin() + 1, edges.end() - 1, claim.probability) -
                    edges.begin() - 1);
    ++bins[bin].rows;
    bins[bin].probability += claim.probability;
    bins[bin].observed += claim.holds ? 1.0 : 0.0;
  }
  ReliabilityCurve curve;
  curve.rows = std::int64_t(claims.size());
  for (std::size_t i = 0; i < bins.size(); ++i) {
    ReliabilityBin bin = bins[i];
    if (bin.rows == 0) continue;
    bin.low = edges[i];
    bin.high = edges[i + 1];
    bin.probability /= double(bin.rows);
    bin.observed /= double(bin.rows);
    set_interval(bin);
    const double miss = std::abs(bin.observed - bin.probability);
    curve.expected_error += miss * double(bin.rows) / double(curve.rows);
    curve.largest_error = std::max(curve.largest_error, miss);
    curve.bins.push_back(bin);
  }
  if (claims.empty())
    curve.expected_error = curve.largest_error = std::numeric_limits<double>::quiet_NaN();
  return curve;
}

}  // namespace whiteline
