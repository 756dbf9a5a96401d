#include "cli/preparation.hpp"

namespace whiteline::cli {

void add_preparation_options(Verb& verb, const std::string& heading, PreparationOptions& options) {
  verb.heading(heading);
  verb.option("--window LOW:HIGH", options.window, parse_range,
              "keep these energies: 460:800 in eV, #0:600 in channels\n(default: all)");
  verb.option("--background METHOD:LOW:HIGH", options.background, parse_background,
              "fitted before the window is cut out; METHOD is\n"
              "powerlaw     A E^-r by log least squares\n"
              "twoarea      A E^-r with the areas of the window's halves\n"
              "egerton      the same in closed form, as DigitalMicrograph\n"
              "likelihood   A E^-r under which the counts are most likely\n"
              "exponential  A exp(-r E)\n"
              "constant, poly1 to poly5")
      .default_text("none");
}

std::vector<PreparationStep> steps_before_normalising(const PreparationOptions& options,
                                                      const std::optional<EnergyAxis>& axis) {
  std::vector<PreparationStep> steps;
  if (options.background) {
    const Range fitted = in_energy(options.background->window, axis);
    Background background = options.background->background;
    background.low = fitted.low;
    background.high = fitted.high;
    steps.push_back(background);
  }
  if (options.window) {
    const Range kept = in_energy(*options.window, axis);
    steps.push_back(Crop{kept.low, kept.high});
  }
  return steps;
}

std::optional<Normalise> normalise_step(const NormaliseChoice& choice,
                                        const std::optional<EnergyAxis>& axis) {
  if (choice.kind == Normalise::Kind::none) return std::nullopt;
  Normalise step{choice.kind};
  if (choice.window) {
    const Range window = in_energy(*choice.window, axis);
    step.low = window.low;
    step.high = window.high;
  }
  return step;
}

}  // namespace whiteline::cli
