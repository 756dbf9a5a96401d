#include "algorithms/synth/renderer.hpp"

#include <algorithm>
#include <cmath>

namespace whiteline::synth {
namespace {

constexpr double widest_shift = 8.0;        // eV
constexpr std::int64_t widest_margin = 16;  // channels of a part beyond the axis

// How far the grid reaches beyond the axis, eV.
double reach(const EnergyAxis& axis) {
  return widest_shift + axis.dispersion * double(widest_margin);
}

std::int64_t grid_place(const TemplateBank& bank, double energy) {
  return std::int64_t((energy - bank.grid_energy(0)) / TemplateBank::grid_step);
}

}  // namespace

Renderer::Renderer(std::span<const Edge> edges, const EnergyAxis& whole, ChannelRange part,
                   double reference_energy)
    : whole_(whole),
      part_(part),
      bank_(edges, whole.offset - reach(whole), whole.last() + reach(whole)),
      dose_begin_(grid_place(bank_, whole.offset)),
      dose_end_(grid_place(bank_, whole.last())) {
  for (std::int64_t channel = part.begin; channel < part.end; ++channel)
    log_energy_.push_back(std::log(whole.energy(channel) / reference_energy));
}

double Renderer::render(const SpectrumRecipe& recipe, Scratch& scratch,
                        std::span<double> counts) const {
  scratch.grid.resize(std::size_t(bank_.grid_size()));
  const double t = recipe.thickness, scale = recipe.intensity * t;
  bank_.mix(recipe.weight, recipe.broadening, t, scratch.grid);
  const double background = scale * recipe.background * std::exp(-t) * (1.0 + t + 0.5 * t * t);
  const double shift = std::clamp(recipe.shift, -widest_shift, widest_shift);
  const double origin = bank_.grid_energy(0) + shift;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double energy = whole_.energy(part_.begin + std::int64_t(i));
    const double place = (energy - origin) / TemplateBank::grid_step;
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
