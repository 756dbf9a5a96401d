#include "cli/select_options.hpp"
#include "cli/declare.hpp"
#include "cli/lists.hpp"

#include <memory>

namespace whiteline::cli {

namespace {

void add_grid(CLI::App& verb, SvmGrid& grid) {
  constexpr auto group = "Grid: lists such as 0.1,1,10 or ranges such as 1e-3:1e4:8";
  add_parsed(verb, "--kernel", grid.kernels, parse_kernels,
             "some of linear,rbf,sigmoid,polynomial,cosine")
      ->type_name("KERNELS")
      ->default_str("rbf")
      ->group(group);
  grid.C = geometric(1e-2, 1e4, 7);
  add_parsed(verb, "--C", grid.C, parse_positive_numbers,
             "penalties of a margin violation; larger fit more closely")
      ->type_name("LIST")
      ->default_str("1e-2:1e4:7")
      ->group(group);
  add_parsed(verb, "--gamma", grid.gamma, parse_positive_numbers,
             "of the rbf, sigmoid and polynomial kernels\n(default: 1/(channels * variance))")
      ->type_name("LIST")
      ->group(group);
  add_parsed(verb, "--coef0", grid.coef0, parse_numbers, "of the sigmoid and polynomial kernels")
      ->type_name("LIST")
      ->default_str("0")
      ->group(group);
  add_parsed(verb, "--degree", grid.degree, parse_degrees, "of the polynomial kernel")
      ->type_name("LIST")
      ->default_str("3")
      ->group(group);
  add_parsed(verb, "--normalise", grid.normalise, parse_normalisations,
             "some of none,max,l2,l1: each spectrum divided by that")
      ->type_name("LIST")
      ->default_str("none")
      ->group(group);
}

void add_preparation(CLI::App& verb, SelectOptions& options) {
  constexpr auto group = "Preparation (saved in the model)";
  add_parsed(verb, "--window", options.window, parse_range,
             "keep these energies: 460:800 in eV, #0:600 in channels\n(default: all)")
      ->type_name("LOW:HIGH")
      ->group(group);
  add_parsed(verb, "--background", options.background, parse_background,
             "none, powerlaw:LOW:HIGH or twoarea:LOW:HIGH, as for train")
      ->type_name("METHOD:LOW:HIGH")
      ->default_str("none")
      ->group(group);
}

void add_validation(CLI::App& verb, SelectOptions& options) {
  constexpr auto group = "Cross-validation";
  verb.add_option("--folds", options.folds.folds, "stratified; each is held out once")
      ->check(CLI::Range(2, 1000))
      ->type_name("N")
      ->capture_default_str()
      ->group(group);
  verb.add_flag("--shuffle", options.folds.shuffle, "draw the folds by --seed, not in file order")
      ->group(group);
  verb.add_option("--score", options.score, "accuracy, balanced_accuracy or macro_f1")
      ->check(CLI::IsMember({"accuracy", "balanced_accuracy", "macro_f1"}))
      ->type_name("SCORE")
      ->capture_default_str()
      ->group(group);
  verb.add_option("--class-weight", options.class_weight, "none, or balanced")
      ->check(CLI::IsMember({"none", "balanced"}))
      ->type_name("RULE")
      ->capture_default_str()
      ->group(group);
  verb.add_option("--tolerance", options.tolerance, "KKT gap at which a problem counts as solved")
      ->check(CLI::PositiveNumber)
      ->type_name("GAP")
      ->capture_default_str()
      ->group(group);
  verb.add_option("--train-fraction", options.train_fraction,
                  "share of each class to search and train on; the model is scored on\n"
                  "the rest")
      ->check(CLI::Range(1e-9, 1.0))
      ->type_name("F")
      ->capture_default_str()
      ->group(group);
}

void add_results(CLI::App& verb, SelectOptions& options) {
  constexpr auto group = "Results";
  verb.add_option("-o,--output", options.output, "folder for tables and pictures")
      ->type_name("DIR")
      ->group(group);
  verb.add_option("--model", options.model,
                  "train the best point on all spectra: the model to write")
      ->type_name("MODEL")
      ->group(group);
  verb.add_option("--calibrate", options.calibrate, "of the model: platt, or none")
      ->check(CLI::IsMember({"platt", "none"}))
      ->type_name("METHOD")
      ->capture_default_str()
      ->group(group);
  verb.add_option("--journal", options.journal,
                  "keep finished cells in this file, and take them from there when the\n"
                  "search is run again")
      ->type_name("FILE")
      ->group(group);
  verb.add_flag("--learning-curve", options.learning_curve,
                "also score the best point on parts of the training spectra")
      ->group(group);
  add_parsed(verb, "--fractions", options.fractions, parse_fractions, "of the learning curve")
      ->type_name("LIST")
      ->default_str("0.1,0.2,0.4,0.6,0.8,1")
      ->group(group);
  verb.add_option("--best", options.best, "rows of the table of best cells")
      ->check(CLI::Range(1, 1000000))
      ->type_name("N")
      ->capture_default_str()
      ->group(group);
}

}  // namespace

void add_select(CLI::App& command) {
  CLI::App* verb =
      command.add_subcommand("select", "Search kernels and their parameters by cross-validation");
  auto options = std::make_shared<SelectOptions>();
  verb->add_option("data", options->data, "a labelled set (.npz), or an image with labels")
      ->required()
      ->type_name("DATA");
  add_grid(*verb, options->grid);
  add_preparation(*verb, *options);
  add_validation(*verb, *options);
  add_results(*verb, *options);
  add_axis_options(*verb, options->axis);
  add_common_options(*verb, options->common);
  verb->footer(
      "The best cell has the largest mean score; ties go to the lowest C, gamma, coef0, degree, "
      "then\n"
      "to the first in the lists. With -o writes run.json, cells.csv, heat maps and, if asked,\n"
      "learning_curve.csv and learning_curve.svg.\n"
      "  whiteline select w.npz --background powerlaw:485:515 --kernel rbf,cosine \\\n"
      "      --C 1e-3:1e4:8 --gamma 1e-6:1e4:11 --normalise max,l2 --train-fraction 0.15 \\\n"
      "      -o search --model best.safetensors");
  verb->callback([options, verb] { run_select(*options, options_in_force(*verb)); });
}

}  // namespace whiteline::cli
