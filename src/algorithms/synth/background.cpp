#include "algorithms/synth/background.hpp"

namespace whiteline::synth {

BackgroundRemover::BackgroundRemover(const EnergyAxis& axis, double begin, double end) {
  const ChannelRange range = axis.channels(begin, end);
  window_ = formulas::background_window(true, false, axis.offset, axis.dispersion, axis.size,
                                        range.begin, range.end);
  for (std::int64_t i = 0; i < axis.size; ++i) u_.push_back(window_.u(i));
}

void BackgroundRemover::remove(std::span<float> counts) const {
  const auto area = [&](std::int64_t first, std::int64_t last) {
    return formulas::lane_sum(
        last - first, [&](std::int64_t i) { return double(counts[std::size_t(first + i)]); });
  };
  const formulas::BackgroundLaw areas = formulas::law_of_areas(
      window_, area(window_.begin, window_.middle), area(window_.middle, window_.end));
  if (!areas.valid) return;
  const float* inside = counts.data() + window_.begin;
  const double* u = u_.data() + window_.begin;
  const std::int64_t size = window_.end - window_.begin;
  const auto log_at = [&](std::int64_t i) { return formulas::log_counts(areas, inside[i], u[i]); };
  const formulas::BackgroundLaw law = formulas::law_of_line(
      window_, areas, formulas::lane_sum(size, log_at),
      formulas::lane_sum(size, [&](std::int64_t i) { return (u[i] - window_.mean) * log_at(i); }));
  for (std::size_t i = 0; i < counts.size(); ++i)
    counts[i] = formulas::above_background(law, counts[i], u_[i]);
}

}  // namespace whiteline::synth
