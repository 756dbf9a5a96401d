#include "cli/select_options.hpp"
#include "cli/lists.hpp"

#include <memory>

namespace whiteline::cli {

namespace {

void add_grid(Verb& verb, SvmGrid& grid) {
  verb.heading("Grid: lists such as 0.1,1,10 or ranges such as 1e-3:1e4:8");
  verb.option("--kernel KERNELS", grid.kernels, parse_kernels,
              "some of linear,rbf,sigmoid,polynomial,cosine")
      .default_text("rbf");
  grid.C = geometric(1e-2, 1e4, 7);
  verb.option("--C LIST", grid.C, parse_positive_numbers,
              "penalties of a margin violation; larger fit more closely")
      .default_text("1e-2:1e4:7");
  verb.option("--gamma LIST", grid.gamma, parse_positive_numbers,
              "of the rbf, sigmoid and polynomial kernels\n(default: 1/(channels * variance))");
  verb.option("--coef0 LIST", grid.coef0, parse_numbers, "of the sigmoid and polynomial kernels")
      .default_text("0");
  verb.option("--degree LIST", grid.degree, parse_degrees, "of the polynomial kernel")
      .default_text("3");
  verb.option("--normalise LIST", grid.normalise, parse_normalisations,
              "some of none,max,l2,l1: each spectrum divided by that")
      .default_text("none");
}

void add_validation(Verb& verb, SelectOptions& options) {
  verb.heading("Cross-validation");
  verb.option("--folds N", options.folds.folds, "stratified; each is held out once")
      .between(2, 1000);
  verb.flag("--shuffle", options.folds.shuffle, "draw the folds by --seed, not in file order");
  verb.option("--score SCORE", options.score, "accuracy, balanced_accuracy or macro_f1")
      .one_of({"accuracy", "balanced_accuracy", "macro_f1"});
  verb.option("--class-weight RULE", options.class_weight, "none, or balanced")
      .one_of({"none", "balanced"});
  verb.option("--tolerance GAP", options.tolerance, "KKT gap at which a problem counts as solved")
      .positive();
  verb.option("--train-fraction F", options.train_fraction,
              "share of each class to search and train on; the model is scored on\n"
              "the rest")
      .between(1e-9, 1.0);
}

void add_results(Verb& verb, SelectOptions& options) {
  verb.heading("Results");
  verb.option("-o,--output DIR", options.output, "folder for tables and pictures");
  verb.option("--model MODEL", options.model,
              "train the best point on all spectra: the model to write");
  verb.option("--calibrate METHOD", options.calibrate, "of the model: platt, or none")
      .one_of({"platt", "none"});
  verb.option("--journal FILE", options.journal,
              "keep finished cells in this file, and take them from there when the\n"
              "search is run again");
  verb.flag("--learning-curve", options.learning_curve,
            "also score the best point on parts of the training spectra");
  verb.option("--fractions LIST", options.fractions, parse_fractions, "of the learning curve")
      .default_text("0.1,0.2,0.4,0.6,0.8,1");
  verb.option("--best N", options.best, "rows of the table of best cells").between(1, 1000000);
}

}  // namespace

void add_select(CommandLine& command) {
  Verb verb = command.verb("select", "Search kernels and their parameters by cross-validation");
  auto options = std::make_shared<SelectOptions>();
  verb.option("data DATA", options->data, "a labelled set (.npz), or an image with labels")
      .required();
  add_grid(verb, options->grid);
  add_preparation_options(verb, "Preparation (saved in the model)", options->preparation);
  add_validation(verb, *options);
  add_results(verb, *options);
  add_axis_options(verb, options->axis);
  add_common_options(verb, options->common);
  verb.footer(
      "The best cell has the largest mean score; ties go to the lowest C, gamma, coef0, degree, "
      "then\n"
      "to the first in the lists. With -o writes run.json, cells.csv, heat maps and, if asked,\n"
      "learning_curve.csv and learning_curve.svg.\n"
      "  whiteline select w.npz --background powerlaw:485:515 --kernel rbf,cosine \\\n"
      "      --C 1e-3:1e4:8 --gamma 1e-6:1e4:11 --normalise max,l2 --train-fraction 0.15 \\\n"
      "      -o search --model best.safetensors");
  verb.run([options](const Json& given) { run_select(*options, given); });
}

}  // namespace whiteline::cli
