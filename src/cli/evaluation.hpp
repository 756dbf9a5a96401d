// How well a model does on labelled spectra.
#pragma once

#include <whiteline/metrics.hpp>
#include <whiteline/svm.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/run_record.hpp"

namespace whiteline::cli {

// Labels are positions of classes in the model; no_label: not compared.
struct Labelled {
  std::vector<std::int32_t> truth, labels;
  std::vector<float> probabilities;  // spectra x classes; empty: the model gives none
};

struct ProbabilityScores {
  double brier = 0.0, log_loss = 0.0;
  double accuracy = 0.0;           // of the most probable class
  std::int64_t disagreements = 0;  // spectra whose vote is not their most probable class
  ReliabilityCurve most_probable;
  std::vector<ReliabilityCurve> of_class;
};

struct Evaluation {
  std::vector<std::string> classes;
  std::vector<std::int64_t> confusion;  // rows are true classes
  LabelScores scores;
  std::int64_t compared = 0;
  std::optional<ProbabilityScores> probabilities;
};

Evaluation evaluate(const std::vector<std::string>& classes, const Labelled& labelled,
                    const ReliabilityParams& reliability);

void describe(const Evaluation& evaluation, RunRecord& record);

std::string summary(const Evaluation& evaluation);  // for people
// As CSV: one line a class and mean; one a true class; one a bin.
std::string scores_csv(const Evaluation& evaluation);
std::string confusion_csv(const Evaluation& evaluation);
std::string reliability_csv(const Evaluation& evaluation);

}  // namespace whiteline::cli
