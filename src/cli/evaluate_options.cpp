#include "cli/evaluate_options.hpp"
#include "cli/declare.hpp"

#include <memory>

namespace whiteline::cli {

ReliabilityParams EvaluateOptions::reliability() const {
  ReliabilityParams params;
  params.bins = bins;
  params.binning = binning == "equal-count" ? Binning::equal_count : Binning::equal_width;
  return params;
}

void add_evaluate(CLI::App& command) {
  CLI::App* verb = command.add_subcommand(
      "evaluate", "Compare what a model says of labelled spectra with their labels");
  auto options = std::make_shared<EvaluateOptions>();
  verb->add_option("inputs", options->inputs, "labelled sets (.npz), or images with labels")
      ->required()
      ->type_name("FILE...");
  verb->add_option("--model", options->model, "made by whiteline train")
      ->required()
      ->type_name("MODEL");
  verb->add_option("-o,--output", options->output, "folder for tables and pictures")
      ->type_name("DIR");
  verb->add_flag("--held-out", options->held_out,
                 "only the spectra that `train --train-fraction` left out: the file must be\n"
                 "the one the model was trained on");
  verb->add_flag("--misclassified", options->misclassified,
                 "also draw mean spectra of the commonest mistakes");
  verb->add_flag("--csv", options->csv, "print the scores as CSV");
  verb->add_option("--bins", options->bins, "of the reliability curves")
      ->check(CLI::Range(1, 1000))
      ->type_name("N")
      ->capture_default_str();
  verb->add_option("--binning", options->binning,
                   "equal-width; equal-count: as many spectra in each bin")
      ->check(CLI::IsMember({"equal-width", "equal-count"}))
      ->type_name("KIND")
      ->capture_default_str();
  verb->add_flag(
      "--background-removed", options->background_removed,
      "the spectra have their background removed: leave out the model's\nstep that does");
  add_axis_options(*verb, options->axis);
  add_common_options(*verb, options->common);
  verb->footer(
      "Spectra of all files count together. With -o writes run.json, scores.csv, confusion.csv,\n"
      "confusion.svg and, of calibrated models, reliability.csv, reliability.svg,\n"
      "reliability_classes.svg.\n"
      "  whiteline evaluate w.npz --model fe.safetensors --held-out -o evaluation");
  verb->callback([options, verb] { run_evaluate(*options, options_in_force(*verb)); });
}

}  // namespace whiteline::cli
