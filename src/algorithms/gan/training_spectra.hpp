// Spectra of one class made ready to train a GAN.
#pragma once

#include <whiteline/matrix.hpp>

#include <cstdint>
#include <vector>

namespace whiteline::gan {

struct TrainingSpectra {
  std::int64_t rows = 0, channels = 0;
  std::vector<float> values;  // each row divided by its maximum
  double mean_maximum = 0.0;  // of the rows before

  HostView view() const { return {values.data(), rows, channels}; }
};

// Throws InvalidArgument for NaN, infinity, and a row without a maximum above 0.
WHITELINE_EXPORT TrainingSpectra training_spectra(const HostView& spectra);

}  // namespace whiteline::gan
