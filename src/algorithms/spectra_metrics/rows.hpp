// Spectra as float64 rows without gaps.
#pragma once

#include <whiteline/matrix.hpp>

#include <cstdint>
#include <span>
#include <vector>

#include "core/nuclear_norm.hpp"

namespace whiteline::spectra_metrics {

struct Rows {
  std::vector<double> values;
  std::int64_t rows = 0, columns = 0;

  std::span<double> row(std::int64_t r) {
    return {values.data() + r * columns, std::size_t(columns)};
  }
  std::span<const double> row(std::int64_t r) const {
    return {values.data() + r * columns, std::size_t(columns)};
  }
  core::DoubleTable table() const { return {values, rows, columns}; }
};

// Throws InvalidArgument for less than `least_rows` rows, no channels, a number that is not finite.
Rows rows_of(const HostView& spectra, std::int64_t least_rows = 1);
void check_same_channels(const Rows& x, const Rows& y);  // throws InvalidArgument

std::vector<double> mean_row(const Rows& x);
void subtract(Rows& x, std::span<const double> from_each_row);
double squared_length(std::span<const double> values);
double dot(std::span<const double> a, std::span<const double> b);

// Of rows in float64, checked.
double frechet(const Rows& x, const Rows& y);
double correlation(Rows x, Rows y);
double cosine_distance(Rows x, Rows y);

}  // namespace whiteline::spectra_metrics
