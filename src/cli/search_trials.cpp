#include "cli/search_trials.hpp"

#include <fmt/format.h>
#include <whiteline/nn/model_file.hpp>

#include <algorithm>

#include "cli/files.hpp"
#include "cli/interrupt.hpp"
#include "cli/search_report.hpp"
#include "cli/training.hpp"

namespace whiteline::cli {

namespace {

constexpr std::uint32_t refit_run = 7;  // of the eight models of a trial

nn::Model empty_model(const SearchedSet& searched, const nn::Structure& structure) {
  nn::Model model;
  const Dataset& set = searched.set;
  const auto classes = 1 + *std::max_element(set.labels.begin(), set.labels.end());
  for (std::int32_t c = 0; c < classes; ++c) {
    model.classes.push_back(c);
    model.class_names.push_back(set.class_names.at(std::size_t(c)));
  }
  model.pipeline = searched.pipeline;
  model.network = build(structure, searched.spectra.cols(), classes);
  return model;
}

}  // namespace

void repeat_trial(const Context& ctx, std::int64_t number, const std::vector<SearchTrial>& known,
                  const TrialFunction& trial, Console& console, RunRecord& record) {
  if (number >= std::ssize(known) || !known[std::size_t(number)].outcome)
    throw InvalidArgument(fmt::format(
        "cannot repeat trial {} (the journal does not hold its end) let the search go on first",
        number));
  const SearchTrial& before = known[std::size_t(number)];
  const Progress progress = console.progress();
  TrialOutcome now = trial({number, std::uint32_t(8 * number), before.values, ctx, progress});
  throw_if_interrupted();
  now.seconds = before.outcome->seconds;
  record["trial"] = number;
  record["curve"] = now.curve;
  if (now != *before.outcome)
    throw Error(fmt::format(
        "trial {} is not what it was (accuracy {}, in the search {}) run the search anew with this "
        "version",
        number, now.accuracy, before.outcome->accuracy));
  console.result(
      fmt::format("trial {} again, alone: {}, accuracy {:.4f}, the same loss after each "
                  "of {} epochs bit for bit",
                  number, name(now.status), now.accuracy, now.curve.size()));
}

void write_refitted(const Context& ctx, const SearchOptions& options, const SearchSpace& space,
                    std::size_t number, const SearchTrial& trial, const SearchedSet& searched,
                    Json provenance, Console& console, RunRecord& record) {
  const nn::Choice choice = nn::choice_of(space, trial.values);
  nn::Model model = empty_model(searched, choice.structure);
  {
    const auto timed = record.phase("refit");
    nn::TrainingParams params;
    params.optimizer = choice.optimizer;
    params.epochs = options.model_epochs;
    params.batch = options.batch;
    params.seed = options.common.seed;
    params.model = std::uint32_t(8 * number) + refit_run;
    params.progress = console.progress();
    nn::TrainingRun run = train(ctx, model.network, params, searched.spectra, searched.set.labels,
                                searched.protocol.refit());
    if (run.status == nn::TrainingStatus::diverged)
      throw InvalidArgument(
          fmt::format("cannot write {} (trial {} diverges in epoch {}) lower --model-epochs",
                      options.model.string(), number, run.epochs.size()));
    model.weights = std::move(run.weights);
  }
  provenance["trial"] = number;
  provenance["choice"] = describe(space, trial.values);
  provenance["epochs"] = options.model_epochs;
  score_held_out(ctx, Classifier(model), searched.set.subset(searched.protocol.test), console,
                 record, provenance);
  model.provenance = to_line(provenance);
  write_model(options.model, model, overwrite_if(options.common.force));
  record.add_output(options.model.filename().string(), options.model);
}

}  // namespace whiteline::cli
