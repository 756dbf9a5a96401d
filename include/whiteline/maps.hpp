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

// The colour of class i; a palette that the colour-blind can tell apart, repeated after 8.
WHITELINE_EXPORT Colour class_colour(std::int32_t index);

struct MapStyle {
  std::string title;
  double pixel_length = 0.0;  // of one spectrum-image pixel, for the scale bar; 0: no bar
  std::string length_units = "nm";
  std::int64_t target_width = 640;  // pixels are enlarged by a whole factor to about this width
};

// One colour a class, vacuum (no_label) dark; legend with pixel counts, scale bar.
WHITELINE_EXPORT Picture label_map(std::int64_t height, std::int64_t width,
                                   std::span<const std::int32_t> labels,
                                   const std::vector<std::string>& class_names,
                                   const MapStyle& style = {});
// A number in [0, 1] a pixel, NaN dark, with a colour bar.
WHITELINE_EXPORT Picture probability_map(std::int64_t height, std::int64_t width,
                                         std::span<const float> probability,
                                         const MapStyle& style = {});
// The classes' colours mixed by their probabilities (height * width * classes), NaN dark.
WHITELINE_EXPORT Picture composite_map(std::int64_t height, std::int64_t width,
                                       std::span<const float> probabilities,
                                       const std::vector<std::string>& class_names,
                                       const MapStyle& style = {});

// `text`: PNG text chunks (keyword -> text), for provenance.
WHITELINE_EXPORT void write_png(const std::filesystem::path& path, const Picture& picture,
                                const std::map<std::string, std::string>& text = {},
                                Overwrite overwrite = Overwrite::refuse);

}  // namespace whiteline
