#include "cli/prepare_by_tiles.hpp"

#include "cli/input.hpp"
#include "cli/interrupt.hpp"
#include "cli/large_image.hpp"
#include "cli/prepare_steps.hpp"
#include "cli/statistics.hpp"

namespace whiteline::cli {

namespace {

constexpr std::uint64_t copies_to_prepare = 3;  // of an image that is prepared as a whole

bool goes_by_spectrum(const PrepareOptions& options) {
  const RebinChoice& rebin = options.rebin;
  return rebin.y == 1 && rebin.x == 1 && rebin.channels == 1 && !options.align &&
         options.components == 0;
}

Pipeline whole_pipeline(const PrepareOptions& options, const std::optional<EnergyAxis>& energy,
                        std::int64_t channels) {
  std::vector<PreparationStep> steps = last_steps(options, energy, channels);
  if (options.spikes > 0.0) steps.insert(steps.begin(), RemoveSpikes{.threshold = options.spikes});
  return {std::move(steps), energy, channels};
}

}  // namespace

std::optional<PrepareOutcome> prepare_by_tiles(const PrepareOptions& options, const Context& ctx,
                                               Console& console, RunRecord& record) {
  if (!goes_by_spectrum(options)) return std::nullopt;
  const auto reader = open_large_image(options.input, options.output, ctx.memory_limit(),
                                       copies_to_prepare, console.progress());
  if (!reader) return std::nullopt;
  add_large_input(record, "data", *reader, console.progress());
  SpectrumImage image = reader->description();
  const std::optional<EnergyAxis> energy =
      corrected_axis(known_axis(image.energy, image.metadata), image.energy.size, options.axis);
  const Pipeline pipeline = whole_pipeline(options, energy, image.energy.size);
  PrepareOutcome out;
  out.spectra = image.pixels();
  out.before.energy = energy.value_or(image.energy);
  out.energy = pipeline.output();
  for (const PreparationStep& step : pipeline.steps()) out.done.push_back(description(step));
  image.energy = out.energy.value_or(EnergyAxis{0.0, 1.0, pipeline.output_channels()});
  image.order = SpectrumImage::Order::pixel_major;
  image.metadata = with_steps(image.metadata, out.done);

  const auto timed = record.phase("prepare");
  SpectraMean before, after;
  std::vector<float> counts;
  const auto prepared = [&](const SpectrumTile& tile) -> std::span<const float> {
    throw_if_interrupted();
    const PreparedSpectra ready = pipeline.apply(ctx, tile.spectra, energy, tile.first);
    counts.resize(std::size_t(ready.spectra.rows() * ready.spectra.cols()));
    ready.spectra.copy_to(counts);
    out.report.add(ready);
    before.add(tile.spectra);
    after.add({counts.data(), ready.spectra.rows(), ready.spectra.cols()});
    return counts;
  };
  write_by_tiles(options.output, image, *reader, ctx.memory_limit(), prepared, options.common.force,
                 console.progress());
  out.before.counts = before.mean().counts;
  out.after = {image.energy, after.mean().counts};
  return out;
}

}  // namespace whiteline::cli
