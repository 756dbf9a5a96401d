#include "cli/search_options.hpp"

#include <memory>

namespace whiteline::cli {

namespace {

void add_trials(Verb& verb, SearchOptions& options) {
  verb.heading("Search");
  verb.option("--space SPACE", options.space,
              "dense: structures D0 to D13; conv: C0 to C7 (tables 1 and 2 of\n"
              "del-Pozo-Bueno et al., Ultramicroscopy 253 (2023) 113828)")
      .one_of({"dense", "conv"});
  verb.option("--trials N", options.trials, "networks to train").between(1, 1000000);
  verb.option("--sampler SAMPLER", options.sampler,
              "tpe: close to what did well; random: anywhere, nothing twice")
      .one_of({"tpe", "random"});
  verb.option("--in-flight N", options.in_flight,
              "trials under way at a time, whatever the number of threads: TPE does\n"
              "not wait for them, so that trials depend on this number and --seed only")
      .between(1, 4096);
  verb.option("--journal FILE", options.journal,
              "finished trials; an interrupted search goes on from it\n"
              "(default: DIR.trials.jsonl)");
  verb.heading("Trials");
  verb.option("--epochs N", options.epochs, "of each trial").between(1, 1000000);
  verb.option("--batch N", options.batch, "spectra a step").between(1, 1000000);
  verb.option("--judged EPOCH", options.judged,
              "accuracy on the held-out fold after the last epoch, or the best")
      .one_of({"last", "best"});
  verb.option("--max-flop NUMBER", options.max_flop,
              "trials that would take more operations are not run; 0: no limit")
      .not_negative();
  verb.option("--max-memory SIZE", options.max_memory, parse_bytes,
              "trials that would take more are not run, for example 1GiB\n(default: no limit)");
  verb.option("--success ACCURACY", options.success, "from which on a trial is a success")
      .between(0.0, 1.0);
}

}  // namespace

void add_search(CommandLine& command) {
  Verb verb = command.verb("search", "Search networks and their parameters");
  auto options = std::make_shared<SearchOptions>();
  verb.option("data DATA", options->data, "a labelled set (.npz), or an image with labels")
      .required();
  verb.option("-o,--output DIR", options->output, "folder for the report").required();
  add_trials(verb, *options);
  add_preparation_options(verb, "Preparation", options->preparation);
  options->normalise = parse_normalise("max");
  verb.option("--normalise KIND", options->normalise, parse_normalise,
              "none, max, l2, l1, area or area:LOW:HIGH")
      .default_text("max");
  verb.heading("Results");
  verb.option(
      "--model MODEL", options->model,
      "train the best trial on all 5 folds and write it, with its accuracy on\nthe half left "
      "for tests");
  verb.option("--model-epochs N", options->model_epochs, "of that training").between(1, 1000000);
  verb.option("--repeat TRIAL", options->repeat,
              "only run this trial of the journal again, by itself, and compare");
  verb.option("--best N", options->best, "rows of the table of best trials").between(1, 1000000);
  add_axis_options(verb, options->axis);
  add_common_options(verb, options->common);
  verb.footer(
      "Half of each class is left for tests; the other half is dealt into 5 folds, of which 4\n"
      "train each network and one judges it. Writes report.md, report.json, trials.csv,\n"
      "curves.csv, success.svg, course.svg and run.json.\n"
      "  whiteline search wl.npz --space conv --trials 60 --epochs 10 -o found --model "
      "best.safetensors");
  verb.run([options](const Json& given) { run_search(*options, given); });
}

}  // namespace whiteline::cli
