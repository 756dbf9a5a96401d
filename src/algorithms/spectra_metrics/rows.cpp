#include "algorithms/spectra_metrics/rows.hpp"

#include <fmt/format.h>

#include <cmath>

#include "core/with_type.hpp"

namespace whiteline::spectra_metrics {

Rows rows_of(const HostView& spectra, std::int64_t least_rows) {
  if (spectra.rows < least_rows || spectra.cols < 1)
    throw InvalidArgument(
        fmt::format("cannot compare {} spectra of {} channels (at least {} of 1 are needed) give "
                    "more",
                    spectra.rows, spectra.cols, least_rows));
  Rows out{{}, spectra.rows, spectra.cols};
  out.values.reserve(std::size_t(spectra.rows * spectra.cols));
  core::with_type(spectra.type, [&](auto zero) {
    const auto* data = static_cast<const decltype(zero)*>(spectra.data);
    for (std::int64_t r = 0; r < spectra.rows; ++r)
      for (std::int64_t c = 0; c < spectra.cols; ++c) {
        const double value = double(data[r * spectra.row_stride + c * spectra.col_stride]);
        if (!std::isfinite(value))
          throw InvalidArgument(
              fmt::format("cannot compare spectrum {} (channel {} is not finite) repair or leave "
                          "it out",
                          r, c));
        out.values.push_back(value);
      }
  });
  return out;
}

void check_same_channels(const Rows& x, const Rows& y) {
  if (x.columns != y.columns)
    throw InvalidArgument(
        fmt::format("cannot compare spectra of {} and {} channels (they are not alike) resample "
                    "one set",
                    x.columns, y.columns));
}

std::vector<double> mean_row(const Rows& x) {
  std::vector<double> mean(std::size_t(x.columns), 0.0);
  for (std::int64_t r = 0; r < x.rows; ++r)
    for (std::size_t c = 0; c < mean.size(); ++c) mean[c] += x.row(r)[c];
  for (double& value : mean) value /= double(x.rows);
  return mean;
}

void subtract(Rows& x, std::span<const double> from_each_row) {
  for (std::int64_t r = 0; r < x.rows; ++r)
    for (std::size_t c = 0; c < from_each_row.size(); ++c) x.row(r)[c] -= from_each_row[c];
}

double dot(std::span<const double> a, std::span<const double> b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

double squared_length(std::span<const double> values) { return dot(values, values); }

}  // namespace whiteline::spectra_metrics
