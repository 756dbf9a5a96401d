// Pictures of classified spectrum images.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include <whiteline/io.hpp>

namespace whiteline {

using Colour = std::array<std::uint8_t, 3>;  // red, green, blue

struct Picture {
  std::int64_t width = 0, height = 0;
  std::vector<Colour> pixels;  // row-major, height * width
};

// The colour of class i, repeated after 8: those of M. Okabe and K. Ito, which the colour-blind can
// tell apart, with a light grey instead of black. Dark for no_label.
WHITELINE_EXPORT Colour class_colour(std::int32_t index);

// Text is UTF-8; letters outside ASCII are drawn as `?` (but for the micro sign), and a text that
// does not fit ends in two dots.
struct MapStyle {
  std::string title;                   // above the map; empty: none
  double pixel_length = 0.0;           // of one spectrum-image pixel, for the scale bar; 0: no bar
  std::string length_units = "nm";     //
  std::int64_t target_width = 640;     // of the map's longer side: pixels are enlarged by a whole
                                       // factor, so that it has at most about this many
  std::int32_t grey_label = no_label;  // a class drawn grey, for example "unknown"
};

// All maps stand on white paper; legend, colour bar and scale bar lie beside or below the map and
// hide none of it. They throw InvalidArgument for sizes that do not fit and for labels without a
// name.

// One colour a class, vacuum (no_label) dark; legend with pixel counts and shares, scale bar.
WHITELINE_EXPORT Picture label_map(std::int64_t height, std::int64_t width,
                                   std::span<const std::int32_t> labels,
                                   const std::vector<std::string>& class_names,
                                   const MapStyle& style = {});
// A number in [0, 1] a pixel (others are clamped), NaN dark, with a colour bar.
WHITELINE_EXPORT Picture probability_map(std::int64_t height, std::int64_t width,
                                         std::span<const float> probability,
                                         const MapStyle& style = {});
// The classes' colours mixed as light by their probabilities (height * width * classes), NaN dark;
// legend with each class's mean probability.
WHITELINE_EXPORT Picture composite_map(std::int64_t height, std::int64_t width,
                                       std::span<const float> probabilities,
                                       const std::vector<std::string>& class_names,
                                       const MapStyle& style = {});

// `text`: PNG text chunks (keyword -> UTF-8 text), for provenance; a keyword is 1 to 79 ASCII
// characters. Throws InvalidArgument for a picture or text that fits no PNG, Error when the file
// exists (Overwrite::refuse) or cannot be written.
WHITELINE_EXPORT void write_png(const std::filesystem::path& path, const Picture& picture,
                                const std::map<std::string, std::string>& text = {},
                                Overwrite overwrite = Overwrite::refuse);

}  // namespace whiteline
