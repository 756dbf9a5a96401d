#include "cli/preparation.hpp"

namespace whiteline::cli {

void add_preparation_options(Verb& verb, PreparationOptions& options) {
  verb.heading("Preparation (saved in the model)");
  verb.option("--window LOW:HIGH", options.window, parse_range,
              "keep these energies: 460:800 in eV, #0:600 in channels\n(default: all)");
  verb.option("--background METHOD:LOW:HIGH", options.background, parse_background,
              "none, powerlaw:LOW:HIGH (log least squares) or twoarea:LOW:HIGH;\n"
              "fitted before the window is cut out")
      .default_text("none");
}

std::vector<PreparationStep> steps_before_normalising(const PreparationOptions& options,
                                                      const std::optional<EnergyAxis>& axis) {
  std::vector<PreparationStep> steps;
  if (options.background) {
    const Range fitted = in_energy(options.background->window, axis);
    steps.push_back(Background{options.background->method, fitted.low, fitted.high});
  }
  if (options.window) {
    const Range kept = in_energy(*options.window, axis);
    steps.push_back(Crop{kept.low, kept.high});
  }
  return steps;
}

}  // namespace whiteline::cli
