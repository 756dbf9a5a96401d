#include "fuzz/parse.hpp"
#include "io/spectra_csv.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return whiteline::fuzz::parse(whiteline::io::read_csv, whiteline::fuzz::bytes_of(data, size));
}
