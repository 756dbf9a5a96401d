#include "cli/chosen_spectra.hpp"

#include <utility>

namespace whiteline::cli {

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

ChosenSpectra prepare_rows(const Context& ctx, const Input& input,
                           const std::vector<std::int64_t>& rows,
                           const PreparationOptions& preparation,
                           const NormaliseChoice& normalise) {
  const SpectrumImage& image = input.image;
  ChosenSpectra chosen;
  std::vector<PreparationStep> steps = steps_before_normalising(preparation, input.energy);
  if (const auto step = normalise_step(normalise, input.energy)) steps.push_back(*step);
  for (const PreparationStep& step : steps) chosen.steps.push_back(description(step));
  std::vector<float> counts;
  counts.reserve(rows.size() * std::size_t(image.energy.size));
  for (const std::int64_t row : rows)
    for (std::int64_t c = 0; c < image.energy.size; ++c) counts.push_back(image.at(row, c));
  const Pipeline pipeline(std::move(steps), input.energy, image.energy.size);
  chosen.spectra =
      pipeline
          .apply(ctx, HostView(counts.data(), std::ssize(rows), image.energy.size), input.energy)
          .spectra;
  ctx.synchronize();
  return chosen;
}

}  // namespace whiteline::cli
