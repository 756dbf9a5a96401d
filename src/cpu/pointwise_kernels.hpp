// A dense layer on single channels, summed over them and never stored. Units in vectors; written
// once over F (simd_*.hpp). Only for network_kernels_*.cpp.
#pragma once

#include <cstdint>

#include "cpu/along.hpp"
#include "cpu/network_kernels.hpp"
#include "formulas/pointwise.hpp"

namespace whiteline::cpu {

constexpr std::int64_t channels_summed = 64;  // as float32

// body(begin, end) for blocks of channels.
template <class Body>
inline void channel_blocks(std::int64_t channels, Body&& body) {
  for (std::int64_t begin = 0; begin < channels; begin += channels_summed)
    body(begin, begin + channels_summed < channels ? begin + channels_summed : channels);
}

template <class F>
struct TwoSums {
  F first{0.0f}, second{0.0f};
};

// The sums of a, and of a a where wanted, over `count` channels. A function of its own: in a larger
// one the compiler keeps what the loop needs in memory.
template <Activation known, bool with_squares, class F>
[[gnu::noinline]] TwoSums<F> sum_units(F weight, F bias, const float* x, std::int64_t count) {
  TwoSums<F> sums;
  for (std::int64_t t = 0; t < count; ++t) {
    const F a = formulas::activated_unit<known>(multiply_add(weight, F(x[t]), bias)).value;
    sums.first = sums.first + a;
    if constexpr (with_squares) sums.second = multiply_add(a, a, sums.second);
  }
  return sums;
}

// The sums of d x and of d.
template <Activation known, class F>
[[gnu::noinline]] TwoSums<F> sum_gradients(F weight, F bias, F constant, F slope, const float* x,
                                           std::int64_t count) {
  TwoSums<F> sums;
  for (std::int64_t t = 0; t < count; ++t) {
    const F value(x[t]);
    const auto unit = formulas::activated_unit<known>(multiply_add(weight, value, bias));
    const F d = multiply_add(slope, unit.value, constant) * unit.slope;
    sums.first = multiply_add(d, value, sums.first);
    sums.second = sums.second + d;
  }
  return sums;
}

template <class F, Activation known, bool with_squares>
inline void known_pointwise_sums(const PointwiseUnits& units, const float* x, std::int64_t channels,
                                 double* sums, double* squares) {
  along<F>(units.units, [&](std::int64_t u, auto part) {
    const F weight = part.load(units.weights + u), bias = part.load(units.bias + u);
    channel_blocks(channels, [&](std::int64_t begin, std::int64_t end) {
      const TwoSums<F> block = sum_units<known, with_squares>(weight, bias, x + begin, end - begin);
      add_lanes(block.first, part, sums + u);
      if constexpr (with_squares) add_lanes(block.second, part, squares + u);
    });
  });
}

template <class F>
void pointwise_sums(const PointwiseUnits& units, const float* x, std::int64_t channels,
                    double* sums, double* squares) {
  formulas::with_activation(units.activation, [&]<Activation known>() {
    if (squares)
      known_pointwise_sums<F, known, true>(units, x, channels, sums, squares);
    else
      known_pointwise_sums<F, known, false>(units, x, channels, sums, nullptr);
  });
}

template <class F>
void pointwise_gradients(const PointwiseUnits& units, const float* x, std::int64_t channels,
                         const float* constants, const float* slopes, double* weight_sums,
                         double* bias_sums) {
  formulas::with_activation(units.activation, [&]<Activation known>() {
    along<F>(units.units, [&](std::int64_t u, auto part) {
      const F weight = part.load(units.weights + u), bias = part.load(units.bias + u),
              constant = part.load(constants + u), slope = part.load(slopes + u);
      channel_blocks(channels, [&](std::int64_t begin, std::int64_t end) {
        const TwoSums<F> block =
            sum_gradients<known>(weight, bias, constant, slope, x + begin, end - begin);
        add_lanes(block.first, part, weight_sums + u);
        add_lanes(block.second, part, bias_sums + u);
      });
    });
  });
}

}  // namespace whiteline::cpu
