// Preparing spectra: the steps between raw counts and a classifier, saved with every model and
// replayed on new data. All energies are in eV.
#pragma once

#include <optional>
#include <string>
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
// (R. F. Egerton, Electron Energy-Loss Spectroscopy in the Electron Microscope, section 4.4).
// A window whose counts do not allow a fit (sum <= 0) leaves that spectrum as it is, with A = 0.
struct Background {
  enum class Method {
    two_area,           // from the sums over the two halves of the window
    log_least_squares,  // straight line through (ln E, ln counts), counts below 1 taken as 1
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

// Brings each spectrum to another axis by linear interpolation. The new axis must lie inside the
// old one (to within half a channel). Values are counts per channel of the old axis.
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
  Pipeline() = default;
  // `input`: axis of the spectra the steps are meant for; none when rows have different axes, and
  // then steps given in eV throw InvalidArgument.
  Pipeline(std::vector<PreparationStep> steps, std::optional<EnergyAxis> input,
           std::int64_t channels);

  const std::vector<PreparationStep>& steps() const { return steps_; }
  const std::optional<EnergyAxis>& input() const { return input_; }
  std::int64_t input_channels() const { return channels_; }
  std::optional<EnergyAxis> output() const;
  std::int64_t output_channels() const;

  // Prepares `spectra` (rows x channels on `energy`). An axis other than input() is brought to the
  // part of input() that the steps use by linear interpolation. Throws InvalidArgument when it does
  // not cover that part, when one of the two axes is unknown and the channel counts differ, or when
  // a spectrum holds NaN or infinity (row and channel are named).
  PreparedSpectra apply(const Context& ctx, const HostView& spectra,
                        const std::optional<EnergyAxis>& energy) const;

  std::string to_json() const;
  static Pipeline from_json(const std::string& text);  // throws InvalidArgument

 private:
  std::vector<PreparationStep> steps_;
  std::optional<EnergyAxis> input_;
  std::int64_t channels_ = 0;
};

// Pixels with a signal: the sum of counts over all channels is at least `threshold` times the
// 99th percentile of these sums. 1 a pixel with signal, else 0. threshold in (0, 1).
WHITELINE_EXPORT std::vector<std::uint8_t> signal_mask(const SpectrumImage& image,
                                                       double threshold = 0.1);

}  // namespace whiteline
