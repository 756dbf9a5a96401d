#include "cli/chosen_spectra.hpp"

#include <utility>

namespace whiteline::cli {

void add_spectra_choice(Verb& verb, SpectraChoice& choice) {
  add_preparation_options(verb, "Preparation", choice.preparation);
  verb.option("--normalise KIND", choice.normalise, parse_normalise,
              "then divide each spectrum by its max, l2, l1, area or area:LOW:HIGH")
      .default_text("none");
  verb.option("--mask-vacuum SHARE", choice.vacuum, parse_vacuum,
              "leave out pixels whose counts add up to less than this share of\n"
              "the brightest pixels' (99th percentile): auto (0.1), none or a\n"
              "number; images only")
      .default_text("auto");
  add_axis_options(verb, choice.axis);
}

Input read_with_axis(const std::filesystem::path& path, const AxisOptions& options) {
  Input input = read_input(path);
  input.energy = corrected_axis(input.energy, input.image.energy.size, options);
  if (input.energy) input.image.energy = *input.energy;
  return input;
}

std::vector<std::int64_t> rows_with_signal(const Input& input, const VacuumChoice& vacuum) {
  std::vector<std::uint8_t> signal(std::size_t(input.image.pixels()), 1);
  if (!input.is_table && vacuum.masked) signal = signal_mask(input.image, vacuum.threshold);
  std::vector<std::int64_t> rows;
  for (std::size_t row = 0; row < signal.size(); ++row)
    if (signal[row]) rows.push_back(std::int64_t(row));
  return rows;
}

std::vector<std::int64_t> drawn_rows(std::vector<std::int64_t> rows, std::int64_t wanted,
                                     std::uint64_t seed) {
  if (std::ssize(rows) <= wanted) return rows;
  const std::vector<std::int32_t> alike(rows.size(), 0);
  std::vector<std::int64_t> some;
  for (const std::int64_t i :
       stratified_split(alike, double(wanted) / double(rows.size()), seed).first)
    some.push_back(rows[std::size_t(i)]);
  return some;
}

Pipeline chosen_pipeline(const SpectraChoice& choice, const std::optional<EnergyAxis>& energy,
                         std::int64_t channels) {
  std::vector<PreparationStep> steps = steps_before_normalising(choice.preparation, energy);
  if (const auto step = normalise_step(choice.normalise, energy)) steps.push_back(*step);
  return Pipeline(std::move(steps), energy, channels);
}

std::vector<std::string> descriptions(const Pipeline& pipeline) {
  std::vector<std::string> texts;
  for (const PreparationStep& step : pipeline.steps()) texts.push_back(description(step));
  return texts;
}

Matrix prepare_rows(const Context& ctx, const Input& input, const std::vector<std::int64_t>& rows,
                    const Pipeline& pipeline) {
  const SpectrumImage& image = input.image;
  std::vector<float> counts;
  counts.reserve(rows.size() * std::size_t(image.energy.size));
  for (const std::int64_t row : rows)
    for (std::int64_t c = 0; c < image.energy.size; ++c) counts.push_back(image.at(row, c));
  Matrix prepared =
      pipeline
          .apply(ctx, HostView(counts.data(), std::ssize(rows), image.energy.size), input.energy)
          .spectra;
  ctx.synchronize();
  return prepared;
}

}  // namespace whiteline::cli
