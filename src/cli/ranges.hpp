// The small languages of option values: ranges, memory sizes, backgrounds, axes. All parsers throw
// UsageError with a sentence that says what is expected.
#pragma once

#include <whiteline/kernel_matrix.hpp>
#include <whiteline/preprocess.hpp>
#include <whiteline/spectra.hpp>
#include <whiteline/svm.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace whiteline::cli {

// `460:800` (eV) or `#0:600` (channels, the second one excluded); low < high.
struct Range {
  double low = 0.0, high = 0.0;
  bool in_channels = false;
};
Range parse_range(const std::string& text);

// The range in eV on `axis`; a range in channels needs one and must lie on it.
Range in_energy(const Range& range, const std::optional<EnergyAxis>& axis);

// `none`, or a curve and its window: `powerlaw:485:515` (log least squares), `twoarea`, `egerton`
// (two areas in closed form), `likelihood`, `exponential`, `constant`, `poly1` to `poly5`.
struct BackgroundChoice {
  Background background;  // without its window
  Range window;
};
std::optional<BackgroundChoice> parse_background(const std::string& text);

// `none`, `max`, `l2`, `l1`, `area` or `area:LOW:HIGH`.
struct NormaliseChoice {
  Normalise::Kind kind = Normalise::Kind::none;
  std::optional<Range> window;
};
NormaliseChoice parse_normalise(const std::string& text);

// `scale`, `channels` (also `auto`, as others call it) or a number above 0.
struct GammaChoice {
  GammaRule rule = GammaRule::scale;
  double value = 0.0;
};
GammaChoice parse_gamma(const std::string& text);

// `none`, `balanced`, `NAME=FACTOR`, or several of these with commas between; factors are above 0.
struct ClassWeightChoice {
  std::string text = "none";
  ClassWeight rule = ClassWeight::none;
  std::map<std::string, double> factors;  // class name -> factor of C
};
ClassWeightChoice parse_class_weight(const std::string& text);

// `svm`, or `net:NAME`, a preset of nn/architectures.hpp.
struct ModelChoice {
  std::string network;  // empty: a support vector model
};
ModelChoice parse_model(const std::string& text);

// `OFFSET:DISPERSION` in eV and eV per channel.
struct AxisChoice {
  double offset = 0.0, dispersion = 1.0;
};
AxisChoice parse_axis(const std::string& text);

// `LOW:HIGH=EV`: the peak between LOW and HIGH lies at EV.
struct PeakChoice {
  Range window;
  double energy = 0.0;
};
PeakChoice parse_peak(const std::string& text);

// `none`, `auto` (a tenth) or the share of the brightest pixels' sum below which a pixel is vacuum.
struct VacuumChoice {
  bool masked = true;
  double threshold = 0.1;
};
VacuumChoice parse_vacuum(const std::string& text);

// `500:0.25:1200`: OFFSET:DISPERSION:CHANNELS.
EnergyAxis parse_new_axis(const std::string& text);

// `peak:LOW:HIGH=EV` (without =EV: the mean of the peaks), or `correlate:LOW:HIGH`.
struct AlignChoice {
  bool correlate = false;
  Range window;
  std::optional<double> energy;
};
AlignChoice parse_align(const std::string& text);

// `2:2:1`: Y:X:CHANNELS, or one number of channels; from 1.
struct RebinChoice {
  std::int64_t y = 1, x = 1, channels = 1;
};
RebinChoice parse_rebin(const std::string& text);

// `2GiB`, `512MiB`, `64KiB` or bytes; at least 1.
std::uint64_t parse_bytes(const std::string& text);
// 1536 -> "1.5 KiB"
std::string format_bytes(std::uint64_t bytes);

}  // namespace whiteline::cli
