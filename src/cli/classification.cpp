#include "cli/classification.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "cli/interrupt.hpp"
#include "cli/statistics.hpp"

namespace whiteline::cli {

namespace {

void warn_of_shift(const AxisInUse& axis, const Classifier& model, double peak,
                   const std::string& file, Console& console) {
  const std::optional<EnergyAxis> seen = model.pipeline().output();
  if (!axis.calibration || !seen || peak < seen->offset || peak > seen->last()) return;
  console.warn(
      fmt::format("{}: the axis was shifted to put a peak at {:.6g} eV, which lies among "
                  "the energies the model looks at ({:.6g} to {:.6g} eV): the labels "
                  "depend on that energy being right",
                  file, peak, seen->offset, seen->last()));
}

void settle_probabilities(const SettleRules& rules, const float* probabilities, std::int32_t& label,
                          LabelCounts& counts) {
  const auto classes = std::ptrdiff_t(rules.class_names.size());
  const auto best = std::max_element(probabilities, probabilities + classes) - probabilities;
  counts.disagreements += best != label;
  if (probabilities[best] < rules.unknown_below) {
    label = rules.unknown_label();
    ++counts.unknown;
  }
}

}  // namespace

AxisInUse axis_in_use(const Context& ctx, const Classifier& model, const SpectrumReader& reader,
                      const ClassifyOptions& options, Console& console) {
  const SpectrumImage& image = reader.description();
  AxisInUse axis;
  axis.energy =
      corrected_axis(known_axis(image.energy, image.metadata), image.energy.size, options.axis);
  if (!options.calibrate_peak) return axis;
  if (!axis.energy)
    throw InvalidArgument(
        "cannot calibrate the energy axis (the file has none) give one with --axis "
        "OFFSET:DISPERSION");
  const MeanSpectrum mean = mean_spectrum(reader, ctx.memory_limit() / 2, console.progress());
  axis.calibration = find_peak(ctx, mean, *axis.energy, *options.calibrate_peak,
                               background_width(model.pipeline()));
  axis.energy->offset += axis.calibration->shift;
  warn_of_shift(axis, model, options.calibrate_peak->energy, reader.path().string(), console);
  throw_if_interrupted();
  return axis;
}

SvmPredictParams predict_params(const Classifier& model, const ClassifyOptions& options) {
  using Params = SvmPredictParams;
  const bool network = std::holds_alternative<nn::Model>(model.model());
  if (network && options.decisions == "ovo")
    throw InvalidArgument(
        "cannot write a decision a pair of classes (the model is a network, which has one a class) "
        "use --decisions ovr");
  Params params;
  params.probability = model.gives_probabilities();
  params.on_invalid = Params::OnInvalid::mark;
  params.decision = options.decisions != "none";
  if (options.decisions == "ovr") params.decision_function = Params::DecisionFunction::one_vs_rest;
  if (options.labels == "vote-break-ties") params.labels = Params::Labels::vote_break_ties;
  if (options.support_columns) params.columns = Params::Columns::support;
  if (options.labels == "argmax") params.labels = Params::Labels::argmax;
  return params;
}

std::vector<std::string> decision_names(const Classifier& model, const std::string& kind) {
  std::vector<std::string> names;
  const std::vector<std::string>& classes = model.class_names();
  for (std::size_t a = 0; a < classes.size(); ++a) {
    if (kind == "ovr") names.push_back(fmt::format("f({})", classes[a]));
    if (kind != "ovo") continue;
    for (std::size_t b = a + 1; b < classes.size(); ++b)
      names.push_back(fmt::format("f({},{})", classes[a], classes[b]));
  }
  return names;
}

std::vector<std::int32_t> truth_of(const SpectrumImage& image, const Classifier& model,
                                   const std::string& file, Console& console) {
  if (image.labels.empty()) return {};
  std::vector<std::string> strangers;
  auto truth = in_model_classes(image.labels, image.class_names, model.class_names(), strangers);
  for (const std::string& name : strangers)
    console.warn(
        fmt::format("{}: spectra labelled {} are not compared (the model does not know "
                    "this class)",
                    file, name));
  if (std::all_of(truth.begin(), truth.end(), [](std::int32_t t) { return t == no_label; }))
    return {};
  return truth;
}

void settle(const SettleRules& rules, MapPiece& piece, LabelCounts& counts) {
  const std::size_t classes = rules.class_names.size();
  counts.labelled.resize(classes);
  counts.spectra += std::int64_t(piece.labels.size());
  for (std::size_t i = 0; i < piece.labels.size(); ++i) {
    std::int32_t& label = piece.labels[i];
    if (!piece.sums.empty() && !(piece.sums[i] >= rules.signal_level)) {
      ++counts.vacuum;
      label = no_label;
      if (!piece.probabilities.empty())
        std::fill_n(piece.probabilities.begin() + std::ptrdiff_t(i * classes), classes,
                    std::numeric_limits<float>::quiet_NaN());
    } else if (label == no_label) {
      ++counts.invalid;
    } else if (!piece.probabilities.empty()) {
      settle_probabilities(rules, piece.probabilities.data() + i * classes, label, counts);
    }
    if (label != no_label && label != rules.unknown_label()) ++counts.labelled[std::size_t(label)];
  }
  if (piece.truth.empty()) return;
  const Score here = score(piece.truth, piece.labels, rules.class_names);
  if (counts.score)
    add(here, *counts.score);
  else
    counts.score = here;
}

void describe(const LabelCounts& counts, const std::vector<std::string>& class_names,
              RunRecord& record) {
  Json labelled = Json::object();
  for (std::size_t i = 0; i < class_names.size(); ++i)
    labelled[class_names[i]] = counts.labelled[i];
  record["spectra"] = counts.spectra;
  record["labelled"] = labelled;
  record["vacuum"] = counts.vacuum;
  record["unknown"] = counts.unknown;
  record["invalid"] = counts.invalid;
  record["disagreements"] = counts.disagreements;
  if (!counts.score) return;
  record["accuracy"] = number_or_null(counts.score->accuracy);
  record["compared"] = counts.score->compared;
  record["left_out"] = counts.score->left_out;
  record["confusion"] = confusion_json(*counts.score);
}

void describe(const AxisInUse& axis, RunRecord& record) {
  record["energy"] = to_json(axis.energy);
  if (axis.calibration)
    record["calibration"] = {{"peak_found_at_eV", axis.calibration->found_at},
                             {"shift_eV", axis.calibration->shift}};
}

std::string counts_text(const LabelCounts& counts, const std::vector<std::string>& class_names,
                        bool is_table) {
  std::string text;
  if (!is_table) text += fmt::format("; {} vacuum", counts.vacuum);
  if (counts.unknown > 0) text += fmt::format("; {} unknown", counts.unknown);
  for (std::size_t i = 0; i < class_names.size(); ++i)
    text += fmt::format("; {} {}", counts.labelled[i], class_names[i]);
  return text;
}

std::string shift_text(const AxisInUse& axis) {
  if (!axis.calibration) return {};
  return fmt::format("; peak at {:.2f} eV, axis shifted by {:+.2f} eV", axis.calibration->found_at,
                     axis.calibration->shift);
}

void warn_of_trouble(const LabelCounts& counts, const std::string& file, Console& console) {
  if (counts.invalid > 0)
    console.warn(
        fmt::format("{}: {} spectra hold NaN or infinity and got no label", file, counts.invalid));
  if (counts.disagreements > 0)
    console.warn(fmt::format("{}: the label is not the most probable class in {} of {} spectra",
                             file, counts.disagreements, counts.spectra));
}

}  // namespace whiteline::cli
