// Names and sentences of the preparation steps.
#pragma once

#include <whiteline/preprocess.hpp>

#include <string>
#include <string_view>

namespace whiteline::preprocess {

std::string text(const EnergyAxis& axis);  // "460 to 799.75 eV (1360 channels of 0.25 eV)"

std::string_view name(Background::Method method);
// Throws InvalidArgument naming what is known.
Background::Method background_method(std::string_view name);

}  // namespace whiteline::preprocess
