#include "algorithms/synth/detector.hpp"

#include <array>

namespace whiteline::synth {
namespace {

// Symmetric factor of the autocorrelation 1 .63 .34 .18 .09 .045 ... (halving): the inverse Fourier
// transform of the square root of its spectrum, weights k = 0 .. 7, sum 1 over -7 .. 7.
constexpr std::array<double, spread_radius + 1> half_spread = {0.4609, 0.1611, 0.0614, 0.0273,
                                                               0.0110, 0.0049, 0.0023, 0.00155};

}  // namespace

void add_gain_noise(const StreamKey& key, std::uint32_t first, std::span<double> counts) {
  for (std::size_t i = 0; i < counts.size(); ++i)
    counts[i] = detector_gain * double(formulas::poisson(counts[i] / detector_gain, key.seed,
                                                         first + std::uint32_t(i), key.number,
                                                         key.layer(Use::counts),
                                                         formulas::Purpose::synth, key.model));
}

void spread_points(std::span<const double> counts, std::span<float> spread) {
  const double* middle = counts.data() + spread_radius;
  for (std::int64_t i = 0; i < std::int64_t(spread.size()); ++i) {
    double sum = half_spread[0] * middle[i];
    for (std::int64_t k = 1; k <= spread_radius; ++k)
      sum += half_spread[std::size_t(k)] * (middle[i - k] + middle[i + k]);
    spread[std::size_t(i)] = float(sum);
  }
}

std::vector<Spike> draw_spikes(const StreamKey& key, std::int64_t channels, double rate) {
  Draws draws(key, Use::spikes);
  std::vector<Spike> spikes;
  // Waiting times between hits are exponential.
  for (double at = -std::log(draws.uniform()); at < rate; at -= std::log(draws.uniform())) {
    const auto channel = std::int64_t(draws.uniform() * double(channels));
    const double counts = draws.log_normal(2000.0, 0.6);
    spikes.push_back({channel, counts, draws.uniform(0.0, 0.5)});
  }
  return spikes;
}

}  // namespace whiteline::synth
