#include "io/utf8.hpp"

#include <cstdint>

namespace whiteline::io {

namespace {

constexpr char32_t replacement = 0xFFFD;

bool is_surrogate(char32_t code_point) { return code_point >= 0xD800 && code_point < 0xE000; }

// Decodes the code point at `at` and moves behind it; U+FFFD with `valid` false where there is
// none.
char32_t next(std::string_view text, std::size_t& at, bool& valid) {
  const auto byte = [&](std::size_t i) { return std::uint8_t(text[i]); };
  const std::uint8_t first = byte(at++);
  if (first < 0x80) return first;
  const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
  if (first < 0xC2 || first > 0xF4 || text.size() - at < std::size_t(more)) {
    valid = false;
    return replacement;
  }
  char32_t code_point = first & (0x3F >> more);
  for (int i = 0; i < more; ++i) {
    if ((byte(at + std::size_t(i)) & 0xC0) != 0x80) {
      valid = false;
      return replacement;
    }
    code_point = code_point << 6 | (byte(at + std::size_t(i)) & 0x3F);
  }
  constexpr char32_t least[] = {0, 0x80, 0x800, 0x10000};
  if (code_point < least[more] || code_point > 0x10FFFF || is_surrogate(code_point)) {
    valid = false;
    return replacement;
  }
  at += std::size_t(more);
  return code_point;
}

}  // namespace

void append_utf8(std::string& text, char32_t c) {
  if (c > 0x10FFFF || is_surrogate(c)) c = replacement;
  if (c < 0x80) {
    text += char(c);
    return;
  }
  const int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  constexpr std::uint8_t marks[] = {0, 0xC0, 0xE0, 0xF0};
  text += char(marks[more] | c >> (6 * more));
  for (int i = more - 1; i >= 0; --i) text += char(0x80 | (c >> (6 * i) & 0x3F));
}

std::string to_utf8(std::string_view bytes) {
  bytes = bytes.substr(0, bytes.find('\0'));
  bool valid = true;
  for (std::size_t at = 0; at < bytes.size() && valid;) next(bytes, at, valid);
  if (valid) return std::string(bytes);
  std::string text;
  for (const char c : bytes) append_utf8(text, std::uint8_t(c));
  return text;
}

std::string utf16_to_utf8(std::u16string_view units) {
  std::string text;
  for (std::size_t i = 0; i < units.size() && units[i]; ++i) {
    char32_t c = units[i];
    if (c >= 0xD800 && c < 0xDC00 && i + 1 < units.size() && units[i + 1] >= 0xDC00 &&
        units[i + 1] < 0xE000)
      c = 0x10000 + ((c - 0xD800) << 10) + (units[++i] - 0xDC00);
    append_utf8(text, c);
  }
  return text;
}

std::u32string utf8_to_utf32(std::string_view text) {
  std::u32string points;
  bool valid = true;
  for (std::size_t at = 0; at < text.size();) points += next(text, at, valid);
  return points;
}

}  // namespace whiteline::io
