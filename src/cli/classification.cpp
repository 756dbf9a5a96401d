#include "cli/classification.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "cli/interrupt.hpp"

namespace whiteline::cli {

namespace {

// The input's axis as the options correct it.
void calibrate(const Context& ctx, const SvmModel& model, const Input& input,
               const ClassifyOptions& options, Classification& result, Console& console) {
  result.energy = corrected_axis(input.energy, input.image.energy.size, options.axis);
  if (!options.calibrate_peak) return;
  if (!result.energy)
    throw InvalidArgument(
        "cannot calibrate the energy axis (the file has none) give one with --axis "
        "OFFSET:DISPERSION");
  result.calibration = find_peak(ctx, input.image, *result.energy, *options.calibrate_peak,
                                 background_width(model.pipeline));
  result.energy->offset += result.calibration->shift;
  const std::optional<EnergyAxis> seen = model.pipeline.output();
  const double at = options.calibrate_peak->energy;
  if (seen && at >= seen->offset && at <= seen->last())
    console.warn(
        fmt::format("{}: the axis was shifted to put a peak at {:.6g} eV, which lies among "
                    "the energies the model looks at ({:.6g} to {:.6g} eV): the labels "
                    "depend on that energy being right",
                    input.path.string(), at, seen->offset, seen->last()));
}

void label_of_row(Classification& result, std::size_t row, double unknown_below) {
  const std::size_t classes = result.class_names.size();
  const float* p = result.probabilities.data() + row * classes;
  const auto best = std::max_element(p, p + classes) - p;
  result.disagreements += best != result.labels[row];
  if (p[best] < unknown_below) {
    result.labels[row] = result.unknown_label();
    ++result.unknown;
  }
}

// Vacuum has neither label nor probabilities; improbable spectra become unknown.
void mask(const Input& input, const ClassifyOptions& options, Classification& result) {
  const std::size_t classes = result.class_names.size();
  std::vector<std::uint8_t> signal;
  if (options.vacuum.masked && !input.is_table)
    signal = signal_mask(input.image, options.vacuum.threshold);
  for (std::size_t row = 0; row < result.labels.size(); ++row) {
    if (!signal.empty() && signal[row] == 0) {
      ++result.vacuum;
      result.labels[row] = no_label;
      if (!result.probabilities.empty())
        std::fill_n(result.probabilities.begin() + std::ptrdiff_t(row * classes), classes,
                    std::numeric_limits<float>::quiet_NaN());
    } else if (result.labels[row] == no_label) {
      ++result.invalid;
    } else if (!result.probabilities.empty()) {
      label_of_row(result, row, options.unknown);
    }
  }
}

void compare_with_truth(const Input& input, const SvmModel& model, Classification& result,
                        Console& console) {
  if (input.image.labels.empty()) return;
  std::vector<std::string> strangers;
  const auto truth =
      in_model_classes(input.image.labels, input.image.class_names, model, strangers);
  for (const std::string& name : strangers)
    console.warn(
        fmt::format("{}: spectra labelled {} are not compared (the model does not know "
                    "this class)",
                    input.path.string(), name));
  if (std::all_of(truth.begin(), truth.end(), [](std::int32_t t) { return t == no_label; })) return;
  result.score = score(truth, result.labels, result.class_names);
}

void warn_of_trouble(const Classification& result, const Input& input, Console& console) {
  const std::string file = input.path.string();
  if (result.invalid > 0)
    console.warn(
        fmt::format("{}: {} spectra hold NaN or infinity and got no label", file, result.invalid));
  if (result.disagreements > 0)
    console.warn(fmt::format("{}: the label is not the most probable class in {} of {} spectra",
                             file, result.disagreements, result.labels.size()));
}

SvmPredictParams predict_params(const SvmModel& model, const ClassifyOptions& options) {
  using Params = SvmPredictParams;
  Params params;
  params.probability = model.calibrated();
  params.on_invalid = Params::OnInvalid::mark;
  params.decision = options.decisions != "none";
  if (options.decisions == "ovr") params.decision_function = Params::DecisionFunction::one_vs_rest;
  if (options.labels == "vote-break-ties") params.labels = Params::Labels::vote_break_ties;
  if (options.labels == "argmax") params.labels = Params::Labels::argmax;
  return params;
}

// "f(FeO,Fe3O4)" a pair, or "f(FeO)" a class.
std::vector<std::string> decision_names(const SvmModel& model, const std::string& kind) {
  std::vector<std::string> names;
  const std::vector<std::string>& classes = model.class_names;
  for (std::size_t a = 0; a < classes.size(); ++a) {
    if (kind == "ovr") names.push_back(fmt::format("f({})", classes[a]));
    if (kind != "ovo") continue;
    for (std::size_t b = a + 1; b < classes.size(); ++b)
      names.push_back(fmt::format("f({},{})", classes[a], classes[b]));
  }
  return names;
}

}  // namespace

Classification classify(const Context& ctx, const SvmModel& model, const Input& input,
                        const ClassifyOptions& options, Console& console, RunRecord& record) {
  if (options.decisions != "none" && !input.is_table)
    throw InvalidArgument(fmt::format(
        "cannot write decisions of {} (it is an image; only labels.csv of a table has columns for "
        "them) leave --decisions out",
        input.path.string()));
  Classification result;
  result.class_names = model.class_names;
  {
    const auto timed = record.phase("calibrate");
    calibrate(ctx, model, input, options, result, console);
  }
  throw_if_interrupted();
  {
    const auto timed = record.phase("classify");
    SvmPredictParams params = predict_params(model, options);
    params.progress = console.progress();
    SvmPrediction prediction =
        svm_classify(ctx, model, input.image.spectra(), result.energy, params);
    result.labels = as_positions(prediction.labels, model);
    result.probabilities = std::move(prediction.probability);
    result.decision_names = decision_names(model, options.decisions);
    result.decisions = std::move(prediction.decision);
  }
  throw_if_interrupted();
  const auto timed = record.phase("mask");
  mask(input, options, result);
  compare_with_truth(input, model, result, console);
  warn_of_trouble(result, input, console);
  return result;
}

void describe(const Classification& result, RunRecord& record) {
  Json counts = Json::object();
  for (std::size_t i = 0; i < result.class_names.size(); ++i)
    counts[result.class_names[i]] =
        std::count(result.labels.begin(), result.labels.end(), std::int32_t(i));
  record["spectra"] = result.labels.size();
  record["labelled"] = counts;
  record["vacuum"] = result.vacuum;
  record["unknown"] = result.unknown;
  record["invalid"] = result.invalid;
  record["disagreements"] = result.disagreements;
  record["energy"] = to_json(result.energy);
  if (result.calibration)
    record["calibration"] = {{"peak_found_at_eV", result.calibration->found_at},
                             {"shift_eV", result.calibration->shift}};
  if (!result.score) return;
  record["accuracy"] = number_or_null(result.score->accuracy);
  record["compared"] = result.score->compared;
  record["left_out"] = result.score->left_out;
  record["confusion"] = confusion_json(*result.score);
}

}  // namespace whiteline::cli
