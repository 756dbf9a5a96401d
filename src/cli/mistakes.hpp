// Mean spectra of what a model takes for what, as the model sees them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/classifier.hpp"

namespace whiteline::cli {

class Mistakes {
 public:
  explicit Mistakes(const Classifier& model);

  // Prepares the spectra by the model's pipeline, tile by tile, and adds those that have a true
  // class and a label (positions in the model; no_label: left out).
  void add(const Context& ctx, const Dataset& set, std::span<const std::int32_t> truth,
           std::span<const std::int32_t> labels);

  // SVG: the mean of each class's rightly labelled spectra, and of the commonest mistakes, dashed.
  std::string chart() const;

 private:
  struct Group {
    std::size_t truth, label;
    std::int64_t spectra = 0;
    std::vector<double> sum;  // one a channel
  };
  const Classifier& model_;
  std::vector<Group> groups_;  // classes x classes
  std::optional<EnergyAxis> energy_;
};

}  // namespace whiteline::cli
