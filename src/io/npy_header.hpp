// The Python dictionary at the beginning of an .npy file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "io/cursor.hpp"

namespace whiteline::io {

struct NpyHeader {
  std::string descr;  // "<f4"
  bool fortran_order = false;
  std::vector<std::uint64_t> shape;
};

// {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }, keys in any order.
NpyHeader parse_npy_header(Cursor text);

}  // namespace whiteline::io
