// How device code sees memory.
#pragma once

#include <cstdint>

#include "host_device.hpp"

namespace whiteline::kernels {

constexpr unsigned whole_warp = 0xffffffffu;
constexpr int warp_threads = 32;

// rows x cols numbers in device memory: element (r, c) lies at data[r * stride + c].
template <class T>
struct Table {
  T* data;
  std::int64_t rows, cols, stride;

  WL_HD T* row(std::int64_t r) const { return data + r * stride; }

  // Whether every fourth element of a row can be the start of a Quad.
  bool has_quads() const {
    return reinterpret_cast<std::uintptr_t>(data) % 16 == 0 && stride % 4 == 0;
  }
};

// Four floats that are read and written at once; 16-byte aligned.
struct alignas(16) Quad {
  float value[4];
};

}  // namespace whiteline::kernels
