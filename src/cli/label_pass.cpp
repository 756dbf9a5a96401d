#include "cli/label_pass.hpp"

#include <algorithm>

#include "cli/cluster_results.hpp"

namespace whiteline::cli {

LabelPass::LabelPass(const Context& ctx, const LabelImage& image, const Pipeline& pipeline,
                     const Labeller& labeller, std::span<const std::int64_t> rows,
                     std::span<const std::int64_t> fitted)
    : ctx_(ctx),
      image_(image),
      pipeline_(pipeline),
      labeller_(labeller),
      rows_(rows),
      fitted_(fitted),
      found_(image.pixels()),
      means_(image.channels(), image.energy(), cluster_and_noise_names(labeller.clusters())) {
  for (const std::int64_t row : rows_) found_.vacuum[std::size_t(row)] = 0;
  const HdbscanResult& clusters = labeller_.found();
  for (std::size_t i = 0; i < fitted_.size(); ++i)
    found_.set(fitted_[i], clusters.labels[i], clusters.probabilities[i], LabelledBy::cluster);
  for (const std::int64_t i : labeller_.examples())
    example_rows_.push_back(fitted_[std::size_t(i)]);
  examples_.channels = image_.channels();
  examples_.class_names = cluster_names(labeller_.clusters());
  examples_.energy = image_.energy();
  examples_.metadata = image_.description().metadata;
}

void LabelPass::run() {
  image_.for_rows(rows_, "label",
                  [&](std::span<const std::int64_t> part, std::span<const float> counts) {
                    label(part, counts);
                    keep(part, counts);
                  });
}

bool LabelPass::was_fitted(std::int64_t row) const {
  return std::binary_search(fitted_.begin(), fitted_.end(), row);
}

void LabelPass::label(std::span<const std::int64_t> part, std::span<const float> counts) {
  std::vector<std::int64_t> others, noise;
  for (const std::int64_t row : part)
    if (!was_fitted(row)) others.push_back(row);
  if (!others.empty()) {
    const Labeller::Answer answer = labeller_.placed(gathered(part, counts, others));
    for (std::size_t i = 0; i < others.size(); ++i)
      found_.set(others[i], answer.labels[i], answer.probabilities[i], LabelledBy::neighbours);
  }
  if (!labeller_.can_classify()) return;
  for (const std::int64_t row : part)
    if (found_.labels[std::size_t(row)] == no_label) noise.push_back(row);
  if (noise.empty()) return;
  const Labeller::Answer answer = labeller_.classified(gathered(part, counts, noise));
  for (std::size_t i = 0; i < noise.size(); ++i)
    found_.set(noise[i], answer.labels[i], answer.probabilities[i], LabelledBy::classifier);
}

// The spectra `wanted` of a part, prepared.
Matrix LabelPass::gathered(std::span<const std::int64_t> part, std::span<const float> counts,
                           const std::vector<std::int64_t>& wanted) const {
  const auto width = std::size_t(image_.channels());
  std::vector<float> some;
  some.reserve(wanted.size() * width);
  std::size_t i = 0;
  for (const std::int64_t row : wanted) {
    while (part[i] != row) ++i;
    const auto spectrum = counts.subspan(i * width, width);
    some.insert(some.end(), spectrum.begin(), spectrum.end());
  }
  return prepare_counts(ctx_, pipeline_, image_.energy(), some);
}

// Adds to the mean spectra and to the examples.
void LabelPass::keep(std::span<const std::int64_t> part, std::span<const float> counts) {
  const auto width = std::size_t(image_.channels());
  for (std::size_t i = 0; i < part.size(); ++i) {
    const auto spectrum = counts.subspan(i * width, width);
    const std::int32_t label = found_.labels[std::size_t(part[i])];
    means_.add(std::size_t(label == no_label ? labeller_.clusters() : label), spectrum);
    if (!std::binary_search(example_rows_.begin(), example_rows_.end(), part[i])) continue;
    examples_.counts.insert(examples_.counts.end(), spectrum.begin(), spectrum.end());
    examples_.labels.push_back(label);
    ++examples_.rows;
  }
}

}  // namespace whiteline::cli
