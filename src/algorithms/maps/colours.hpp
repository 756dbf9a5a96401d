// The colours of the pictures.
#pragma once

#include <whiteline/maps.hpp>

#include <array>

namespace whiteline::maps {

constexpr Colour paper{255, 255, 255}, ink{32, 33, 36}, faint_ink{110, 113, 120},
    frame{140, 143, 150}, vacuum{24, 25, 30}, undecided{125, 127, 133};

// From dark blue to light yellow, with lightness rising evenly; `value` is clamped to [0, 1].
Colour scale_colour(double value);

// Colours as amounts of light, which may be added up.
using Light = std::array<double, 3>;
Light light_of(Colour colour);
Colour colour_of(const Light& light);  // clamped

}  // namespace whiteline::maps
