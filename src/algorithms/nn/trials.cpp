#include <whiteline/nn/trials.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

namespace whiteline::nn {

namespace {

template <class Number>
Number number_in(std::string_view text, std::string_view name) {
  Number number{};
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size())
    throw InvalidArgument(
        fmt::format("cannot take `{}` for {} (it is no number) correct the space", text, name));
  return number;
}

// Sets `to` where the space has the parameter and it is active.
template <class T, class Parse>
void take(const SearchSpace& space, const SearchValues& values, std::string_view name, T& to,
          Parse&& parse) {
  const auto& parameters = space.parameters();
  const auto has_name = [&](const SearchParameter& parameter) { return parameter.name == name; };
  if (std::none_of(parameters.begin(), parameters.end(), has_name)) return;
  if (const auto text = space.text(name, values)) to = parse(*text);
}

Family family_of(char letter) {
  require(letter == 'D' || letter == 'C',
          "cannot build this structure (it is none of D0 .. D13 and C0 .. C7) correct its name");
  return letter == 'D' ? Family::dense : Family::convolutional;
}

bool is_too_costly(const TrialParams& params, const Network& network, OptimizerRule rule,
                   std::int64_t rows) {
  return (params.max_flop > 0.0 && training_flop(network, rows, params.epochs) > params.max_flop) ||
         (params.max_bytes > 0.0 && training_bytes(network, rule, params.batch) > params.max_bytes);
}

double judged_accuracy(const TrainingRun& run, JudgedEpoch judged) {
  double best = 0.0;
  for (const Epoch& epoch : run.epochs) best = std::max(best, epoch.validation_accuracy.value());
  return judged == JudgedEpoch::best ? best : run.epochs.back().validation_accuracy.value();
}

}  // namespace

Choice choice_of(const SearchSpace& space, const SearchValues& values) {
  Choice choice;
  Structure& structure = choice.structure;
  const std::string name = space.text("structure", values).value();
  structure.family = family_of(name.front());
  structure.number = number_in<int>(std::string_view(name).substr(1), "structure");
  const auto whole = [&](std::string_view parameter, std::int64_t& to) {
    take(space, values, parameter, to,
         [&](const std::string& text) { return number_in<std::int64_t>(text, parameter); });
  };
  const auto real = [&](std::string_view parameter, double& to) {
    take(space, values, parameter, to,
         [&](const std::string& text) { return number_in<double>(text, parameter); });
  };
  whole("blocks", structure.blocks);
  whole("filters", structure.filters);
  whole("width", structure.width);
  take(space, values, "pooling", structure.pooling, pooling_named);
  whole("pool_size", structure.pool_size);
  whole("layers", structure.layers);
  whole("units", structure.units);
  take(space, values, "activation", structure.activation, activation_named);
  take(space, values, "output", structure.output, output_named);
  real("dropout", structure.dropout);
  take(space, values, "optimizer", choice.optimizer.rule, optimizer_rule_named);
  real("learning_rate", choice.optimizer.learning_rate);
  return choice;
}

TrialFunction trial_function(const SearchSpace& space, const TrialParams& params, const Matrix& x,
                             std::span<const std::int32_t> labels, TrainingRows rows) {
  require(!rows.validation.empty(),
          "cannot judge networks (there are no validation rows) give some");
  const std::int32_t classes = 1 + *std::max_element(labels.begin(), labels.end());
  return [=, &space, &x, rows = std::move(rows)](const TrialTask& task) {
    const Choice choice = choice_of(space, task.values);
    TrialOutcome outcome;
    std::optional<Network> network;
    try {
      network = build(choice.structure, x.cols(), classes);
    } catch (const InvalidArgument&) {
      outcome.status = TrialStatus::invalid;
      return outcome;
    }
    if (is_too_costly(params, *network, choice.optimizer.rule,
                      std::int64_t(rows.training.size()))) {
      outcome.status = TrialStatus::too_costly;
      return outcome;
    }
    const TrainingRun run = train(task.ctx, *network,
                                  {.optimizer = choice.optimizer,
                                   .epochs = params.epochs,
                                   .batch = params.batch,
                                   .seed = params.seed,
                                   .model = task.model_id,
                                   .progress = task.progress},
                                  x, labels, rows);
    outcome.epochs = int(run.epochs.size());
    for (const Epoch& epoch : run.epochs)
      if (std::isfinite(epoch.loss)) outcome.curve.push_back(epoch.loss);
    if (run.status == TrainingStatus::diverged) {
      outcome.status = TrialStatus::diverged;
      return outcome;
    }
    outcome.accuracy = judged_accuracy(run, params.judged);
    outcome.loss = 1.0 - outcome.accuracy;
    return outcome;
  };
}

}  // namespace whiteline::nn
