// whiteline evaluate: what a model says of labelled spectra, compared with their labels.
#include <whiteline/charts.hpp>

#include <fmt/format.h>

#include <algorithm>

#include "cli/evaluate_options.hpp"
#include "cli/evaluation.hpp"
#include "cli/interrupt.hpp"
#include "cli/mistakes.hpp"
#include "cli/results.hpp"
#include "cli/truth.hpp"

namespace whiteline::cli {

namespace {

// What the model's file says of its making.
struct Training {
  std::string data_hash;
  std::optional<double> fraction;
  std::optional<std::uint64_t> seed;
};

Training training_of(const Classifier& model) {
  Training training;
  const Json all = parse_json(model.provenance());
  if (!all.is_object()) return training;
  if (all.contains("source") && all["source"].is_object() && all["source"].contains("sha256") &&
      all["source"]["sha256"].is_string())
    training.data_hash = all["source"]["sha256"];
  if (all.contains("train_fraction") && all["train_fraction"].is_number())
    training.fraction = all["train_fraction"];
  if (all.contains("seed") && all["seed"].is_number_unsigned()) training.seed = all["seed"];
  return training;
}

// The rows that `whiteline train` did not train on.
Dataset held_out_part(const Dataset& set, const Training& training, const std::string& path) {
  if (!training.seed || !training.fraction || !(*training.fraction < 1.0))
    throw InvalidArgument(
        "cannot tell which spectra were held out (the model does not say that any were) train it "
        "with --train-fraction below 1, or leave out --held-out");
  Dataset part =
      set.subset(stratified_split(set.labels, *training.fraction, *training.seed).second);
  if (part.rows == 0)
    throw InvalidArgument(
        fmt::format("{}: no spectrum was held out (the classes are too small) train it with a "
                    "smaller --train-fraction",
                    path));
  return part;
}

std::vector<std::string> result_names(const EvaluateOptions& options, bool calibrated) {
  std::vector<std::string> names = {"run.json", "scores.csv", "confusion.csv", "confusion.svg"};
  if (calibrated)
    names.insert(names.end(), {"reliability.csv", "reliability.svg", "reliability_classes.svg"});
  if (options.misclassified) names.push_back("misclassified.svg");
  return names;
}

class EvaluateRun {
 public:
  EvaluateRun(const EvaluateOptions& options, const Json& given)
      : options_(options),
        console_(options.common.output),
        record_("evaluate", given, options.common),
        model_(read_classifier(options.model)) {
    if (options.background_removed) model_.leave_out_background();
    if (!options.output.empty())
      check_output_folder(options.output, result_names(options, model_.gives_probabilities()),
                          options.common.force);
  }

  void run() {
    const Context ctx = open_device(options_.common, console_, record_);
    record_.add_input("model", options_.model, console_.progress());
    for (const std::string& path : options_.inputs) add_file(ctx, path);
    const Evaluation evaluation = evaluate(model_.class_names(), labelled_, options_.reliability());
    record_["files"] = files_;
    record_["spectra"] = labelled_.truth.size();
    record_["invalid"] = invalid_;
    describe(evaluation, record_);
    if (evaluation.compared == 0)
      throw InvalidArgument(
          "cannot evaluate the model (no spectrum has a label that the model knows) give spectra "
          "labelled with its classes");
    console_.result(
        fmt::format("{} labelled spectra on {}", labelled_.truth.size(), ctx.device().name));
    console_.result(summary(evaluation));
    if (!options_.output.empty()) write(evaluation);
    if (options_.csv) fmt::print("{}", scores_csv(evaluation));
    console_.json(record_.to_json(console_));
  }

 private:
  void add_file(const Context& ctx, const std::string& path) {
    throw_if_interrupted();
    Dataset set;
    {
      const auto timed = record_.phase("read");
      set = read_labelled_set(path, options_.axis);
    }
    const std::string hash = record_.add_input("spectra", path, console_.progress());
    const Training training = training_of(model_);
    if (options_.held_out) {
      if (hash != training.data_hash)
        throw InvalidArgument(
            fmt::format("cannot tell which spectra of {} were held out (the model was trained on "
                        "another file) leave out --held-out",
                        path));
      set = held_out_part(set, training, path);
    } else if (hash == training.data_hash) {
      console_.warn(
          fmt::format("{}: the model was trained on spectra of this file, so the scores flatter it "
                      "(--held-out takes the others)",
                      path));
    }
    classify(ctx, set, path);
  }

  void classify(const Context& ctx, const Dataset& set, const std::string& path) {
    std::vector<std::string> strangers;
    const auto truth =
        in_model_classes(set.labels, set.class_names, model_.class_names(), strangers);
    for (const std::string& name : strangers)
      console_.warn(
          fmt::format("{}: spectra labelled {} are not compared (the model does not know this "
                      "class)",
                      path, name));
    SvmPredictParams params;
    params.probability = model_.gives_probabilities();
    params.on_invalid = SvmPredictParams::OnInvalid::mark;
    params.progress = console_.progress();
    Decided decided;
    {
      const auto timed = record_.phase("classify");
      ReadyClassifier(ctx, model_, params).classify(set.spectra(), set.energy, decided);
    }
    const std::vector<std::int32_t>& labels = decided.labels;
    if (decided.invalid > 0)
      console_.warn(fmt::format("{}: {} spectra hold NaN or infinity and are not compared", path,
                                decided.invalid));
    invalid_ += decided.invalid;
    if (options_.misclassified) {
      const auto timed = record_.phase("mean spectra");
      mistakes_.add(ctx, set, truth, labels);
    }
    const Score own = score(truth, labels, model_.class_names());
    files_.push_back({{"path", path},
                      {"spectra", set.rows},
                      {"compared", own.compared},
                      {"accuracy", number_or_null(own.accuracy)}});
    labelled_.truth.insert(labelled_.truth.end(), truth.begin(), truth.end());
    labelled_.labels.insert(labelled_.labels.end(), labels.begin(), labels.end());
    labelled_.probabilities.insert(labelled_.probabilities.end(), decided.probabilities.begin(),
                                   decided.probabilities.end());
  }

  void write(const Evaluation& evaluation) {
    StagedFolder folder(options_.output);
    const auto text = [&](const std::string& name, const std::string& content) {
      write_text_file(folder.file(name), content, Overwrite::refuse);
    };
    {
      const auto timed = record_.phase("write");
      text("scores.csv", scores_csv(evaluation));
      text("confusion.csv", confusion_csv(evaluation));
      text("confusion.svg", svg(confusion_chart(evaluation.confusion, evaluation.classes)));
      if (evaluation.probabilities) {
        text("reliability.csv", reliability_csv(evaluation));
        write_diagrams(evaluation, text);
      }
      if (options_.misclassified) text("misclassified.svg", mistakes_.chart());
    }
    finish_folder(folder, record_, console_, options_.common);
    console_.result("wrote " + options_.output.string());
  }

  template <class Write>
  void write_diagrams(const Evaluation& evaluation, Write&& text) {
    const ProbabilityScores& scores = *evaluation.probabilities;
    ReliabilityDiagram diagram;
    diagram.title = "Reliability of the most probable class";
    diagram.curves.push_back({"most probable", scores.most_probable});
    text("reliability.svg", svg(diagram));
    diagram = {};
    diagram.title = "Reliability of each class";
    for (std::size_t c = 0; c < evaluation.classes.size(); ++c)
      diagram.curves.push_back({evaluation.classes[c], scores.of_class[c]});
    text("reliability_classes.svg", svg(diagram));
  }

  const EvaluateOptions& options_;
  Console console_;
  RunRecord record_;
  Classifier model_;
  Mistakes mistakes_{model_};
  Labelled labelled_;
  std::int64_t invalid_ = 0;
  Json files_ = Json::array();
};

}  // namespace

void run_evaluate(const EvaluateOptions& options, const Json& given) {
  if (options.misclassified && options.output.empty())
    throw UsageError("--misclassified draws a picture (there is no folder for it) give -o DIR");
  if (options.csv && options.common.output.json)
    throw UsageError("--csv and --json both print to standard output (one can) choose one");
  EvaluateRun(options, given).run();
}

}  // namespace whiteline::cli
