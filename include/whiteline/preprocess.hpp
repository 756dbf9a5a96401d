// Preparing spectra: the steps between raw counts and a classifier, saved with every model and
// replayed on new data. All energies are in eV.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <whiteline/matrix.hpp>
#include <whiteline/spectra.hpp>

namespace whiteline {

// Keeps the channels in [low, high) eV.
struct Crop {
  double low = 0.0, high = 0.0;
};

// Subtracts a background fitted to the counts in [low, high) eV of each spectrum (R. F. Egerton,
// Electron Energy-Loss Spectroscopy in the Electron Microscope, section 4.4). A spectrum whose
// window does not allow a fit (one half of it has no counts) stays as it is, with A = 0. The unit
// of the counts does not matter. For a power law all energies must be above 0.
struct Background {
  enum class Method {  // of a power law or exponential
    // The law with the same integrals as the two halves of the window: no bias at low counts.
    two_area,
    // The straight line through (ln E, ln counts), or (E, ln counts); counts below half of the
    // two-area law are taken as half of it. A tenth less spread; at 10 counts a channel the
    // background is 4 % too low, at 300 counts 0.2 %.
    log_least_squares,
    // Egerton's approximate formula for two areas, as DigitalMicrograph and HyperSpy take it: where
    // numbers are to be those of other programs. 0.1 % off a few windows' widths away.
    two_area_closed,
    // The law under which Poisson counts are most likely, by iteratively reweighted least squares:
    // the least spread, no bias.
    likelihood,
  };
  Method method = Method::log_least_squares;
  double low = 0.0, high = 0.0;
  // A E^-r; A exp(-r E); or a polynomial in E by least squares, for which `method` means nothing.
  enum class Curve { power_law, exponential, polynomial } curve = Curve::power_law;
  int degree = 0;          // of the polynomial, 0 (a constant) to 5
  bool zero_fill = false;  // channels below `low` become 0
};

// Replaces X-ray spikes by the median of the channels within half_window of them: channels that lie
// more than `threshold` robust standard deviations above it. The deviation is the larger one of
// that within the window and that over the spectrum, so that edges are no spikes (L. Davies and
// U. Gather, J. Am. Stat. Assoc. 88 (1993) 782). Spikes of up to half_window channels are found.
struct RemoveSpikes {
  int half_window = 4;     // channels, 1 to 16
  double threshold = 8.0;  // > 0; smaller finds more, and begins to clip noise below 5
};

// Shifts each spectrum so that its highest channel in [low, high) eV, refined between channels,
// lies at `energy`. Values between channels are interpolated linearly, those beyond an end are the
// end's. A spectrum that would move by more than max_shift stays, with shift 0. For a zero-loss
// peak: its window and energy 0.
struct AlignPeak {
  double low = 0.0, high = 0.0, energy = 0.0;
  double max_shift = 5.0;  // eV, > 0
  // The top of a parabola through three channels, or the centre of mass of the channels within
  // half_width eV above the lowest of them: less noise, but the peak must stand alone.
  enum class Refine { parabola, centroid } refine = Refine::parabola;
  double half_width = 1.0;  // eV, of the centroid
};

// Sums of `channels` neighbouring channels; an incomplete group at the end is left out.
struct Rebin {
  std::int64_t channels = 2;
};

// Keeps what spectra have in common with the leading components of a PCA (pca.hpp makes this step):
// x becomes (centre + L' L (x weights - centre)) / weights.
struct PcaFilter {
  std::vector<float> weights, centre;  // one a channel; weights above 0
  std::vector<float> loadings;         // L: components x channels, orthonormal rows
};

// Divides each spectrum by one number; a spectrum for which that number is not above 0 becomes 0.
struct Normalise {
  enum class Kind {
    none,
    max,   // the largest value
    l2,    // the square root of the sum of squares
    l1,    // the sum of absolute values
    area,  // the sum over [low, high) eV (the whole spectrum when both are 0), times the dispersion
  };
  Kind kind = Kind::none;
  double low = 0.0, high = 0.0;
};
WHITELINE_EXPORT std::string_view name(Normalise::Kind kind);            // "max"
WHITELINE_EXPORT Normalise::Kind normalise_kind(std::string_view name);  // throws InvalidArgument

// Brings each spectrum to another axis, which must lie inside the old one (to within half a
// channel).
struct Resample {
  EnergyAxis axis;
  // values: linear interpolation; they stay counts per channel of the old axis, and are not scaled
  // by the ratio of the dispersions. counts: each new channel gets the counts that fall into it,
  // so that sums stay.
  enum class Keep { values, counts } keep = Keep::values;
};

using PreparationStep =
    std::variant<Crop, Background, Normalise, Resample, RemoveSpikes, AlignPeak, Rebin, PcaFilter>;
// "subtract a power law fitted to 485:515 eV (log least squares)"
WHITELINE_EXPORT std::string description(const PreparationStep& step);

// What one Background step found, one row a spectrum.
struct BackgroundFit {
  std::vector<double> amplitude, exponent;  // A and r of A E^-r or A exp(-r E); r in 1/eV there
  // Of a polynomial instead: rows x (degree + 1), of ascending powers of (E - centre) / half_width.
  std::vector<double> coefficients;
  double centre = 0.0, half_width = 1.0;  // eV
};

struct PreparedSpectra {
  Matrix spectra;                                 // rows x channels
  std::optional<EnergyAxis> energy;               // of `spectra`
  std::vector<BackgroundFit> fits;                // one per Background step
  std::vector<std::vector<std::int32_t>> spikes;  // per RemoveSpikes step, one number a spectrum
  std::vector<std::vector<double>> shifts;        // per AlignPeak step, eV added to each spectrum
};

// An ordered list of steps. Bound to the energy axis it was first used on (`input`), so that new
// data on another axis are resampled to it first, or refused.
class WHITELINE_EXPORT Pipeline {
 public:
  Pipeline() = default;  // leaves spectra of any axis as they are
  // `input`: axis of the spectra the steps are meant for; none when rows have different axes, and
  // then steps given in eV throw InvalidArgument.
  Pipeline(std::vector<PreparationStep> steps, std::optional<EnergyAxis> input,
           std::int64_t channels);

  const std::vector<PreparationStep>& steps() const { return steps_; }
  const std::optional<EnergyAxis>& input() const { return input_; }
  std::int64_t input_channels() const { return channels_; }
  std::optional<EnergyAxis> output() const;  // after the steps, for spectra on input()
  std::int64_t output_channels() const;

  // Prepares `spectra` (rows x channels on `energy`). Only the channels that the steps use are
  // looked at and moved to the device. An axis other than input() is brought to the part of input()
  // that the steps use by linear interpolation, which leaves values as they are: a model of raw
  // counts without a Normalise step (and with another kernel than cosine) then sees counts per
  // channel of another width, so give it data of its own dispersion and dose. Throws
  // InvalidArgument when the axis does not cover that part, when one of the two axes is unknown and
  // the channel counts differ, or when a spectrum holds NaN or infinity (row and channel are
  // named). All rows are prepared at once: tile large images.
  // `first_row`: what such an error calls the first row, where these are some of many.
  PreparedSpectra apply(const Context& ctx, const HostView& spectra,
                        const std::optional<EnergyAxis>& energy, std::int64_t first_row = 0) const;

  // Keys in a fixed order; numbers come back with the same bits.
  std::string to_json() const;
  static Pipeline from_json(const std::string& text);  // throws InvalidArgument

 private:
  PreparedSpectra prepare(const Context& ctx, const HostView& spectra,
                          const std::optional<EnergyAxis>& energy) const;

  std::vector<PreparationStep> steps_;
  std::optional<EnergyAxis> input_;
  std::int64_t channels_ = 0;
};

// Pixels with a signal: the sum of counts over all channels is at least `threshold` times the
// 99th percentile of these sums, and that is above 0. 1 a pixel with signal, else 0. threshold in
// (0, 1). Throws InvalidArgument for an image that is not valid or holds NaN or infinity.
WHITELINE_EXPORT std::vector<std::uint8_t> signal_mask(const SpectrumImage& image,
                                                       double threshold = 0.1);

}  // namespace whiteline
