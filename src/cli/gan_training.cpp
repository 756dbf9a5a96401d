#include "cli/gan_training.hpp"

#include <fmt/format.h>
#include <whiteline/gan_file.hpp>

#include <chrono>
#include <cmath>

namespace whiteline::cli {

namespace {

GanParams params_of(const AugmentOptions& options, std::int32_t label, Console& console) {
  GanParams params = options.training;
  params.seed = options.common.seed;
  params.model = std::uint32_t(label);
  params.noise_at_evaluation = !options.clean;
  params.progress = console.progress();
  if (options.frechet || options.correlation || options.cosine)
    params.tolerances =
        GanMetrics{options.frechet.value_or(INFINITY), options.correlation.value_or(-1.0),
                   options.cosine.value_or(2.0)};
  return params;
}

void warn_of_trouble(const std::string& name, const GanRun& run, Console& console) {
  if (run.status == GanStatus::diverged)
    console.warn(
        fmt::format("the network of {} diverged (a loss is not finite) normalise the spectra or "
                    "change --seed",
                    name));
  if (run.status == GanStatus::epoch_limit)
    console.warn(
        fmt::format("the network of {} did not converge (in {} epochs) raise --epochs or look at "
                    "its pictures",
                    name, run.epochs.size()));
}

}  // namespace

std::filesystem::path checkpoint_file(const AugmentOptions& options, std::int32_t label) {
  return fmt::format("{}.training_{}.safetensors", options.output.string(), label);
}

GanRun train_class(const Context& ctx, const AugmentOptions& options, const Dataset& spectra,
                   std::int32_t label, Console& console) {
  const std::string& name = spectra.class_names.at(std::size_t(label));
  GanParams params = params_of(options, label, console);
  const std::string key = gan_training_key(params, spectra.spectra());
  const std::filesystem::path kept = checkpoint_file(options, label);
  if (std::filesystem::exists(kept)) {
    params.resume =
        reading([&] { return read_gan_checkpoint(kept, params, spectra.channels, key); });
    console.note(fmt::format("{}: going on after epoch {}", name, params.resume->epochs.size()));
  }
  std::int64_t epochs = params.resume ? std::ssize(params.resume->epochs) : 0;
  auto last_told = std::chrono::steady_clock::now();
  params.on_epoch = [&](const GanEpoch& epoch, const auto& checkpoint) {
    ++epochs;
    if (options.checkpoint_every > 0 && epochs % options.checkpoint_every == 0)
      write_gan_checkpoint(kept, checkpoint(), params, spectra.channels, key, Overwrite::allow);
    const auto now = std::chrono::steady_clock::now();
    if (now - last_told < std::chrono::seconds(20) || !epoch.metrics) return;
    last_told = now;
    console.note(fmt::format(
        "{}: epoch {}, Frechet distance {:.3g}, correlation {:.3f}, cosine distance {:.3f}", name,
        epochs, epoch.metrics->frechet, epoch.metrics->correlation, epoch.metrics->cosine));
  };
  GanRun run = gan_train(ctx, params, spectra.spectra());
  warn_of_trouble(name, run, console);
  return run;
}

}  // namespace whiteline::cli
