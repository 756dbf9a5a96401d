// What `whiteline label` found of each spectrum, and how it is shown.
#pragma once

#include <whiteline/hdbscan.hpp>
#include <whiteline/spectra.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include "cli/files.hpp"

namespace whiteline::cli {

// What a label comes from.
enum class LabelledBy : std::uint8_t { nothing, cluster, neighbours, classifier };

struct LabelledSpectra {
  std::vector<std::int32_t> labels;  // no_label: vacuum, or noise that nothing classified
  std::vector<float> probabilities;  // in [0, 1]
  std::vector<LabelledBy> by;
  std::vector<char> vacuum;

  explicit LabelledSpectra(std::int64_t spectra);
  void set(std::int64_t row, std::int32_t label, float probability, LabelledBy who);
  // Spectra with a signal that a cluster of the embedding took in, by themselves or by neighbours;
  // the others are noise.
  std::vector<std::int32_t> clustered() const;
  std::int64_t count(LabelledBy who) const;
};

// A line a spectrum: row, or y and x; truth where there is one; label, probability, what it is by.
std::string label_table(const SpectrumImage& image, bool is_table, const LabelledSpectra& found);

// labels.png, clusters.png (before noise was classified) and probability.png.
void write_label_maps(StagedFolder& folder, const SpectrumImage& image,
                      const LabelledSpectra& found, std::int32_t clusters);

}  // namespace whiteline::cli
