#include "algorithms/synth/background.hpp"

#include <algorithm>
#include <cmath>

#include "formulas/background.hpp"

namespace whiteline::synth {

void remove_background(const EnergyAxis& axis, double begin, double end, std::span<float> counts) {
  const ChannelRange window = axis.channels(begin, end);
  const double middle = 0.5 * (axis.energy(window.begin) + axis.energy(window.end - 1));
  formulas::LogLineSums sums{};
  for (std::int64_t i = window.begin; i < window.end; ++i) {
    const double x = std::log(axis.energy(i) / middle);
    const double y = std::log(std::max(double(counts[std::size_t(i)]), 1.0));
    sums.n += 1.0;
    sums.x += x;
    sums.y += y;
    sums.xx += x * x;
    sums.xy += x * y;
  }
  const formulas::PowerLaw law = formulas::power_law_of_line(sums, middle);
  for (std::int64_t i = 0; i < axis.size; ++i)
    counts[std::size_t(i)] -= float(law.at(axis.energy(i)));
}

}  // namespace whiteline::synth
