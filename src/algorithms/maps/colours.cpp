#include "algorithms/maps/colours.hpp"

#include <algorithm>
#include <cmath>

namespace whiteline {

namespace {

// M. Okabe and K. Ito, "Color Universal Design: how to make figures and presentations that are
// friendly to colorblind people" (2008), without black, which is vacuum here, and with a light
// grey; neighbours differ much in hue.
constexpr std::array<Colour, 8> palette{{
    {230, 159, 0},    // orange
    {86, 180, 233},   // sky blue
    {0, 158, 115},    // bluish green
    {204, 121, 167},  // reddish purple
    {240, 228, 66},   // yellow
    {0, 114, 178},    // blue
    {213, 94, 0},     // vermillion
    {200, 200, 200},  // light grey
}};

// Anchors at equal distances; their luminance rises steadily, and the lowest stands out from
// vacuum.
constexpr std::array<Colour, 6> scale{{
    {50, 45, 118},
    {47, 87, 152},
    {31, 131, 150},
    {70, 173, 128},
    {165, 209, 98},
    {253, 240, 150},
}};

}  // namespace

Colour class_colour(std::int32_t index) {
  return index < 0 ? maps::vacuum : palette[static_cast<std::size_t>(index) % palette.size()];
}

namespace maps {

Colour scale_colour(double value) {
  const double place = std::clamp(value, 0.0, 1.0) * double(scale.size() - 1);
  const auto left = std::min(static_cast<std::size_t>(place), scale.size() - 2);
  const double share = place - double(left);
  Colour colour;
  for (std::size_t i = 0; i < 3; ++i)
    colour[i] = static_cast<std::uint8_t>(
        std::lround((1.0 - share) * scale[left][i] + share * scale[left + 1][i]));
  return colour;
}

// The transfer function of sRGB, IEC 61966-2-1.
Light light_of(Colour colour) {
  Light light;
  for (std::size_t i = 0; i < 3; ++i) {
    const double v = colour[i] / 255.0;
    light[i] = v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
  }
  return light;
}

Colour colour_of(const Light& light) {
  Colour colour;
  for (std::size_t i = 0; i < 3; ++i) {
    const double l = std::clamp(light[i], 0.0, 1.0);
    const double v = l <= 0.0031308 ? 12.92 * l : 1.055 * std::pow(l, 1.0 / 2.4) - 0.055;
    colour[i] = static_cast<std::uint8_t>(std::lround(255.0 * v));
  }
  return colour;
}

}  // namespace maps

}  // namespace whiteline
