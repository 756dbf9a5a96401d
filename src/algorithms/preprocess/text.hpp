// Names and sentences of the preparation steps.
#pragma once

#include <whiteline/preprocess.hpp>

#include <string>
#include <string_view>

namespace whiteline::preprocess {

std::string text(const EnergyAxis& axis);  // "460 to 799.75 eV (1360 channels of 0.25 eV)"

std::string_view name(Background::Method method);
std::string_view name(Background::Curve curve);
std::string_view name(AlignPeak::Refine refine);
std::string_view name(Resample::Keep keep);
// They throw InvalidArgument naming what is known.
Background::Method background_method(std::string_view name);
Background::Curve background_curve(std::string_view name);
AlignPeak::Refine refinement(std::string_view name);
Resample::Keep resample_keep(std::string_view name);

}  // namespace whiteline::preprocess
