#include "fuzz/parse.hpp"
#include "io/dm.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return whiteline::fuzz::parse(whiteline::io::read_dm, whiteline::fuzz::bytes_of(data, size));
}
