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

template <class F, Activation known, bool with_squares>
inline void known_pointwise_sums(const PointwiseUnits& units, const float* x, std::int64_t channels,
                                 double* sums, double* squares) {
  along<F>(units.units, [&](std::int64_t u, auto part) {
    const F weight = part.load(units.weights + u), bias = part.load(units.bias + u);
    channel_blocks(channels, [&](std::int64_t begin, std::int64_t end) {
      F sum(0.0f), square(0.0f);
      for (std::int64_t t = begin; t < end; ++t) {
        const F a = formulas::activated_unit<known>(multiply_add(weight, F(x[t]), bias)).value;
        sum = sum + a;
        if constexpr (with_squares) square = multiply_add(a, a, square);
      }
      add_lanes(sum, part, sums + u);
      if constexpr (with_squares) add_lanes(square, part, squares + u);
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
        F weight_sum(0.0f), bias_sum(0.0f);
        for (std::int64_t t = begin; t < end; ++t) {
          const F value(x[t]);
          const auto unit = formulas::activated_unit<known>(multiply_add(weight, value, bias));
          const F d = multiply_add(slope, unit.value, constant) * unit.slope;
          weight_sum = multiply_add(d, value, weight_sum);
          bias_sum = bias_sum + d;
        }
        add_lanes(weight_sum, part, weight_sums + u);
        add_lanes(bias_sum, part, bias_sums + u);
      });
    });
  });
}

}  // namespace whiteline::cpu
