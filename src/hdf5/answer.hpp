// What the caller is told in a memory file: a safetensors container without tensors.
#pragma once

#include <map>
#include <string>

namespace whiteline::hdf5 {

void write_answer(int descriptor, const std::map<std::string, std::string>& metadata);

constexpr const char* too_much_memory = "it needs more memory than is allowed for its size";

}  // namespace whiteline::hdf5
