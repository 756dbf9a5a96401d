// Archives as they come, and archives built from the input: a member is a byte that chooses its
// name, two bytes of length, and its bytes.
#include <algorithm>

#include "fuzz/archive.hpp"
#include "fuzz/parse.hpp"

namespace {

constexpr std::string_view names[] = {"spectra", "labels",   "class_names", "energy",
                                      "truth_a", "truth_b",  "scale",       "scale_units",
                                      "title",   "metadata", "X",           "y"};

std::string archive_from(std::string_view input) {
  std::vector<std::pair<std::string, std::string_view>> members;
  while (input.size() >= 3) {
    const std::string name = std::string(names[std::uint8_t(input[0]) % std::size(names)]) + ".npy";
    const std::size_t length = std::uint8_t(input[1]) | std::size_t(std::uint8_t(input[2])) << 8;
    members.emplace_back(name, input.substr(3, length));
    input.remove_prefix(std::min(input.size(), 3 + length));
  }
  return whiteline::fuzz::archive_of(members);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (input.starts_with("PK"))
    return whiteline::fuzz::parse(whiteline::io::read_npz, whiteline::fuzz::bytes_of(data, size));
  const std::string archive = archive_from(input);
  return whiteline::fuzz::parse(whiteline::io::read_npz, std::as_bytes(std::span(archive)));
}
