// What a spectrum image looks like in a few numbers.
#pragma once

#include <whiteline/progress.hpp>
#include <whiteline/spectrum_reader.hpp>

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

// The mean of the spectra without NaN or infinity, and how many these are. The same bits as in
// Statistics.
struct MeanSpectrum {
  std::int64_t spectra_used = 0;
  std::vector<double> counts;  // one a channel; NaN when there are no spectra
};
// Adds up the same, some spectra at a time in ascending order.
class SpectraMean {
 public:
  void add(const HostView& spectra);
  MeanSpectrum mean() const;

 private:
  MeanSpectrum sum_;
  std::vector<float> spectrum_;
};
MeanSpectrum mean_spectrum(const SpectrumReader& reader, std::uint64_t memory,
                           const Progress& progress = {});

}  // namespace whiteline::cli
