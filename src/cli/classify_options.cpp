#include "cli/classify_options.hpp"

#include <memory>

namespace whiteline::cli {

void add_classify(CommandLine& command) {
  Verb verb = command.verb("classify",
                           "Label the pixels of spectrum images, or rows of spectra, by a model");
  auto options = std::make_shared<ClassifyOptions>();
  verb.option("inputs IMAGE...", options->inputs,
              "spectrum images, or tables of spectra (.npz, .npy)")
      .required();
  verb.option("--model MODEL", options->model, "made by whiteline train").required();
  verb.option("-o,--output DIR", options->output,
              "folder for the results; with several inputs, a folder in it for each")
      .required();
  verb.option("--mask-vacuum SHARE", options->vacuum, parse_vacuum,
              "leave out pixels whose counts add up to less than this share of\n"
              "the brightest pixels' (99th percentile): auto (0.1), none or a\n"
              "number; images only")
      .default_text("auto");
  verb.option("--unknown P", options->unknown,
              "call a spectrum unknown when no class has this probability")
      .between(0.0, 1.0);
  verb.option("--labels RULE", options->labels,
              "what a label is: vote (most one-vs-one votes, a tie goes to the\n"
              "first class), vote-break-ties (surest of the one-vs-rest values)\n"
              "or argmax (most probable class)")
      .one_of({"vote", "vote-break-ties", "argmax"});
  verb.option("--decisions KIND", options->decisions,
              "columns of labels.csv with decision values: ovo (one a pair of\n"
              "classes), ovr (one a class) or none; tables only")
      .one_of({"none", "ovo", "ovr"});
  verb.flag("--support-columns", options->support_columns,
            "of a precomputed kernel: rows hold K(x, s) of each support vector s\n"
            "only, in the order of support_rows in whiteline info MODEL --json");
  verb.flag("--background-removed", options->background_removed,
            "the spectra have their background removed: leave out the model's\nstep that does");
  add_axis_options(verb, options->axis);
  verb.option("--calibrate-peak LOW:HIGH=EV", options->calibrate_peak, parse_peak,
              "then shift the axis so that the peak of the mean spectrum in\nLOW:HIGH lies at EV");
  verb.option("--shard I/N", options->shard, parse_shard,
              "do part I (from 0) of N: of one image, a range of its pixels, which\n"
              "whiteline merge joins with the others; of several inputs, every N-th");
  add_common_options(verb, options->common);
  verb.footer(
      "Writes into DIR, for an image: labels.png, composite.png, probability_CLASS.png,\n"
      "probabilities.hspy; for a table: labels.csv; always run.json. A model without\n"
      "calibration gives labels only. An image is taken tile by tile within --memory; a\n"
      "run that was stopped leaves DIR.unfinished, and goes on when given again.\n"
      "  whiteline classify cube.dm4 --model fe.safetensors --unknown 0.6 -o maps\n"
      "  whiteline classify low.dm3 --model mn.safetensors --calibrate-peak 625:640=640.5 -o maps");
  verb.run([options](const Json& given) { run_classify(*options, given); });
}

}  // namespace whiteline::cli
