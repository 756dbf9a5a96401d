// From an HDF5 file to the answer, and from a request to an .hspy file.
#pragma once

#include <cstdint>
#include <string>

namespace whiteline::hdf5 {

// Reads the array `member`, or, when that is empty, all experiments or data items of the file, into
// the memory file `answer` of at most `limit` bytes.
void read_file(const char* path, const std::string& member, int answer, int progress,
               std::uint64_t limit);

// Writes the request (a container in a memory file) as an .hspy file into `target`.
void write_file(int request, int target, int progress);

}  // namespace whiteline::hdf5
