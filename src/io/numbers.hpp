// Numbers in text, the same in every locale.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace whiteline::io {

inline bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

inline std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// "-1.5", "+3", "80.", "1e+002"; nothing for anything else. Too small is 0, too large nothing.
inline std::optional<double> parse_double(std::string_view text) {
  text = trimmed(text);
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  double value = 0.0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end.ptr != text.data() + text.size() || text.empty()) return std::nullopt;
  if (end.ec == std::errc::result_out_of_range && text.find("e-") != std::string_view::npos)
    return 0.0;
  if (end.ec != std::errc()) return std::nullopt;
  return value;
}

// A float32 number as the decimal somebody typed: 0.3f is 0.3, not 0.30000001192...
inline double as_typed(float value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value);
  return parse_double({text, std::size_t(end.ptr - text)}).value_or(double(value));
}

}  // namespace whiteline::io
