#include <whiteline/spectra_metrics.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "algorithms/spectra_metrics/rows.hpp"
#include "core/symmetric_eigen.hpp"

namespace whiteline {

namespace spectra_metrics {

namespace {

// Centred, divided by the root of rows - 1, so that its square is the covariance.
Rows deviations(Rows x, std::span<const double> mean) {
  subtract(x, mean);
  const double scale = 1.0 / std::sqrt(double(x.rows - 1));
  for (double& value : x.values) value *= scale;
  return x;
}

// The leading principal axes, one a row, of unit length; fewer where there is no variance left.
Rows leading_axes(const Rows& centred, std::int64_t count) {
  const bool by_rows = centred.rows < centred.columns;
  const std::int64_t size = by_rows ? centred.rows : centred.columns;
  std::vector<double> products(std::size_t(size * size), 0.0);
  for (std::int64_t i = 0; i < size; ++i)
    for (std::int64_t j = i; by_rows && j < size; ++j)
      products[std::size_t(i * size + j)] = dot(centred.row(i), centred.row(j));
  for (std::int64_t r = 0; !by_rows && r < centred.rows; ++r)
    for (std::int64_t i = 0; i < size; ++i)
      for (std::int64_t j = i; j < size; ++j)
        products[std::size_t(i * size + j)] +=
            centred.row(r)[std::size_t(i)] * centred.row(r)[std::size_t(j)];
  const core::SymmetricEigen eigen = core::symmetric_eigen(products, size, count);
  constexpr double nothing = 1e-14;  // of the largest variance
  Rows axes{{}, 0, centred.columns};
  for (std::int64_t k = 0; k < count; ++k) {
    if (eigen.values[std::size_t(k)] <= nothing * eigen.values[0]) break;
    std::vector<double> axis(std::size_t(centred.columns), 0.0);
    const double* vector = eigen.vectors.data() + k * size;
    if (by_rows) {
      for (std::int64_t r = 0; r < size; ++r)
        for (std::size_t c = 0; c < axis.size(); ++c) axis[c] += vector[r] * centred.row(r)[c];
    } else {
      axis.assign(vector, vector + size);
    }
    const double length = std::sqrt(squared_length(axis));
    for (double& value : axis) value /= length;
    axes.values.insert(axes.values.end(), axis.begin(), axis.end());
    ++axes.rows;
  }
  return axes;
}

Rows projected(const Rows& x, const Rows& axes) {
  Rows out{{}, x.rows, axes.rows};
  for (std::int64_t r = 0; r < x.rows; ++r)
    for (std::int64_t k = 0; k < axes.rows; ++k) out.values.push_back(dot(x.row(r), axes.row(k)));
  return out;
}

}  // namespace

double frechet(const Rows& x, const Rows& y) {
  const std::vector<double> mean_x = mean_row(x), mean_y = mean_row(y);
  double between = 0.0;
  for (std::size_t c = 0; c < mean_x.size(); ++c)
    between += (mean_x[c] - mean_y[c]) * (mean_x[c] - mean_y[c]);
  const Rows p = deviations(x, mean_x), r = deviations(y, mean_y);
  const double spread = squared_length(p.values) + squared_length(r.values);
  const double shared = core::nuclear_norm_of_product(p.table(), r.table());
  return std::max(0.0, between + spread - 2.0 * shared);
}

}  // namespace spectra_metrics

double frechet_distance(const HostView& x, const HostView& y) {
  const auto a = spectra_metrics::rows_of(x, 2), b = spectra_metrics::rows_of(y, 2);
  spectra_metrics::check_same_channels(a, b);
  return spectra_metrics::frechet(a, b);
}

double frechet_distance(const HostView& x, const HostView& y, std::int64_t components) {
  auto a = spectra_metrics::rows_of(x, 2), b = spectra_metrics::rows_of(y, 2);
  spectra_metrics::check_same_channels(a, b);
  if (components < 1 || components > std::min(a.rows, a.columns))
    throw InvalidArgument(
        fmt::format("cannot compare {} spectra by {} principal components (1 to {} are there) take "
                    "fewer",
                    a.rows, components, std::min(a.rows, a.columns)));
  const std::vector<double> mean = spectra_metrics::mean_row(a);
  spectra_metrics::subtract(a, mean);
  spectra_metrics::subtract(b, mean);
  const auto axes = spectra_metrics::leading_axes(a, components);
  if (axes.rows == 0) return spectra_metrics::frechet(a, b);  // all spectra of x are the same
  return spectra_metrics::frechet(spectra_metrics::projected(a, axes),
                                  spectra_metrics::projected(b, axes));
}

}  // namespace whiteline
