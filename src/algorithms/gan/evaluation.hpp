// How a generator in training stands beside the measured spectra, and when it is good enough.
#pragma once

#include <whiteline/gan.hpp>

#include "algorithms/gan/training_spectra.hpp"

namespace whiteline::gan {

struct Baseline {
  std::int64_t sample = 0;  // spectra
  GanMetrics tolerances, medians;
};
// Of pairs of samples of half of the spectra, at most 32.
Baseline baseline_of(const TrainingSpectra& spectra, std::uint64_t seed);

// `count` rows drawn without replacement, by (Philox word, row): purpose 6, layer 0xfffe, step =
// epoch.
std::vector<float> real_sample(const TrainingSpectra& spectra, std::int64_t count,
                               std::uint64_t seed, std::uint32_t epoch, std::uint32_t model);

GanMetrics metrics_of(const HostView& measured, const HostView& generated);
// Nowhere worse.
WHITELINE_EXPORT bool meets(const GanMetrics& metrics, const GanMetrics& tolerances);

}  // namespace whiteline::gan
