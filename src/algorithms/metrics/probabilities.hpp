// Rows of probabilities that can be compared with the truth.
#pragma once

#include <whiteline/metrics.hpp>

namespace whiteline::metrics {

struct ProbabilityRow {
  std::int32_t truth;
  const float* probabilities;  // one a class
};

// Rows with a true class and probabilities; throws InvalidArgument as metrics.hpp says.
std::vector<ProbabilityRow> known_rows(std::span<const std::int32_t> truth,
                                       std::span<const float> probabilities, std::int32_t classes);

}  // namespace whiteline::metrics
