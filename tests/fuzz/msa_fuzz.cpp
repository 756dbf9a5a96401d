#include "fuzz/parse.hpp"
#include "io/msa.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return whiteline::fuzz::parse(whiteline::io::read_msa, whiteline::fuzz::bytes_of(data, size));
}
