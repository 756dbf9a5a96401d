// Text of files, whatever its encoding, as UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace whiteline::io {

// The text as valid UTF-8: unchanged where it is, else read as Latin-1. Stops at a NUL.
std::string to_utf8(std::string_view bytes);
// UTF-16 units and UTF-32 code points; what is not valid becomes U+FFFD.
std::string utf16_to_utf8(std::u16string_view units);
void append_utf8(std::string& text, char32_t code_point);
std::u32string utf8_to_utf32(std::string_view text);

}  // namespace whiteline::io
