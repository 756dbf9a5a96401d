#include "cli/evaluation.hpp"

#include <whiteline/spectra.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cli/csv.hpp"
#include "cli/text_picture.hpp"
#include "cli/truth.hpp"

namespace whiteline::cli {

namespace {

ProbabilityScores probability_scores(const Labelled& labelled, std::int32_t classes,
                                     ReliabilityParams params) {
  const auto& [truth, labels, probabilities] = labelled;
  ProbabilityScores scores;
  scores.brier = brier_score(truth, probabilities, classes);
  scores.log_loss = log_loss(truth, probabilities, classes);
  std::vector<std::int32_t> probable(labels.size(), no_label);
  for (std::size_t row = 0; row < labels.size(); ++row) {
    const float* p = probabilities.data() + row * std::size_t(classes);
    if (truth[row] == no_label || std::isnan(p[0])) continue;
    probable[row] = std::int32_t(std::max_element(p, p + classes) - p);
    scores.disagreements += probable[row] != labels[row];
  }
  scores.accuracy = score(truth, probable, std::vector<std::string>(std::size_t(classes))).accuracy;
  scores.most_probable = reliability_curve(truth, probabilities, classes, params);
  for (std::int32_t c = 0; c < classes; ++c) {
    params.of_class = c;
    scores.of_class.push_back(reliability_curve(truth, probabilities, classes, params));
  }
  return scores;
}

Json score_json(const ClassScore& score) {
  return {{"precision", number_or_null(score.precision)},
          {"recall", number_or_null(score.recall)},
          {"f1", number_or_null(score.f1)},
          {"spectra", score.support},
          {"labelled", score.predicted}};
}

Json curve_json(const ReliabilityCurve& curve) {
  Json bins = Json::array();
  for (const ReliabilityBin& bin : curve.bins)
    bins.push_back({{"low", bin.low},
                    {"high", bin.high},
                    {"spectra", bin.rows},
                    {"probability", bin.probability},
                    {"observed", bin.observed},
                    {"observed_low", bin.observed_low},
                    {"observed_high", bin.observed_high}});
  return {{"expected_calibration_error", number_or_null(curve.expected_error)},
          {"largest_calibration_error", number_or_null(curve.largest_error)},
          {"bins", bins}};
}

// Name and score of each class, then of the means.
std::vector<std::pair<std::string, ClassScore>> named_scores(const Evaluation& evaluation) {
  std::vector<std::pair<std::string, ClassScore>> all;
  for (std::size_t c = 0; c < evaluation.classes.size(); ++c)
    all.emplace_back(evaluation.classes[c], evaluation.scores.classes[c]);
  all.emplace_back("(mean)", evaluation.scores.macro);
  all.emplace_back("(weighted mean)", evaluation.scores.weighted);
  return all;
}

std::string text_of(double share) { return std::isnan(share) ? "-" : fmt::format("{:.4f}", share); }

std::string csv_number(double value) {
  return std::isnan(value) ? std::string() : fmt::format("{:.9g}", value);
}

}  // namespace

Evaluation evaluate(const std::vector<std::string>& classes, const Labelled& labelled,
                    const ReliabilityParams& reliability) {
  Evaluation out;
  out.classes = classes;
  out.confusion = confusion_matrix(labelled.truth, labelled.labels, std::int32_t(classes.size()));
  out.scores = label_scores(out.confusion);
  for (const std::int64_t count : out.confusion) out.compared += count;
  if (!labelled.probabilities.empty())
    out.probabilities = probability_scores(labelled, std::int32_t(classes.size()), reliability);
  return out;
}

void describe(const Evaluation& evaluation, RunRecord& record) {
  const LabelScores& scores = evaluation.scores;
  record["compared"] = evaluation.compared;
  record["accuracy"] = number_or_null(scores.accuracy);
  record["balanced_accuracy"] = number_or_null(scores.balanced_accuracy);
  record["matthews"] = number_or_null(scores.matthews);
  Json classes = Json::object();
  for (std::size_t c = 0; c < evaluation.classes.size(); ++c)
    classes[evaluation.classes[c]] = score_json(scores.classes[c]);
  record["classes"] = classes;
  record["mean"] = score_json(scores.macro);
  record["weighted_mean"] = score_json(scores.weighted);
  record["confusion"] =
      confusion_json({.classes = evaluation.classes, .confusion = evaluation.confusion});
  if (!evaluation.probabilities) return;
  const ProbabilityScores& p = *evaluation.probabilities;
  Json of_class = Json::object();
  for (std::size_t c = 0; c < evaluation.classes.size(); ++c)
    of_class[evaluation.classes[c]] = curve_json(p.of_class[c]);
  record["probabilities"] = {{"brier_score", number_or_null(p.brier)},
                             {"log_loss", number_or_null(p.log_loss)},
                             {"accuracy_of_most_probable", number_or_null(p.accuracy)},
                             {"disagreements", p.disagreements},
                             {"reliability", curve_json(p.most_probable)},
                             {"reliability_of_class", of_class}};
}

std::string summary(const Evaluation& evaluation) {
  if (evaluation.compared == 0) return "accuracy: nothing to compare with";
  const LabelScores& scores = evaluation.scores;
  std::string text =
      fmt::format("accuracy {:.4f} of {} spectra, balanced {:.4f}, Matthews {:.4f}\n",
                  scores.accuracy, evaluation.compared, scores.balanced_accuracy, scores.matthews);
  std::vector<std::vector<std::string>> rows = {
      {"class", "precision", "recall", "F1", "spectra", "labelled"}};
  for (const auto& [name, score] : named_scores(evaluation))
    rows.push_back({name, text_of(score.precision), text_of(score.recall), text_of(score.f1),
                    fmt::format("{}", score.support), fmt::format("{}", score.predicted)});
  text += table(rows) + "\n" + confusion_table(evaluation.classes, evaluation.confusion);
  if (!evaluation.probabilities) return text;
  const ProbabilityScores& p = *evaluation.probabilities;
  return text + fmt::format(
                    "\nprobabilities: Brier score {:.5f}, log loss {:.5f}, expected calibration "
                    "error {:.4f}\nthe most probable class is right in {:.4f}; it is not the vote "
                    "in {} spectra",
                    p.brier, p.log_loss, p.most_probable.expected_error, p.accuracy,
                    p.disagreements);
}

std::string scores_csv(const Evaluation& evaluation) {
  std::string csv = csv_line({"class", "precision", "recall", "f1", "spectra", "labelled"});
  for (const auto& [name, score] : named_scores(evaluation))
    csv +=
        csv_line({name, csv_number(score.precision), csv_number(score.recall), csv_number(score.f1),
                  fmt::format("{}", score.support), fmt::format("{}", score.predicted)});
  return csv;
}

std::string confusion_csv(const Evaluation& evaluation) {
  std::vector<std::string> line = {"true class"};
  line.insert(line.end(), evaluation.classes.begin(), evaluation.classes.end());
  std::string csv = csv_line(line);
  const std::size_t classes = evaluation.classes.size();
  for (std::size_t t = 0; t < classes; ++t) {
    line = {evaluation.classes[t]};
    for (std::size_t p = 0; p < classes; ++p)
      line.push_back(fmt::format("{}", evaluation.confusion[t * classes + p]));
    csv += csv_line(line);
  }
  return csv;
}

std::string reliability_csv(const Evaluation& evaluation) {
  std::string csv = csv_line({"class", "low", "high", "spectra", "probability", "observed",
                              "observed_low", "observed_high"});
  const auto add = [&](const std::string& name, const ReliabilityCurve& curve) {
    for (const ReliabilityBin& bin : curve.bins)
      csv += csv_line({name, csv_number(bin.low), csv_number(bin.high), fmt::format("{}", bin.rows),
                       csv_number(bin.probability), csv_number(bin.observed),
                       csv_number(bin.observed_low), csv_number(bin.observed_high)});
  };
  add("(most probable)", evaluation.probabilities->most_probable);
  for (std::size_t c = 0; c < evaluation.classes.size(); ++c)
    add(evaluation.classes[c], evaluation.probabilities->of_class[c]);
  return csv;
}

}  // namespace whiteline::cli
