// Comparing labels with the truth, where it is known.
#pragma once

#include <whiteline/spectra.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "cli/options.hpp"

namespace whiteline::cli {

// Labels are the positions of classes in the model: 0 .. classes - 1, or no_label.
struct Score {
  double accuracy = 0.0;      // NaN when nothing could be compared
  std::int64_t compared = 0;  // spectra with a true and a predicted class
  std::int64_t left_out = 0;  // with a true class, but masked, unknown or invalid
  std::vector<std::string> classes;
  std::vector<std::int64_t> confusion;  // classes x classes, rows are true classes
};
Score score(std::span<const std::int32_t> truth, std::span<const std::int32_t> predicted,
            const std::vector<std::string>& classes);

void add(const Score& part, Score& whole);  // of other spectra, with the same classes

// A file's labels as positions in the model, by class name; spectra of classes that the model does
// not know get no_label, and the names of these classes are added to `strangers`.
std::vector<std::int32_t> in_model_classes(std::span<const std::int32_t> labels,
                                           const std::vector<std::string>& class_names,
                                           const std::vector<std::string>& model_classes,
                                           std::vector<std::string>& strangers);

// Labels as positions among the model's classes.
std::vector<std::int32_t> as_positions(std::span<const std::int32_t> labels,
                                       std::span<const std::int32_t> classes);

std::string summary(const Score& score);  // accuracy and confusion, for people
Json confusion_json(const Score& score);
Json number_or_null(double value);  // NaN is no JSON

}  // namespace whiteline::cli
