// Names of enumerators, from tables of pairs (enumerator, name).
#pragma once

#include <fmt/format.h>
#include <whiteline/error.hpp>

#include <string>
#include <string_view>

namespace whiteline::core {

template <class Table, class Value>
std::string_view name_of(const Table& table, Value value) {
  for (const auto& [key, name] : table)
    if (key == value) return name;
  throw InvalidArgument(
      fmt::format("a parameter has number {} (no such choice) use a named one", int(value)));
}

// Throws InvalidArgument that names what is known; `what`: of what the name is.
template <class Table>
auto value_named(const Table& table, std::string_view what, std::string_view wanted) {
  std::string known;
  for (const auto& [key, name] : table) {
    if (name == wanted) return key;
    known += fmt::format("{}{}", known.empty() ? "" : ", ", name);
  }
  throw InvalidArgument(
      fmt::format("unknown {} `{}` (known: {}) use one of these", what, wanted, known));
}

}  // namespace whiteline::core
