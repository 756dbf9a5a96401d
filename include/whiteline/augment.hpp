// More labelled spectra out of few: shifted along the energy axis, with fresh noise.
#pragma once

#include <cstdint>

#include <whiteline/spectra.hpp>

namespace whiteline {

struct AugmentParams {
  std::int64_t copies = 1;  // of each spectrum, beside the original; >= 0
  // Spectra of each class in the end, instead of `copies`, where above 0: a class that has fewer
  // gets copies of its spectra in turn, one that has more stays. Spectra without a label get none.
  std::int64_t per_class = 0;
  double shift = 0.0;  // eV; each copy is moved by a number drawn evenly from [-shift, shift]
  // Each count of a copy becomes Poisson(count * electrons) / electrons, so that `electrons` is how
  // many make one count: 1 for counted electrons, less to imitate a lower dose. Counts not above 0
  // stay. 0: no noise. At most 1e12 electrons a channel.
  double electrons = 0.0;
  std::uint64_t seed = 1;
};

// The set, then its copies: all spectra's first ones, all second ones, ... Labels and truth are
// copied; truth "augmented_from" (the original's row) and "augmented_shift" (eV) are added. The
// same seed gives the same bits for any number of threads, and a copy does not depend on how many
// there are. Throws InvalidArgument for parameters out of range, for a shift without an energy
// axis, and for counts that are NaN or infinite.
WHITELINE_EXPORT Dataset augment(const Context& ctx, const Dataset& set,
                                 const AugmentParams& params);

// How many electrons make one count, as the noise of the spectra (rows) says: m / s^2, at most 1e8,
// of the mean m of their counts above 0 and the deviation s of the noise, by the median of second
// differences along the channels. Noise that neighbouring channels share is not seen. Throws
// InvalidArgument for fewer than 3 channels, no spectra, and counts that are NaN or infinite.
WHITELINE_EXPORT double estimated_electrons(const HostView& spectra);

}  // namespace whiteline
