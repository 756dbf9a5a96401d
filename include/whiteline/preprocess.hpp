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

// Subtracts a background A * E^-r fitted to the counts in [low, high) eV of each spectrum
// (R. F. Egerton, Electron Energy-Loss Spectroscopy in the Electron Microscope, section 4.4). A
// spectrum whose window does not allow a fit (one half of it has no counts) stays as it is, with
// A = 0. The unit of the counts does not matter. All energies must be above 0.
struct Background {
  enum class Method {
    // The law with the same integrals as the two halves of the window: no bias at low counts.
    two_area,
    // The straight line through (ln E, ln counts); counts below half of the two-area law are taken
    // as half of it. A tenth less spread; at 10 counts a channel the background is 4 % too low, at
    // 300 counts 0.2 %.
    log_least_squares,
  };
  Method method = Method::log_least_squares;
  double low = 0.0, high = 0.0;
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

// Brings each spectrum to another axis by linear interpolation. The new axis must lie inside the
// old one (to within half a channel). Values stay counts per channel of the old axis: they are not
// scaled by the ratio of the dispersions.
struct Resample {
  EnergyAxis axis;
};

using PreparationStep = std::variant<Crop, Background, Normalise, Resample>;

// What one Background step found, one row a spectrum.
struct BackgroundFit {
  std::vector<double> amplitude, exponent;  // A and r of A * E^-r
};

struct PreparedSpectra {
  Matrix spectra;                    // rows x channels
  std::optional<EnergyAxis> energy;  // of `spectra`
  std::vector<BackgroundFit> fits;   // one per Background step
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
  PreparedSpectra apply(const Context& ctx, const HostView& spectra,
                        const std::optional<EnergyAxis>& energy) const;

  // Keys in a fixed order; numbers come back with the same bits.
  std::string to_json() const;
  static Pipeline from_json(const std::string& text);  // throws InvalidArgument

 private:
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
