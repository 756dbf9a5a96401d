// Archives as they come; and, so that checksums do not stop the fuzzer, archives built from the
// input: a member is a byte that chooses its name, two bytes of length, and its bytes.
#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

#include "fuzz/parse.hpp"

namespace {

constexpr std::string_view names[] = {"spectra", "labels",   "class_names", "energy",
                                      "truth_a", "truth_b",  "scale",       "scale_units",
                                      "title",   "metadata", "X",           "y"};

template <class T>
std::string packed(T value) {
  std::string text(sizeof value, '\0');
  std::memcpy(text.data(), &value, sizeof value);
  return text;
}

std::string archive_of(std::string_view input) {
  std::string members, directory;
  std::uint16_t count = 0;
  while (input.size() >= 3) {
    const std::string name = std::string(names[std::uint8_t(input[0]) % std::size(names)]) + ".npy";
    const std::size_t length = std::uint8_t(input[1]) | std::size_t(std::uint8_t(input[2])) << 8;
    const std::string_view content = input.substr(3, length);
    input.remove_prefix(std::min(input.size(), 3 + length));
    const auto size = std::uint32_t(content.size());
    const auto crc =
        std::uint32_t(crc32_z(0, reinterpret_cast<const Bytef*>(content.data()), content.size()));
    const std::string common = packed(std::uint32_t(0)) + packed(std::uint32_t(0)) + packed(crc) +
                               packed(size) + packed(size) + packed(std::uint16_t(name.size())) +
                               packed(std::uint16_t(0));
    directory += "PK\1\2" + packed(std::uint16_t(20)) + packed(std::uint16_t(20)) + common +
                 std::string(10, '\0') + packed(std::uint32_t(members.size())) + name;
    members += "PK\3\4" + packed(std::uint16_t(20)) + common + name + std::string(content);
    ++count;
  }
  return members + directory + "PK\5\6" + packed(std::uint32_t(0)) + packed(count) + packed(count) +
         packed(std::uint32_t(directory.size())) + packed(std::uint32_t(members.size())) +
         packed(std::uint16_t(0));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (input.starts_with("PK"))
    return whiteline::fuzz::parse(whiteline::io::read_npz, whiteline::fuzz::bytes_of(data, size));
  const std::string archive = archive_of(input);
  return whiteline::fuzz::parse(whiteline::io::read_npz, std::as_bytes(std::span(archive)));
}
