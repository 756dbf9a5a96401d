#include "algorithms/preprocess/text.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "core/names.hpp"

namespace whiteline {

namespace {

constexpr std::array<std::pair<Background::Method, std::string_view>, 4> methods{{
    {Background::Method::two_area, "two_area"},
    {Background::Method::log_least_squares, "log_least_squares"},
    {Background::Method::two_area_closed, "two_area_closed"},
    {Background::Method::likelihood, "likelihood"},
}};
constexpr std::array<std::pair<Background::Curve, std::string_view>, 3> curves{{
    {Background::Curve::power_law, "power_law"},
    {Background::Curve::exponential, "exponential"},
    {Background::Curve::polynomial, "polynomial"},
}};
constexpr std::array<std::pair<AlignPeak::Refine, std::string_view>, 2> refinements{{
    {AlignPeak::Refine::parabola, "parabola"},
    {AlignPeak::Refine::centroid, "centroid"},
}};
constexpr std::array<std::pair<Resample::Keep, std::string_view>, 2> keeps{{
    {Resample::Keep::values, "values"},
    {Resample::Keep::counts, "counts"},
}};
constexpr std::array<std::pair<Normalise::Kind, std::string_view>, 5> kinds{{
    {Normalise::Kind::none, "none"},
    {Normalise::Kind::max, "max"},
    {Normalise::Kind::l2, "l2"},
    {Normalise::Kind::l1, "l1"},
    {Normalise::Kind::area, "area"},
}};

using core::name_of;
using core::value_named;

}  // namespace

std::string_view name(Normalise::Kind kind) { return name_of(kinds, kind); }
Normalise::Kind normalise_kind(std::string_view name) {
  return value_named(kinds, "normalisation", name);
}

namespace preprocess {

std::string text(const EnergyAxis& axis) {
  return fmt::format("{:.10g} to {:.10g} eV ({} channels of {:.6g} eV)", axis.offset, axis.last(),
                     axis.size, axis.dispersion);
}

std::string_view name(Background::Method method) { return name_of(methods, method); }
std::string_view name(Background::Curve curve) { return name_of(curves, curve); }
std::string_view name(AlignPeak::Refine refine) { return name_of(refinements, refine); }
std::string_view name(Resample::Keep keep) { return name_of(keeps, keep); }

Background::Method background_method(std::string_view name) {
  return value_named(methods, "background method", name);
}
Background::Curve background_curve(std::string_view name) {
  return value_named(curves, "background curve", name);
}
AlignPeak::Refine refinement(std::string_view name) {
  return value_named(refinements, "refinement of a peak", name);
}
Resample::Keep resample_keep(std::string_view name) {
  return value_named(keeps, "way to resample", name);
}

}  // namespace preprocess

}  // namespace whiteline
