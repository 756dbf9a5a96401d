#include "cli/preparation.hpp"

namespace whiteline::cli {

std::vector<PreparationStep> steps_before_normalising(
    const std::optional<BackgroundChoice>& background, const std::optional<Range>& window,
    const std::optional<EnergyAxis>& axis) {
  std::vector<PreparationStep> steps;
  if (background) {
    const Range fitted = in_energy(background->window, axis);
    steps.push_back(Background{background->method, fitted.low, fitted.high});
  }
  if (window) {
    const Range kept = in_energy(*window, axis);
    steps.push_back(Crop{kept.low, kept.high});
  }
  return steps;
}

}  // namespace whiteline::cli
