// From an HDF5 file to its reader, and from a request to an .hspy file.
#pragma once

#include <string>
#include <vector>

#include "hdf5/handle.hpp"

namespace whiteline::hdf5 {

// An open file, whose arrays are read when they are asked for.
class ServedFile {
 public:
  // The array `member`, or, when that is empty, all experiments or data items.
  ServedFile(std::string path, std::string member)
      : path_(std::move(path)), member_(std::move(member)) {}

  void describe(int answer);  // opens it, and writes what it holds into a memory file
  // Reads rows into the memory file `numbers` until nobody is left to ask for them.
  void serve(int socket, int numbers) const;

 private:
  std::string path_, member_;
  File file_;
  std::vector<Dataset> arrays_;
};

// Writes the request (a container that comes through a socket) as an .hspy file into `target`.
void write_file(int request, int target, int progress);

}  // namespace whiteline::hdf5
