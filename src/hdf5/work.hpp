// From an .hspy file to the answer, and from a request to an .hspy file.
#pragma once

#include <cstdint>

namespace whiteline::hdf5 {

// Reads all experiments of the file into the memory file `answer`, of at most `limit` bytes.
void read_file(const char* path, int answer, std::uint64_t limit);

// Writes the request (a container in a memory file) as an .hspy file into `target`.
void write_file(int request, int target);

}  // namespace whiteline::hdf5
