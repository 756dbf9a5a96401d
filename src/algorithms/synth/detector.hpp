// The detector: gain noise, point spread, X-ray spikes.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <whiteline/error.hpp>
#include "algorithms/synth/draws.hpp"

namespace whiteline::synth {

constexpr double detector_gain = 1.6;  // variance over mean before the point spread, measured

// Channels on either side that the point spread reaches.
constexpr std::int64_t spread_radius = 7;

// counts[i] = gain * Poisson(expected[i] / gain); channel first + i has its own counter, so a
// window of a spectrum has the same counts as the whole.
WHITELINE_EXPORT void add_gain_noise(const StreamKey& key, std::uint32_t first,
                                     std::span<double> counts);

// spread[i] = sum over k of w_k counts[i + k], for counts.size() = spread.size() + 2 radius. White
// noise then has the autocorrelation .63 .34 .18 .09 that was measured.
WHITELINE_EXPORT void spread_points(std::span<const double> counts, std::span<float> spread);

// One X-ray hit: counts on one channel, in part on the next.
struct Spike {
  std::int64_t channel;
  double counts, part_on_next;
};

// Of a spectrum of `channels` channels, `rate` on average.
WHITELINE_EXPORT std::vector<Spike> draw_spikes(const StreamKey& key, std::int64_t channels,
                                                double rate);

}  // namespace whiteline::synth
