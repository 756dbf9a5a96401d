#include "algorithms/preprocess/text.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

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

template <class Table, class Value>
std::string_view name_of(const Table& table, Value value) {
  for (const auto& [key, name] : table)
    if (key == value) return name;
  throw InvalidArgument(
      fmt::format("a preparation step has number {} (no such choice) use a named "
                  "one",
                  int(value)));
}

template <class Table>
auto value_of(const Table& table, std::string_view what, std::string_view wanted) {
  std::string known;
  for (const auto& [key, name] : table) {
    if (name == wanted) return key;
    known += fmt::format("{}{}", known.empty() ? "" : ", ", name);
  }
  throw InvalidArgument(
      fmt::format("unknown {} `{}` (known: {}) use one of these", what, wanted, known));
}

}  // namespace

std::string_view name(Normalise::Kind kind) { return name_of(kinds, kind); }
Normalise::Kind normalise_kind(std::string_view name) {
  return value_of(kinds, "normalisation", name);
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
  return value_of(methods, "background method", name);
}
Background::Curve background_curve(std::string_view name) {
  return value_of(curves, "background curve", name);
}
AlignPeak::Refine refinement(std::string_view name) {
  return value_of(refinements, "refinement of a peak", name);
}
Resample::Keep resample_keep(std::string_view name) {
  return value_of(keeps, "way to resample", name);
}

}  // namespace preprocess

}  // namespace whiteline
