#include "algorithms/synth/renderer.hpp"

#include <algorithm>
#include <cmath>

namespace whiteline::synth {
namespace {

constexpr double widest_shift = 8.0;  // eV: how far the grid reaches beyond the channels

}  // namespace

Renderer::Renderer(std::span<const Edge> edges, const EnergyAxis& whole, const EnergyAxis& part,
                   double reference_energy)
    : part_(part),
      bank_(edges, std::min(whole.offset, part.offset) - widest_shift,
            std::max(whole.last(), part.last()) + widest_shift),
      dose_begin_(std::int64_t((whole.offset - bank_.grid_energy(0)) / TemplateBank::grid_step)),
      dose_end_(std::int64_t((whole.last() - bank_.grid_energy(0)) / TemplateBank::grid_step)) {
  for (std::int64_t i = 0; i < part.size; ++i)
    log_energy_.push_back(std::log(part.energy(i) / reference_energy));
}

double Renderer::render(const SpectrumRecipe& recipe, Scratch& scratch,
                        std::span<double> counts) const {
  scratch.grid.resize(std::size_t(bank_.grid_size()));
  const double t = recipe.thickness, scale = recipe.intensity * t;
  bank_.mix(recipe.weight, recipe.broadening, t, scratch.grid);
  const double background = scale * recipe.background * std::exp(-t) * (1.0 + t + 0.5 * t * t);
  const double shift = std::clamp(recipe.shift, -widest_shift, widest_shift);
  const double first = (part_.offset - shift - bank_.grid_energy(0)) / TemplateBank::grid_step,
               step = part_.dispersion / TemplateBank::grid_step;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double place = first + step * double(i);
    const auto left = std::min(std::size_t(place), scratch.grid.size() - 2);
    const double part = place - double(left);
    const double edges =
        (1.0 - part) * double(scratch.grid[left]) + part * double(scratch.grid[left + 1]);
    counts[i] = scale * edges + background * std::exp(-recipe.exponent * log_energy_[i]) +
                recipe.dark_counts;
  }
  const auto begin = scratch.grid.begin();
  return scale * double(*std::max_element(begin + dose_begin_, begin + dose_end_));
}

}  // namespace whiteline::synth
