// Convolutions as products (network_product.cuh): what is multiplied is read from the maps where it
// lies, and nowhere written out.
#pragma once

#include "network_product.cuh"

namespace whiteline::kernels {

// Lines of `taps` runs of `inner` numbers each. Rows::line(n) gives run(tap): where the run lies,
// or null where its numbers are zeros.
template <class Rows>
struct TapLines {
  Rows rows;
  std::int64_t count;  // of lines
  int taps, inner;
  bool quads;  // every fourth number of a run can be the start of a Quad

  struct Line {
    typename Rows::Line run;
    int inner, size;
    bool quads;

    __device__ Quad quad(int at) const {
      Quad read{};
      int tap = at / inner, i = at - tap * inner;
      if (quads) {
        const float* const from = at < size ? run(tap) : nullptr;
        if (from) read = *reinterpret_cast<const Quad*>(from + i);
        return read;
      }
#pragma unroll
      for (int c = 0; c < 4; ++c) {
        const float* const from = at + c < size ? run(tap) : nullptr;
        if (from) read.value[c] = from[i];
        if (++i == inner) {
          i = 0;
          ++tap;
        }
      }
      return read;
    }
  };
  __device__ Line line(std::int64_t n) const {
    if (n < count) return {rows.line(int(n)), inner, taps * inner, quads};
    return {{}, 1, 0, false};
  }
};

// A map of features as convolutions see it; positions of a sample.
struct MapRows {
  const float* data;
  std::int64_t stride;
  int positions;
};

// Line (b, t): the input that output t of sample b sees.
struct WindowRows {
  MapRows x;
  int outputs, step, left;

  struct Line {
    const float* sample;
    std::int64_t stride;
    int first, positions;
    __device__ const float* operator()(int tap) const {
      const int position = first + tap;
      return position >= 0 && position < positions ? sample + position * stride : nullptr;
    }
  };
  __device__ Line line(int n) const {
    const int sample = n / outputs, t = n - sample * outputs;
    return {x.data + std::int64_t(sample) * x.positions * x.stride, x.stride, t * step - left,
            x.positions};
  }
};

// Line (b, j): the gradients of the outputs that position j of the input had a part in, tap by tap.
struct GradientRows {
  MapRows dz;
  int inputs, step, left;  // positions of the input

  struct Line {
    const float* sample;
    std::int64_t stride;
    int last, step, outputs;
    __device__ const float* operator()(int tap) const {
      const int at = last - tap, t = at / step;
      return at >= 0 && t * step == at && t < outputs ? sample + t * stride : nullptr;
    }
  };
  __device__ Line line(int n) const {
    const int sample = n / inputs, j = n - sample * inputs;
    return {dz.data + std::int64_t(sample) * dz.positions * dz.stride, dz.stride, j + left, step,
            dz.positions};
  }
};

// Line c: the weights of input feature c, tap by tap.
struct WeightRows {
  const float* data;
  std::int64_t stride;
  int features;

  struct Line {
    const float* first;
    std::int64_t tap_step;
    __device__ const float* operator()(int tap) const { return first + tap * tap_step; }
  };
  __device__ Line line(int n) const { return {data + n * stride, features * stride}; }
};

}  // namespace whiteline::kernels
