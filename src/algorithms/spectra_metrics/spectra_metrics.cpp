#include <whiteline/spectra_metrics.hpp>

#include <algorithm>
#include <cmath>

#include "algorithms/spectra_metrics/rows.hpp"

namespace whiteline {

using spectra_metrics::Rows;
using spectra_metrics::rows_of;

namespace {

// The mean spectrum as a distribution.
std::vector<double> distribution(const Rows& x) {
  constexpr double least = 1e-12;
  std::vector<double> mean = spectra_metrics::mean_row(x);
  double sum = 0.0;
  for (double& value : mean) sum += value = std::max(value, least);
  for (double& value : mean) value /= sum;
  return mean;
}

}  // namespace

double mean_spectrum_divergence(const HostView& x, const HostView& y) {
  const Rows a = rows_of(x), b = rows_of(y);
  spectra_metrics::check_same_channels(a, b);
  const std::vector<double> p = distribution(a), q = distribution(b);
  double sum = 0.0;
  for (std::size_t c = 0; c < p.size(); ++c) sum += p[c] * std::log(p[c] / q[c]);
  return sum;
}

double signal_to_noise(const HostView& x) {
  Rows rows = rows_of(x);
  const std::vector<double> mean = spectra_metrics::mean_row(rows);
  spectra_metrics::subtract(rows, mean);
  std::vector<double> variance(mean.size(), 0.0);
  for (std::int64_t r = 0; r < rows.rows; ++r)
    for (std::size_t c = 0; c < mean.size(); ++c) {
      const double deviation = rows.row(r)[c];
      variance[c] += deviation * deviation / double(rows.rows);
    }
  double sum = 0.0;
  for (std::size_t c = 0; c < mean.size(); ++c)
    if (variance[c] > 0.0) sum += mean[c] / std::sqrt(variance[c]);
  return sum / double(mean.size());
}

double mean_pair_distance(const HostView& x) {
  Rows rows = rows_of(x, 2);
  spectra_metrics::subtract(rows, spectra_metrics::mean_row(rows));
  return 2.0 * spectra_metrics::squared_length(rows.values) / double(rows.rows - 1);
}

double quantile(std::vector<double> values, double share) {
  require(!values.empty() && share >= 0.0 && share <= 1.0,
          "cannot take a quantile (there are no values, or the share is not in [0, 1]) correct "
          "them");
  std::sort(values.begin(), values.end());
  const double place = share * double(values.size() - 1);
  const auto below = std::size_t(place);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (place - double(below)) * (values[above] - values[below]);
}

}  // namespace whiteline
