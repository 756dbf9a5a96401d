// What a list of preparation steps means on one input axis: channel windows instead of energies,
// and which channels of each intermediate result are used later.
#pragma once

#include <whiteline/preprocess.hpp>

#include <optional>
#include <vector>

namespace whiteline::preprocess {

// Spectra between two steps. `axis` is unknown when rows have different axes.
struct Spectra {
  std::optional<EnergyAxis> axis;
  std::int64_t channels = 0;
  ChannelRange used;  // by the steps that follow, or by the caller
};

// One step; `window` holds the channels before it that it keeps (Crop), fits (Background), sums
// (Normalise) or searches (AlignPeak).
struct PlannedStep {
  PreparationStep step;
  ChannelRange window;
};

struct Plan {
  std::vector<PlannedStep> steps;
  std::vector<Spectra> between;  // [k] goes into step k; the last is the result
};

// Throws InvalidArgument for steps that the axis does not allow.
Plan make_plan(const std::vector<PreparationStep>& steps, const std::optional<EnergyAxis>& input,
               std::int64_t channels);

// Channels of `from` that linear interpolation to `to` reads.
ChannelRange interpolated_channels(const EnergyAxis& from, const EnergyAxis& to);

// Of an AlignPeak step, in channels of `axis`: rounded up.
std::int64_t most_channels_moved(const AlignPeak& align, const EnergyAxis& axis);
std::int64_t centroid_half_width(const AlignPeak& align, const EnergyAxis& axis);

}  // namespace whiteline::preprocess
