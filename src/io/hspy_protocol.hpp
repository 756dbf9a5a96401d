// What the library and whiteline-hdf5 say to each other.
//
// Reading: `whiteline-hdf5 serve FILE MEMBER BYTES SECONDS`, MEMBER the path of one array, or
// empty. Descriptor 3 is the answer, 4 one end of a pair of sockets that keep messages apart, 5 a
// memory file for numbers. A Reply with no text says that the answer is there. Then each RowsWanted
// is followed by the rows at the beginning of the numbers, and a Reply. It ends when the socket is
// closed.
//
// Writing: `whiteline-hdf5 write BYTES SECONDS`. Descriptor 3 is the request, one end of a pair of
// stream sockets: a safetensors header, then the numbers of its tensors; 4 the file, 5 the answer,
// 6 how far it is, one BytesDone, written over and over.
//
// BYTES and SECONDS are the limits on address space and processor time.
//
// The answer is a safetensors container without tensors in a memory file. Its metadata have
// `problem` (a sentence part), `not_here` (the same, of a sound file) or, after reading, `layout`
// and `experiments`: a JSON list of {name, shape, array, block, stored?}; `unsupported` says why
// there is no array. `array` is its number, rows are those of its last axis, and whole chunks lie
// between multiples of `block` rows. `stored`: {type, big_endian, offset}, where the numbers lie in
// the file as they are.
//   hspy    adds axes: [{name, size, scale, offset, units, type, navigate?, energies?}], metadata
//           and original_metadata
//   array   the MEMBER: adds axes, with what stands beside the array, and original_metadata
//   nion    adds properties: Nion Swift's JSON as text
// The request's metadata have a list as hspy's, with the name of a `tensor` each, in the order of
// the tensors. The answer is written at once: what is cut short is no container.
#pragma once

#include <cstddef>
#include <cstdint>

namespace whiteline::io::hspy {

namespace reading {
constexpr int answer_descriptor = 3, request_descriptor = 4, numbers_descriptor = 5;
}
namespace writing {
constexpr int request_descriptor = 3, target_descriptor = 4, answer_descriptor = 5,
              progress_descriptor = 6;
}

// Rows [first, first + rows) as float32, or float64.
struct RowsWanted {
  std::uint64_t array = 0, first = 0, rows = 0;
  std::uint64_t as_doubles = 0;  // 0 or 1
  std::uint64_t seconds = 0;     // of processor time
};

// One byte, then the text of a problem, or nothing.
constexpr std::size_t max_reply = 4096;

struct BytesDone {
  std::uint64_t done = 0, total = 0;
};

constexpr const char* experiments_key = "experiments";
constexpr const char* layout_key = "layout";
constexpr const char* problem_key = "problem";
constexpr const char* not_here_key = "not_here";

}  // namespace whiteline::io::hspy
