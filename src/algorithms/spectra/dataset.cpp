#include <fmt/format.h>
#include <whiteline/spectra.hpp>

#include <algorithm>

#include "algorithms/spectra/checks.hpp"

namespace whiteline {

void validate(const Dataset& dataset) {
  spectra::check_counts(dataset.counts.size(), dataset.rows, dataset.channels);
  spectra::check_labels(dataset.labels, dataset.class_names, dataset.rows);
  spectra::check_truth(dataset.truth, dataset.rows);
  if (!dataset.energy) return;
  spectra::check_axis(*dataset.energy);
  if (dataset.energy->size != dataset.channels)
    throw InvalidArgument(
        fmt::format("the energy axis has {} channels, the spectra have {} (they must be equal) "
                    "correct the axis",
                    dataset.energy->size, dataset.channels));
}

Dataset Dataset::subset(const std::vector<std::int64_t>& chosen) const {
  for (const std::int64_t row : chosen)
    if (row < 0 || row >= rows)
      throw InvalidArgument(
          fmt::format("there is no spectrum {} (the set has {}) choose others", row, rows));
  Dataset part;
  part.rows = std::int64_t(chosen.size());
  part.channels = channels;
  part.counts.resize(static_cast<std::size_t>(part.rows * channels));
  part.labels.reserve(chosen.size());
  float* to = part.counts.data();
  for (const std::int64_t row : chosen) {
    to = std::copy_n(counts.data() + row * channels, channels, to);
    part.labels.push_back(labels[static_cast<std::size_t>(row)]);
  }
  part.class_names = class_names;
  part.energy = energy;
  part.truth = spectra::some_truth(truth, chosen);
  part.metadata = metadata;
  return part;
}

}  // namespace whiteline
