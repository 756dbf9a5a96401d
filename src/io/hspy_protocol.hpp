// What the library and whiteline-hdf5 say to each other: safetensors containers in memory files.
//
// Reading: `whiteline-hdf5 read FILE MEMBER BYTES SECONDS`; descriptor 3 is the answer, 4 how far
// it is. MEMBER is the path of one array, or empty. Writing: `whiteline-hdf5 write BYTES SECONDS`;
// descriptor 3 is the request, 4 the file, 5 the answer, 6 how far it is. BYTES and SECONDS are the
// limits on address space and processor time. How far it is: one BytesDone, written over and over.
//
// The answer's metadata have `problem` (a sentence part), `not_here` (the same, of a sound file) or,
// after reading, `layout` and `experiments`: a JSON list of {name, shape, tensor}; `unsupported` says why there is no tensor.
//   hspy    adds axes: [{name, size, scale, offset, units, type, navigate?, energies?}], metadata
//           and original_metadata
//   array   the MEMBER: adds axes, with what stands beside the array, and original_metadata
//   nion    adds properties: Nion Swift's JSON as text
// The request's metadata have a list as hspy's. The answer's length field is written last: what is
// cut short is no container.
#pragma once

#include <cstdint>

namespace whiteline::io::hspy {

namespace reading {
constexpr int answer_descriptor = 3, progress_descriptor = 4;
}
namespace writing {
constexpr int request_descriptor = 3, target_descriptor = 4, answer_descriptor = 5,
              progress_descriptor = 6;
}

struct BytesDone {
  std::uint64_t done = 0, total = 0;
};

constexpr const char* experiments_key = "experiments";
constexpr const char* layout_key = "layout";
constexpr const char* problem_key = "problem";
constexpr const char* not_here_key = "not_here";

}  // namespace whiteline::io::hspy
