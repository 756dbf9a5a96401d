#include "hdf5/answer.hpp"

#include <unistd.h>

#include "hdf5/handle.hpp"
#include "io/safetensors_header.hpp"

namespace whiteline::hdf5 {

void write_answer(int descriptor, const std::map<std::string, std::string>& metadata) {
  const std::string text = io::safetensors_header(metadata, {});
  if (pwrite(descriptor, text.data(), text.size(), 0) != ssize_t(text.size()))
    throw Problem("there is not enough memory for it");
}

}  // namespace whiteline::hdf5
