// Spectra on the host: energy axes, spectrum images and labelled sets.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <whiteline/matrix.hpp>

namespace whiteline {

struct ChannelRange {
  std::int64_t begin = 0, end = 0;  // channels begin, begin + 1, ..., end - 1
  std::int64_t size() const { return end - begin; }
};

// A uniform energy-loss axis: channel i lies at offset + i * dispersion.
struct WHITELINE_EXPORT EnergyAxis {
  double offset = 0.0;      // eV, of channel 0
  double dispersion = 1.0;  // eV per channel, > 0
  std::int64_t size = 0;    // channels

  double energy(std::int64_t channel) const { return offset + dispersion * double(channel); }
  double last() const { return energy(size - 1); }
  // Channels whose energies lie in [low, high) eV, rounding errors of 1e-6 channels forgiven.
  // Throws InvalidArgument unless the axis covers the range to within one channel and the range
  // holds at least one channel.
  ChannelRange channels(double low, double high) const;
  EnergyAxis cut(ChannelRange range) const;
  // The same channels at the same energies, to within 1e-3 of a channel over the whole length.
  bool matches(const EnergyAxis& other) const;
  bool covers(const EnergyAxis& other) const;  // to within half a channel of this axis
};

// What is known of each spectrum beside its label: `columns` numbers a spectrum.
struct TruthTable {
  std::int64_t columns = 1;
  std::vector<double> values;  // one row per spectrum
};

constexpr std::int32_t no_label = -1;  // vacuum, or not labelled

// One spectrum at each pixel of a height x width grid; height = width = 1 is a single spectrum.
struct WHITELINE_EXPORT SpectrumImage {
  // pixel_major: (y, x, E) with E fastest. energy_major: (E, y, x), as DigitalMicrograph stores.
  enum class Order { pixel_major, energy_major };

  std::string title;
  std::int64_t height = 0, width = 0;
  EnergyAxis energy;
  Order order = Order::pixel_major;
  std::vector<float> counts;             // height * width * energy.size, in `order`
  double scale_y = 1.0, scale_x = 1.0;   // length of one pixel, in `scale_units`
  std::string scale_units;               // "nm"; empty when unknown
  std::vector<std::int32_t> labels;      // empty, or one a pixel (row-major); no_label allowed
  std::vector<std::string> class_names;  // label i is class_names[i]
  std::map<std::string, TruthTable> truth;
  std::string metadata = "{}";  // JSON object, as read from the file

  std::int64_t pixels() const { return height * width; }
  HostView spectra() const;  // pixels x channels, rows in row-major pixel order
  float at(std::int64_t pixel, std::int64_t channel) const;
};

// Labelled spectra, one a row.
struct WHITELINE_EXPORT Dataset {
  std::int64_t rows = 0, channels = 0;
  std::vector<float> counts;             // rows x channels
  std::vector<std::int32_t> labels;      // one a row
  std::vector<std::string> class_names;  // label i is class_names[i]
  std::optional<EnergyAxis> energy;      // none when the rows have different axes
  std::map<std::string, TruthTable> truth;
  std::string metadata = "{}";  // JSON object: how the set was made

  HostView spectra() const { return {counts.data(), rows, channels}; }
  // These rows, in this order; a row may be asked for twice. Throws InvalidArgument outside.
  Dataset subset(const std::vector<std::int64_t>& chosen) const;
};

// The labelled pixels of an image, as a set. Throws InvalidArgument when none is labelled.
WHITELINE_EXPORT Dataset labelled_pixels(const SpectrumImage& image);

// Throws InvalidArgument unless sizes, energy axis, labels, class names and truth tables belong
// together. An image has at least one pixel; a set may have no rows.
WHITELINE_EXPORT void validate(const SpectrumImage& image);
WHITELINE_EXPORT void validate_but_counts(const SpectrumImage& image);  // which are elsewhere
WHITELINE_EXPORT void validate(const Dataset& dataset);

// Stratified split: of each class, floor(fraction * n_c) rows (at least 1) are the first part, the
// others the second; rows of no_label are in neither. 0 < fraction <= 1. Rows are drawn in the
// order of their Philox words (seed, row, step 2, layer = class, purpose 7).
struct Split {
  std::vector<std::int64_t> first, second;  // row numbers, ascending
};
WHITELINE_EXPORT Split stratified_split(const std::vector<std::int32_t>& labels, double fraction,
                                        std::uint64_t seed);

}  // namespace whiteline
