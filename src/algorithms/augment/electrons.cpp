#include <whiteline/augment.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/finite.hpp"
#include "core/with_type.hpp"

namespace whiteline {

namespace {

double median(std::vector<double>& values) {
  const auto middle = values.begin() + std::ptrdiff_t(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

double estimated_electrons(const HostView& spectra) {
  require(spectra.rows > 0 && spectra.cols > 2,
          "cannot estimate the noise (there are no spectra, or fewer than 3 channels) give some");
  constexpr double most = 1e8;
  double sum = 0.0;
  std::vector<double> differences, row(std::size_t(spectra.cols));
  core::with_type(spectra.type, [&](auto zero) {
    const auto* data = static_cast<const decltype(zero)*>(spectra.data);
    for (std::int64_t r = 0; r < spectra.rows; ++r) {
      for (std::int64_t c = 0; c < spectra.cols; ++c) {
        const double count = double(data[r * spectra.row_stride + c * spectra.col_stride]);
        if (!std::isfinite(count)) core::throw_non_finite(r, c);
        row[std::size_t(c)] = count;
        sum += std::max(count, 0.0);
      }
      for (std::size_t c = 1; c + 1 < row.size(); ++c)
        differences.push_back(row[c - 1] - 2.0 * row[c] + row[c + 1]);
    }
  });
  const double middle = median(differences);
  for (double& difference : differences) difference = std::abs(difference - middle);
  const double deviation = 1.4826 * median(differences) / std::sqrt(6.0);
  const double mean = sum / (double(spectra.rows) * double(spectra.cols));
  return deviation > 0.0 ? std::min(mean / (deviation * deviation), most) : most;
}

}  // namespace whiteline
