// Data items as they come, and items built from the input: two bytes of length, the JSON
// description of that length, and the array.
#include "fuzz/archive.hpp"
#include "fuzz/parse.hpp"
#include "io/nion.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (input.starts_with("PK") || size < 2)
    return whiteline::fuzz::parse(whiteline::io::read_ndata, whiteline::fuzz::bytes_of(data, size));
  const std::size_t length = std::uint8_t(input[0]) | std::size_t(std::uint8_t(input[1])) << 8;
  const std::string_view description = input.substr(2, length);
  const std::string archive = whiteline::fuzz::archive_of(
      {{"metadata.json", description}, {"data.npy", input.substr(2 + description.size())}});
  return whiteline::fuzz::parse(whiteline::io::read_ndata, std::as_bytes(std::span(archive)));
}
