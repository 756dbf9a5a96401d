// What the library and whiteline-hdf5 say to each other: safetensors containers in memory files.
//
// Reading: `whiteline-hdf5 read FILE BYTES SECONDS`, descriptor 3 is the answer.
// Writing: `whiteline-hdf5 write BYTES SECONDS`, descriptor 3 is the request, 4 the file, 5 the
// answer. BYTES and SECONDS are the limits on address space and processor time.
//
// The answer's metadata have `problem` (a sentence part) or, after reading, `experiments`: a JSON
// list of {name, shape, tensor, axes: [{name, size, scale, offset, units, navigate, energies?}],
// metadata, original_metadata}; `unsupported` says why there is no tensor. The request's metadata
// have the same list. The answer's length field is written last: what is cut short is no container.
#pragma once

namespace whiteline::io::hspy {

constexpr int answer_descriptor = 3;
constexpr int request_descriptor = 3, target_descriptor = 4, write_answer_descriptor = 5;

constexpr const char* experiments_key = "experiments";
constexpr const char* problem_key = "problem";

}  // namespace whiteline::io::hspy
