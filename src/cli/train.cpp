// whiteline train: a classifier from labelled spectra.
#include <fmt/format.h>
#include <whiteline/io.hpp>
#include <whiteline/version.hpp>

#include <algorithm>

#include "cli/input.hpp"
#include "cli/interrupt.hpp"
#include "cli/results.hpp"
#include "cli/train_augment.hpp"
#include "cli/train_checkpoint.hpp"
#include "cli/train_network.hpp"
#include "cli/train_options.hpp"
#include "cli/training.hpp"
#include "cli/training_weights.hpp"

namespace whiteline::cli {

namespace {

Kernel chosen_kernel(const TrainOptions& options) {
  Kernel kernel;
  kernel.type = kernel_type(options.kernel);
  kernel.gamma_rule = options.gamma.rule;
  kernel.gamma = options.gamma.value;
  kernel.coef0 = options.coef0;
  kernel.degree = options.degree;
  if (kernel.type == KernelType::linear) return linear();
  if (kernel.type == KernelType::cosine) return cosine();
  if (kernel.type == KernelType::precomputed) return precomputed();
  return kernel;
}

Pipeline chosen_pipeline(const TrainOptions& options, const Dataset& set) {
  auto steps = steps_before_normalising(options.preparation, set.energy);
  if (const auto step = normalise_step(options.normalise, set.energy)) steps.push_back(*step);
  require(
      steps.empty() || kernel_type(options.kernel) != KernelType::precomputed,
      "cannot prepare a precomputed kernel (its rows are no spectra) leave out the preparation");
  return Pipeline(std::move(steps), set.energy, set.channels);
}

const char* name_of(GammaRule rule) {
  constexpr const char* names[] = {"value", "scale", "channels"};
  return names[static_cast<int>(rule)];
}

SvmParams chosen_params(const TrainOptions& options, const Dataset& set, Console& console) {
  SvmParams params;
  params.kernel = chosen_kernel(options);
  params.C = options.C;
  params.class_weight = options.class_weight.rule;
  params.class_weights = factors_by_label(options.class_weight, set.class_names);
  params.tolerance = options.tolerance;
  params.max_iterations = options.max_iterations;
  params.progress = console.progress();
  return params;
}

std::uint64_t calibration_seed(const TrainOptions& options) {
  return options.calibration_seed.value_or(options.common.seed);
}

// What the model remembers of its making: nothing that differs from run to run.
Json provenance_of(const TrainOptions& options, const Dataset& set, Json source,
                   const std::string& device) {
  const Json metadata = parse_json(set.metadata);
  if (metadata.is_object() && metadata.contains("Whiteline"))
    source["Whiteline"] = metadata["Whiteline"];
  return {{"made_by", fmt::format("whiteline {} train", version())},
          {"device", device},
          {"seed", options.common.seed},
          {"trained_on", set.rows},
          {"train_fraction", options.train_fraction},
          {"class_weight", options.class_weight.text},
          {"source", source}};
}

Json svm_provenance(const TrainOptions& options) {
  return {{"C", options.C},
          {"gamma_rule", name_of(options.gamma.rule)},
          {"tolerance", options.tolerance},
          {"max_iterations", options.max_iterations},
          {"calibration", options.calibrate},
          {"folds", options.folds},
          {"calibration_seed", calibration_seed(options)}};
}

Json report_json(const SvmReport& report) {
  Json problems = Json::array();
  for (const BinaryReport& one : report.problems)
    problems.push_back({{"first", one.first},
                        {"second", one.second},
                        {"status", name(one.status)},
                        {"iterations", one.iterations},
                        {"objective", one.objective},
                        {"gap", one.gap},
                        {"free_support_vectors", one.free_support_vectors},
                        {"bounded_support_vectors", one.bounded_support_vectors}});
  return problems;
}

struct Trained {
  SvmModel model;
  SvmReport report;
};

Trained train(const Context& ctx, const TrainOptions& options, const Dataset& set, Console& console,
              RunRecord& record) {
  const Pipeline pipeline = chosen_pipeline(options, set);
  const SvmParams params = chosen_params(options, set, console);
  PreparedSpectra prepared;
  {
    const auto timed = record.phase("prepare");
    prepared = pipeline.apply(ctx, set.spectra(), set.energy);
    ctx.synchronize();
  }
  throw_if_interrupted();
  const SvmData data(ctx, prepared.spectra, set.labels, sample_weights(set));
  Trained result;
  {
    const auto timed = record.phase("train");
    SvmFit fit = svm_train(ctx, params, data);
    result.model = std::move(fit.model);
    result.report = std::move(fit.report);
  }
  if (options.calibrate != "none") {
    const auto timed = record.phase("calibrate");
    CalibrationParams how;
    how.method =
        options.calibrate == "isotonic" ? CalibrationMethod::isotonic : CalibrationMethod::platt;
    how.folds = options.folds;
    how.seed = calibration_seed(options);
    result.model = svm_calibrate(ctx, result.model, params, how, data);
  }
  result.model.pipeline = pipeline;
  name_classes(result.model, set);
  return result;
}

void warn_of_trouble(const SvmReport& report, double tolerance, Console& console) {
  const auto unfinished =
      std::count_if(report.problems.begin(), report.problems.end(),
                    [](const BinaryReport& one) { return one.status != SolveStatus::converged; });
  if (unfinished > 0)
    console.warn(
        fmt::format("{} of {} binary problems did not converge (see run.json) lower C, "
                    "normalise the spectra or raise --tolerance",
                    unfinished, report.problems.size()));
  if (report.kernel_error > 10.0 * tolerance)
    console.warn(
        fmt::format("float32 moves decisions by up to {:.2g} (the kernel's values are large) "
                    "normalise the spectra or lower C",
                    report.kernel_error));
  if (report.zero_norm_rows > 0)
    console.warn(
        fmt::format("{} spectra are all zero (the cosine kernel sees no direction in "
                    "them) check --background and the data",
                    report.zero_norm_rows));
}

void describe_training(const TrainOptions& options, const Trained& trained, RunRecord& record) {
  record["kernel"] = {{"type", options.kernel},
                      {"gamma", trained.model.kernel.gamma},
                      {"coef0", trained.model.kernel.coef0},
                      {"degree", trained.model.kernel.degree}};
  record["support_vectors"] = trained.model.support_vector_count();
  record["converged"] = trained.report.converged;
  record["problems"] = report_json(trained.report);
  record["kernel_rows_computed"] = trained.report.rows_computed;
  record["kernel_error"] = trained.report.kernel_error;
}

// The model trained; what it remembers is added to `provenance`.
SvmModel train_svm(const Context& ctx, const TrainOptions& options, const Dataset& set,
                   Console& console, RunRecord& record, Json& provenance) {
  Trained trained = train(ctx, options, set, console, record);
  describe_training(options, trained, record);
  console.result(fmt::format("{} spectra x {} channels, {} classes on {}: {} support vectors",
                             set.rows, trained.model.channels, trained.model.classes.size(),
                             ctx.device().name, trained.model.support_vector_count()));
  warn_of_trouble(trained.report, options.tolerance, console);
  provenance.update(svm_provenance(options));
  return std::move(trained.model);
}

nn::Model train_net(const Context& ctx, const TrainOptions& options, const Dataset& set,
                    Console& console, RunRecord& record, Json& provenance) {
  std::vector<nn::Epoch> epochs;
  nn::Model model =
      train_network(ctx, options, set, chosen_pipeline(options, set), console, record, epochs);
  console.result(fmt::format("{} spectra x {} channels, {} classes on {}: {}, {} parameters",
                             set.rows, model.network.channels(), model.classes.size(),
                             ctx.device().name, options.model.network,
                             model.network.parameter_count()));
  write_history(options.output, epochs, overwrite_if(options.common.force), record);
  provenance.update(network_provenance(options));
  return model;
}

}  // namespace

void run_train(const TrainOptions& options, const Json& given) {
  const bool is_network = !options.model.network.empty();
  std::vector<std::filesystem::path> outputs = {options.output, record_of(options.output)};
  if (is_network)
    for (const std::filesystem::path& file : history_files(options.output)) outputs.push_back(file);
  check_outputs(outputs, options.common.force);
  Console console(options.common.output);
  RunRecord record("train", given, options.common);
  const Context ctx = open_device(options.common, console, record);
  Dataset set;
  {
    const auto timed = record.phase("read");
    set = read_labelled_set(options.data, options.axis);
  }
  Json source = {{"sha256", record.add_input("data", options.data, console.progress())}};
  if (!options.sample_weight.empty()) {
    add_sample_weights(set, options.sample_weight);
    source["sample_weight_sha256"] =
        record.add_input("sample weights", options.sample_weight, console.progress());
  }
  const Dataset held_out = hold_out(set, options.train_fraction, options.common.seed);
  Json provenance = provenance_of(options, set, source, ctx.device().name);
  augment_training(ctx, options, set, console, record, provenance);
  AnyModel model;
  if (is_network)
    model = train_net(ctx, options, set, console, record, provenance);
  else
    model = train_svm(ctx, options, set, console, record, provenance);
  record["spectra"] = {{"train", set.rows}, {"channels", set.channels}};
  record["energy"] = to_json(set.energy);
  record["classes"] = Classifier(model).class_names();
  score_held_out(ctx, Classifier(model), held_out, console, record, provenance);
  std::visit([&](auto& trained) { trained.provenance = to_line(provenance); }, model);
  throw_if_interrupted();
  {
    const auto timed = record.phase("write");
    std::visit(
        [&](const auto& trained) {
          write_model(options.output, trained, overwrite_if(options.common.force));
        },
        model);
  }
  finish_file(options.output, record, console, options.common);
  if (is_network) std::filesystem::remove(checkpoint_file(options.output));
}

}  // namespace whiteline::cli
