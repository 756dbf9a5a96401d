#include "algorithms/gan/training_spectra.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/finite.hpp"
#include "core/with_type.hpp"

namespace whiteline::gan {

TrainingSpectra training_spectra(const HostView& spectra) {
  TrainingSpectra out{spectra.rows, spectra.cols, {}, 0.0};
  out.values.reserve(std::size_t(spectra.rows * spectra.cols));
  std::vector<double> row(std::size_t(spectra.cols));
  core::with_type(spectra.type, [&](auto zero) {
    const auto* data = static_cast<const decltype(zero)*>(spectra.data);
    for (std::int64_t r = 0; r < spectra.rows; ++r) {
      for (std::int64_t c = 0; c < spectra.cols; ++c) {
        row[std::size_t(c)] = double(data[r * spectra.row_stride + c * spectra.col_stride]);
        if (!std::isfinite(row[std::size_t(c)])) core::throw_non_finite(r, c);
      }
      const double largest = *std::max_element(row.begin(), row.end());
      if (!(largest > 0.0))
        throw InvalidArgument(fmt::format(
            "cannot normalise spectrum {} (its maximum is {}) leave it out", r, largest));
      out.mean_maximum += largest / double(spectra.rows);
      for (const double count : row) out.values.push_back(float(count / largest));
    }
  });
  return out;
}

}  // namespace whiteline::gan
