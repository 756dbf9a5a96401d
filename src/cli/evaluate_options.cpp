#include "cli/evaluate_options.hpp"

#include <memory>

namespace whiteline::cli {

ReliabilityParams EvaluateOptions::reliability() const {
  ReliabilityParams params;
  params.bins = bins;
  params.binning = binning == "equal-count" ? Binning::equal_count : Binning::equal_width;
  return params;
}

void add_evaluate(CommandLine& command) {
  Verb verb =
      command.verb("evaluate", "Compare what a model says of labelled spectra with their labels");
  auto options = std::make_shared<EvaluateOptions>();
  verb.option("inputs FILE...", options->inputs, "labelled sets (.npz), or images with labels")
      .required();
  verb.option("--model MODEL", options->model, "made by whiteline train").required();
  verb.option("-o,--output DIR", options->output, "folder for tables and pictures");
  verb.flag("--held-out", options->held_out,
            "only the spectra that `train --train-fraction` left out: the file must be\n"
            "the one the model was trained on");
  verb.flag("--misclassified", options->misclassified,
            "also draw mean spectra of the commonest mistakes");
  verb.flag("--csv", options->csv, "print the scores as CSV");
  verb.option("--bins N", options->bins, "of the reliability curves").between(1, 1000);
  verb.option("--binning KIND", options->binning,
              "equal-width; equal-count: as many spectra in each bin")
      .one_of({"equal-width", "equal-count"});
  verb.flag("--background-removed", options->background_removed,
            "the spectra have their background removed: leave out the model's\nstep that does");
  add_axis_options(verb, options->axis);
  add_common_options(verb, options->common);
  verb.footer(
      "Spectra of all files count together. With -o writes run.json, scores.csv, confusion.csv,\n"
      "confusion.svg and, of calibrated models, reliability.csv, reliability.svg,\n"
      "reliability_classes.svg.\n"
      "  whiteline evaluate w.npz --model fe.safetensors --held-out -o evaluation");
  verb.run([options](const Json& given) { run_evaluate(*options, given); });
}

}  // namespace whiteline::cli
