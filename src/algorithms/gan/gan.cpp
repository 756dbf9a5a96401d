#include <whiteline/gan.hpp>

#include <fmt/format.h>

#include <cmath>

#include "algorithms/gan/trainer.hpp"
#include "core/memory_plan.hpp"

namespace whiteline {

namespace {

[[noreturn]] void refuse(std::string_view why, std::string_view advice) {
  throw InvalidArgument(fmt::format("cannot train the generator ({}) {}", why, advice));
}

void check(const GanParams& params) {
  for (const double rate : {params.generator_rate, params.discriminator_rate})
    if (!(rate > 0.0 && std::isfinite(float(rate))))
      refuse(fmt::format("a learning rate is {}", rate), "choose one above 0");
  if (!(params.real_target > 0.0 && params.real_target <= 1.0))
    refuse(fmt::format("measured spectra are to get {}", params.real_target),
           "choose a probability above 0, up to 1");
  if (params.epochs < 1 || params.batch < 1 || params.evaluate_every < 1)
    refuse(fmt::format("it has {} epochs of batches of {}, evaluated every {}", params.epochs,
                       params.batch, params.evaluate_every),
           "choose 1 or more of each");
}

void check_resume(const GanParams& params) {
  if (!params.resume) return;
  const GanCheckpoint& from = *params.resume;
  const auto epochs = std::ssize(from.epochs);
  if (std::ssize(from.discriminators) != discriminator_count(params.design) || from.steps < 0 ||
      from.best_epoch >= epochs || (from.best_epoch >= 0 && from.best.values.empty()))
    refuse("the checkpoint is of a training with other parameters", "give those of its training");
}

void check_parameters_memory(const Context& ctx, const GanParams& params, std::int64_t channels) {
  constexpr double bytes = 3.0 * sizeof(float);  // and what Adam keeps
  const double judges = double(discriminator_count(params.design)) *
                        double(gan_discriminator(params.structure, channels).parameter_count());
  const double makes = double(gan_generator(params.structure, channels, 1).parameter_count());
  core::check_memory(ctx, bytes * (judges + makes), "train the generator",
                     "take fewer channels or another architecture");
}

}  // namespace

GanRun gan_train(const Context& ctx, const GanParams& params, const HostView& spectra) {
  check(params);
  check_resume(params);
  constexpr std::int64_t fewest = 4;
  if (spectra.rows < fewest)
    refuse(fmt::format("there are {} spectra", spectra.rows), "give 4 or more");
  check_parameters_memory(ctx, params, spectra.cols);
  const gan::TrainingSpectra prepared = gan::training_spectra(spectra);
  return gan::Trainer(ctx, params, prepared).run();
}

std::string history_csv(const std::vector<GanEpoch>& epochs) {
  const auto number = [](double value) {
    return std::isfinite(value) ? fmt::format(",{:.9g}", value) : std::string(",");
  };
  const std::size_t judges = epochs.empty() ? 1 : epochs.front().discriminator_losses.size();
  std::string text = "epoch,generator_loss,discriminator_loss";
  for (std::size_t d = 2; d <= judges; ++d) text += fmt::format(",discriminator_{}_loss", d);
  text += ",frechet,correlation,cosine_distance\n";
  for (std::size_t e = 0; e < epochs.size(); ++e) {
    text += fmt::format("{}", e + 1) + number(epochs[e].generator_loss);
    for (const double loss : epochs[e].discriminator_losses) text += number(loss);
    if (const auto& metrics = epochs[e].metrics)
      text += number(metrics->frechet) + number(metrics->correlation) + number(metrics->cosine);
    else
      text += ",,,";
    text += '\n';
  }
  return text;
}

}  // namespace whiteline
