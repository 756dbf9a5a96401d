#include "algorithms/synth/background.hpp"

#include "formulas/background.hpp"

namespace whiteline::synth {

void remove_background(const EnergyAxis& axis, double begin, double end, std::span<float> counts) {
  const ChannelRange range = axis.channels(begin, end);
  const auto window =
      formulas::power_law_window(axis.offset, axis.dispersion, axis.size, range.begin, range.end);
  const float* inside = counts.data() + range.begin;
  const auto sum = [&](std::int64_t first, std::int64_t last) {
    return formulas::lane_sum(
        last - first, [&](std::int64_t i) { return double(counts[std::size_t(first + i)]); });
  };
  const formulas::PowerLaw areas = formulas::power_law_of_areas(
      window, sum(window.begin, window.middle), sum(window.middle, window.end));
  if (!areas.valid) return;
  const auto log_at = [&](std::int64_t i) {
    return formulas::log_counts(areas, inside[i], window.u(range.begin + i));
  };
  const formulas::PowerLaw law =
      formulas::power_law_of_line(window, areas, formulas::lane_sum(range.size(), log_at),
                                  formulas::lane_sum(range.size(), [&](std::int64_t i) {
                                    return (window.u(range.begin + i) - window.mean) * log_at(i);
                                  }));
  for (std::int64_t i = 0; i < axis.size; ++i) {
    float& here = counts[static_cast<std::size_t>(i)];
    here = formulas::above_background(law, here, window.u(i));
  }
}

}  // namespace whiteline::synth
