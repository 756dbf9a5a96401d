// What a spectrum image looks like in a few numbers.
#pragma once

#include <whiteline/spectra.hpp>

#include <cstdint>
#include <vector>

namespace whiteline::cli {

struct Statistics {
  double lowest = 0.0, highest = 0.0;  // of the finite counts; NaN when there are none
  std::int64_t not_finite = 0;         // counts that are NaN or infinite
  std::int64_t spectra_used = 0;       // those without NaN or infinity
  std::vector<double> mean;            // of these, one a channel; NaN when there are none
};
Statistics statistics(const SpectrumImage& image);

}  // namespace whiteline::cli
