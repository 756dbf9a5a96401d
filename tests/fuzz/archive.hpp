// Zip archives with stored members and right checksums, so that these do not stop the fuzzer.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace whiteline::fuzz {

template <class T>
std::string packed(T value) {
  std::string text(sizeof value, '\0');
  std::memcpy(text.data(), &value, sizeof value);
  return text;
}

// Members are name and contents.
inline std::string archive_of(
    const std::vector<std::pair<std::string, std::string_view>>& contents) {
  std::string members, directory;
  for (const auto& [name, content] : contents) {
    const auto size = std::uint32_t(content.size());
    const auto crc =
        std::uint32_t(crc32_z(0, reinterpret_cast<const Bytef*>(content.data()), content.size()));
    const std::string common = packed(std::uint32_t(0)) + packed(std::uint32_t(0)) + packed(crc) +
                               packed(size) + packed(size) + packed(std::uint16_t(name.size())) +
                               packed(std::uint16_t(0));
    directory += "PK\1\2" + packed(std::uint16_t(20)) + packed(std::uint16_t(20)) + common +
                 std::string(10, '\0') + packed(std::uint32_t(members.size())) + name;
    members += "PK\3\4" + packed(std::uint16_t(20)) + common + name + std::string(content);
  }
  const auto count = std::uint16_t(contents.size());
  return members + directory + "PK\5\6" + packed(std::uint32_t(0)) + packed(count) + packed(count) +
         packed(std::uint32_t(directory.size())) + packed(std::uint32_t(members.size())) +
         packed(std::uint16_t(0));
}

}  // namespace whiteline::fuzz
