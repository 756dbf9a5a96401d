// Normalisation by layer and by batch, written once over F (simd_*.hpp). Only for
// network_kernels_*.cpp.
#pragma once

#include <cstdint>
#include <cstring>

#include "cpu/along.hpp"
#include "cpu/network_kernels.hpp"
#include "cpu/row_kernels.hpp"
#include "cpu/tile_kernels.hpp"

namespace whiteline::cpu {

// Eight numbers from memory in float64, zeros from `used` on.
template <class F>
inline void widen_some(const float* x, std::int64_t used, Doubles& out) {
  alignas(64) float some[16];
  for (int v = 0; v < 8; v += F::lanes)
    F::load(x + v, F::first(at_most_lanes<F>(used - v))).store(some + v);
  widen<F>(some, out);
}

// Even and odd rows add up apart, so that one addition need not wait for the other.
template <class F>
void column_moments(ConstMatrixView x, double* sums, double* squares) {
  constexpr std::int64_t width = 8;
  for (std::int64_t c = 0; c < x.cols; c += width) {
    const std::int64_t used = x.cols - c < width ? x.cols - c : width;
    Doubles sums_of[2] = {}, squares_of[2] = {};
    const auto add = [&](std::int64_t r, Doubles& sum, Doubles& square) {
      const float* const from = x.data + r * x.stride + c;
      Doubles value;
      if (used == width)
        widen<F>(from, value);
      else
        widen_some<F>(from, used, value);
      sum += value;
      square += value * value;
    };
    std::int64_t r = 0;
    for (; r + 2 <= x.rows; r += 2) {
      add(r, sums_of[0], squares_of[0]);
      add(r + 1, sums_of[1], squares_of[1]);
    }
    if (r < x.rows) add(r, sums_of[0], squares_of[0]);
    const Doubles sum = sums_of[0] + sums_of[1], square = squares_of[0] + squares_of[1];
    for (std::int64_t l = 0; l < used; ++l) {
      sums[c + l] += sum[l];
      squares[c + l] += square[l];
    }
  }
}

// h of the columns from c on.
template <class F, bool by_row>
struct Normalised {
  const NormTerms& terms;
  F column_mean, column_inverse;

  template <class Part>
  Normalised(const NormTerms& terms, std::int64_t c, const Part& part)
      : terms(terms),
        column_mean(by_row ? F(0.0f) : part.load(terms.mean + c)),
        column_inverse(by_row ? F(0.0f) : part.load(terms.inverse + c)) {}

  F inverse(std::int64_t r) const { return by_row ? F(terms.inverse[r]) : column_inverse; }
  F operator()(F x, std::int64_t r) const {
    return (x - (by_row ? F(terms.mean[r]) : column_mean)) * inverse(r);
  }
};

// body.template operator()<by_row>().
template <class Body>
inline void with_side(bool by_row, Body&& body) {
  if (by_row)
    body.template operator()<true>();
  else
    body.template operator()<false>();
}

template <class F>
void normalise(const NormTerms& terms, ConstMatrixView x, Activation activation, MatrixView y) {
  with_side(terms.by_row, [&]<bool by_row>() {
    formulas::with_activation(activation, [&]<Activation known>() {
      along<F>(x.cols, [&](std::int64_t c, auto part) {
        const Normalised<F, by_row> normalised(terms, c, part);
        const F gamma = part.load(terms.gamma + c), beta = part.load(terms.beta + c);
        for (std::int64_t r = 0; r < x.rows; ++r) {
          const F h = normalised(part.load(x.data + r * x.stride + c), r);
          part.store(formulas::activated<known>(multiply_add(gamma, h, beta)),
                     y.data + r * y.stride + c);
        }
      });
    });
  });
}

template <class F>
void norm_sums(const NormTerms& terms, ConstMatrixView x, ConstMatrixView dy, double* beta_sums,
               double* gamma_sums) {
  with_side(terms.by_row, [&]<bool by_row>() {
    along<F>(x.cols, [&](std::int64_t c, auto part) {
      const Normalised<F, by_row> normalised(terms, c, part);
      for (std::int64_t begin = 0; begin < x.rows; begin += rows_summed) {
        const std::int64_t end = begin + rows_summed < x.rows ? begin + rows_summed : x.rows;
        F beta_sum(0.0f), gamma_sum(0.0f);
        for (std::int64_t r = begin; r < end; ++r) {
          const F g = part.load(dy.data + r * dy.stride + c);
          const F h = normalised(part.load(x.data + r * x.stride + c), r);
          beta_sum = beta_sum + g;
          gamma_sum = multiply_add(g, h, gamma_sum);
        }
        add_lanes(beta_sum, part, beta_sums + c);
        add_lanes(gamma_sum, part, gamma_sums + c);
      }
    });
  });
}

// formulas::lane_total of sixteen lanes.
template <class F>
inline float lanes_total(const F (&lanes)[formulas::sum_lanes / F::lanes]) {
  float lane[formulas::sum_lanes];
  for (int v = 0; v < formulas::sum_lanes / F::lanes; ++v) lanes[v].store(lane + v * F::lanes);
  for (int half = formulas::sum_lanes / 2; half > 0; half /= 2)
    for (int l = 0; l < half; ++l) lane[l] += lane[l + half];
  return lane[0];
}

template <class F>
void norm_row_means(const NormTerms& terms, ConstMatrixView x, ConstMatrixView dy, float* means,
                    float* products) {
  constexpr int vectors = formulas::sum_lanes / F::lanes;
  for (std::int64_t r = 0; r < x.rows; ++r) {
    F sums[vectors], dots[vectors];
    for (int v = 0; v < vectors; ++v) sums[v] = dots[v] = F(0.0f);
    along<F>(x.cols, [&](std::int64_t c, auto part) {
      const int v = int(c / F::lanes) % vectors;
      const F g = part.load(terms.gamma + c) * part.load(dy.data + r * dy.stride + c);
      const Normalised<F, true> normalised(terms, c, part);
      const F h = normalised(part.load(x.data + r * x.stride + c), r);
      sums[v] = sums[v] + g;
      dots[v] = multiply_add(g, h, dots[v]);  // lanes past the end: g = 0
    });
    means[r] = lanes_total<F>(sums) / float(x.cols);
    products[r] = lanes_total<F>(dots) / float(x.cols);
  }
}

template <class F>
void norm_backward(const NormTerms& terms, const float* means, const float* products,
                   Activation before, ConstMatrixView x, ConstMatrixView dy, MatrixView dz,
                   double* sums) {
  with_side(terms.by_row, [&]<bool by_row>() {
    formulas::with_activation(before, [&]<Activation known>() {
      sum_columns<F>(x.rows, x.cols, sums, [&](std::int64_t c, const auto& part) {
        const Normalised<F, by_row> normalised(terms, c, part);
        const F gamma = part.load(terms.gamma + c);
        const F column_mean = by_row ? F(0.0f) : part.load(means + c);
        const F column_product = by_row ? F(0.0f) : part.load(products + c);
        return [=, &part](std::int64_t r) {
          const F value = part.load(x.data + r * x.stride + c);
          const F h = normalised(value, r);
          const F g = gamma * part.load(dy.data + r * dy.stride + c);
          const F mean = by_row ? F(means[r]) : column_mean;
          const F product = by_row ? F(products[r]) : column_product;
          const F dx = normalised.inverse(r) * multiply_add(-h, product, g - mean);
          const F result = dx * formulas::activation_slope<known>(value);
          part.store(result, dz.data + r * dz.stride + c);
          return result;
        };
      });
    });
  });
}

}  // namespace whiteline::cpu
