#include "algorithms/preprocess/text.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace whiteline {

namespace {

constexpr std::array<std::pair<Background::Method, std::string_view>, 2> methods{{
    {Background::Method::two_area, "two_area"},
    {Background::Method::log_least_squares, "log_least_squares"},
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

Background::Method background_method(std::string_view name) {
  return value_of(methods, "background method", name);
}

}  // namespace preprocess

}  // namespace whiteline
