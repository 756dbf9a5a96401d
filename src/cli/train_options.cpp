#include "cli/train_options.hpp"
#include "cli/declare.hpp"

#include <limits>
#include <memory>

namespace whiteline::cli {

namespace {

void add_preparation(CLI::App& verb, TrainOptions& options) {
  constexpr auto group = "Preparation (saved in the model)";
  add_parsed(verb, "--window", options.window, parse_range,
             "keep these energies: 460:800 in eV, #0:600 in channels\n(default: all)")
      ->type_name("LOW:HIGH")
      ->group(group);
  add_parsed(verb, "--background", options.background, parse_background,
             "none, powerlaw:LOW:HIGH (log least squares) or twoarea:LOW:HIGH;\n"
             "fitted before the window is cut out")
      ->type_name("METHOD:LOW:HIGH")
      ->default_str("none")
      ->group(group);
  add_parsed(verb, "--normalise", options.normalise, parse_normalise,
             "none, max, l2, l1, area or area:LOW:HIGH")
      ->type_name("KIND")
      ->default_str("none")
      ->group(group);
}

void add_learning(CLI::App& verb, TrainOptions& options) {
  constexpr auto group = "Learning";
  verb.add_option("--kernel", options.kernel, "linear, rbf, sigmoid, polynomial or cosine")
      ->check(CLI::IsMember({"linear", "rbf", "sigmoid", "polynomial", "cosine"}))
      ->type_name("KERNEL")
      ->capture_default_str()
      ->group(group);
  verb.add_option("--C", options.C, "penalty of a margin violation; larger fits more closely")
      ->check(CLI::PositiveNumber)
      ->type_name("NUMBER")
      ->capture_default_str()
      ->group(group);
  add_parsed(verb, "--gamma", options.gamma, parse_gamma,
             "scale: 1/(channels * variance), channels (or auto): 1/channels, or a\nnumber")
      ->type_name("RULE")
      ->default_str("scale")
      ->group(group);
  verb.add_option("--coef0", options.coef0, "of the sigmoid and polynomial kernels")
      ->type_name("NUMBER")
      ->capture_default_str()
      ->group(group);
  verb.add_option("--degree", options.degree, "of the polynomial kernel")
      ->check(CLI::Range(1, 64))
      ->type_name("N")
      ->capture_default_str()
      ->group(group);
  add_parsed(verb, "--class-weight", options.class_weight, parse_class_weight,
             "none; balanced: rare classes count as much as common ones;\n"
             "NAME=FACTOR,...: factors of C")
      ->type_name("RULE")
      ->default_str("none")
      ->group(group);
  verb.add_option("--sample-weight", options.sample_weight,
                  "text file: a number from 0 a labelled spectrum, its factor of C")
      ->type_name("FILE")
      ->group(group);
  verb.add_option("--tolerance", options.tolerance, "KKT gap at which a problem counts as solved")
      ->check(CLI::PositiveNumber)
      ->type_name("GAP")
      ->capture_default_str()
      ->group(group);
  verb.add_option("--max-iterations", options.max_iterations,
                  "of a binary problem; 0: 10^7, or 100 a spectrum if that is more")
      ->check(CLI::Range(std::int64_t(0), std::numeric_limits<std::int64_t>::max()))
      ->type_name("N")
      ->capture_default_str()
      ->group(group);
}

void add_evaluation(CLI::App& verb, TrainOptions& options) {
  constexpr auto group = "Probabilities and accuracy";
  verb.add_option("--calibrate,--calibration", options.calibrate,
                  "how the model gives probabilities: platt: a sigmoid of the decision;\n"
                  "isotonic: any rising function, needs more spectra; none: not at all")
      ->check(CLI::IsMember({"platt", "isotonic", "none"}))
      ->type_name("METHOD")
      ->capture_default_str()
      ->group(group);
  verb.add_option("--folds", options.folds, "of the calibration")
      ->check(CLI::Range(2, 1000))
      ->type_name("N")
      ->capture_default_str()
      ->group(group);
  verb.add_option("--calibration-seed", options.calibration_seed,
                  "of its assignment of spectra to folds (default: --seed)")
      ->type_name("N")
      ->group(group);
  verb.add_option("--train-fraction", options.train_fraction,
                  "share of each class to train on; accuracy is that of the rest")
      ->check(CLI::Range(1e-9, 1.0))
      ->type_name("F")
      ->capture_default_str()
      ->group(group);
}

}  // namespace

void add_train(CLI::App& command) {
  CLI::App* verb =
      command.add_subcommand("train", "Train a support vector classifier on labelled spectra");
  auto options = std::make_shared<TrainOptions>();
  verb->add_option("data", options->data, "a labelled set (.npz), or an image with labels")
      ->required()
      ->type_name("DATA");
  verb->add_option("-o,--output", options->output,
                   "the model to write; its suffix is .safetensors by custom")
      ->required()
      ->type_name("MODEL");
  add_preparation(*verb, *options);
  add_learning(*verb, *options);
  add_evaluation(*verb, *options);
  add_axis_options(*verb, options->axis);
  add_common_options(*verb, options->common);
  verb->footer(
      "Also writes MODEL.run.json: options, versions, times, hashes, accuracy.\n"
      "  whiteline train w.npz --window 460:800 --background powerlaw:485:515 \\\n"
      "      --kernel cosine --C 10 --train-fraction 0.15 -o fe.safetensors");
  verb->callback([options, verb] { run_train(*options, options_in_force(*verb)); });
}

}  // namespace whiteline::cli
