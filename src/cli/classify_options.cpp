#include "cli/classify_options.hpp"
#include "cli/declare.hpp"

#include <memory>

namespace whiteline::cli {

void add_classify(CLI::App& command) {
  CLI::App* verb = command.add_subcommand(
      "classify", "Label the pixels of spectrum images, or rows of spectra, by a model");
  auto options = std::make_shared<ClassifyOptions>();
  verb->add_option("inputs", options->inputs, "spectrum images, or tables of spectra (.npz, .npy)")
      ->required()
      ->type_name("IMAGE...");
  verb->add_option("--model", options->model, "made by whiteline train")
      ->required()
      ->type_name("MODEL");
  verb->add_option("-o,--output", options->output,
                   "folder for the results; with several inputs, a folder in it for each")
      ->required()
      ->type_name("DIR");
  add_parsed(*verb, "--mask-vacuum", options->vacuum, parse_vacuum,
             "leave out pixels whose counts add up to less than this share of\n"
             "the brightest pixels' (99th percentile): auto (0.1), none or a\n"
             "number; images only")
      ->type_name("SHARE")
      ->default_str("auto");
  verb->add_option("--unknown", options->unknown,
                   "call a spectrum unknown when no class has this probability")
      ->check(CLI::Range(0.0, 1.0))
      ->type_name("P")
      ->capture_default_str();
  verb->add_option("--labels", options->labels,
                   "what a label is: vote (most one-vs-one votes, a tie goes to the\n"
                   "first class), vote-break-ties (surest of the one-vs-rest values)\n"
                   "or argmax (most probable class)")
      ->check(CLI::IsMember({"vote", "vote-break-ties", "argmax"}))
      ->type_name("RULE")
      ->capture_default_str();
  verb->add_option("--decisions", options->decisions,
                   "columns of labels.csv with decision values: ovo (one a pair of\n"
                   "classes), ovr (one a class) or none; tables only")
      ->check(CLI::IsMember({"none", "ovo", "ovr"}))
      ->type_name("KIND")
      ->capture_default_str();
  verb->add_flag(
      "--background-removed", options->background_removed,
      "the spectra have their background removed: leave out the model's\nstep that does");
  add_axis_options(*verb, options->axis);
  add_parsed(*verb, "--calibrate-peak", options->calibrate_peak, parse_peak,
             "then shift the axis so that the peak of the mean spectrum in\nLOW:HIGH lies at EV")
      ->type_name("LOW:HIGH=EV")
      ->group("Energy axis");
  add_common_options(*verb, options->common);
  verb->footer(
      "Writes into DIR, for an image: labels.png, composite.png, probability_CLASS.png,\n"
      "probabilities.hspy; for a table: labels.csv; always run.json. A model without\n"
      "calibration gives labels only.\n"
      "  whiteline classify cube.dm4 --model fe.safetensors --unknown 0.6 -o maps\n"
      "  whiteline classify low.dm3 --model mn.safetensors --calibrate-peak 625:640=640.5 -o maps");
  verb->callback([options, verb] { run_classify(*options, options_in_force(*verb)); });
}

}  // namespace whiteline::cli
