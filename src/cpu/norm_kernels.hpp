// Normalisation by layer and by batch, written once over F (simd_*.hpp). Only for
// network_kernels_*.cpp.
#pragma once

#include <cstdint>
#include <cstring>

#include "cpu/along.hpp"
#include "cpu/network_kernels.hpp"
#include "cpu/row_kernels.hpp"

namespace whiteline::cpu {

template <class F>
void column_moments(ConstMatrixView x, double* sums, double* squares) {
  constexpr std::int64_t width = 8;
  for (std::int64_t c = 0; c < x.cols; c += width) {
    const std::int64_t used = x.cols - c < width ? x.cols - c : width;
    Doubles sum{}, square{}, value;
    for (std::int64_t r = 0; r < x.rows; ++r) {
      const float* const from = x.data + r * x.stride + c;
      if (used == width) {
        widen<F>(from, value);
      } else {
        float some[width] = {};
        for (std::int64_t l = 0; l < used; ++l) some[l] = from[l];
        widen<F>(some, value);
      }
      sum += value;
      square += value * value;
    }
    for (std::int64_t l = 0; l < used; ++l) {
      sums[c + l] += sum[l];
      squares[c + l] += square[l];
    }
  }
}

// h of the row r and the columns from c on.
template <class F, bool by_row>
struct Normalised {
  const NormTerms& terms;

  template <class Part>
  F inverse(std::int64_t r, std::int64_t c, const Part& part) const {
    return by_row ? F(terms.inverse[r]) : part.load(terms.inverse + c);
  }
  template <class Part>
  F operator()(F x, std::int64_t r, std::int64_t c, const Part& part) const {
    const F mean = by_row ? F(terms.mean[r]) : part.load(terms.mean + c);
    return (x - mean) * inverse(r, c, part);
  }
};

// body(Normalised) with the statistics' place known.
template <class F, class Body>
inline void with_normalised(const NormTerms& terms, Body&& body) {
  if (terms.by_row)
    body(Normalised<F, true>{terms});
  else
    body(Normalised<F, false>{terms});
}

template <class F>
void normalise(const NormTerms& terms, ConstMatrixView x, Activation activation, MatrixView y) {
  with_normalised<F>(terms, [&](auto normalised) {
    formulas::with_activation(activation, [&]<Activation known>() {
      for (std::int64_t r = 0; r < x.rows; ++r)
        along<F>(x.cols, [&](std::int64_t c, auto part) {
          const F h = normalised(part.load(x.data + r * x.stride + c), r, c, part);
          const F scaled = multiply_add(part.load(terms.gamma + c), h, part.load(terms.beta + c));
          part.store(formulas::activated<known>(scaled), y.data + r * y.stride + c);
        });
    });
  });
}

template <class F>
void norm_sums(const NormTerms& terms, ConstMatrixView x, ConstMatrixView dy, double* beta_sums,
               double* gamma_sums) {
  with_normalised<F>(terms, [&](auto normalised) {
    along<F>(x.cols, [&](std::int64_t c, auto part) {
      for (std::int64_t begin = 0; begin < x.rows; begin += rows_summed) {
        const std::int64_t end = begin + rows_summed < x.rows ? begin + rows_summed : x.rows;
        F beta_sum(0.0f), gamma_sum(0.0f);
        for (std::int64_t r = begin; r < end; ++r) {
          const F g = part.load(dy.data + r * dy.stride + c);
          const F h = normalised(part.load(x.data + r * x.stride + c), r, c, part);
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
  const Normalised<F, true> normalised{terms};
  for (std::int64_t r = 0; r < x.rows; ++r) {
    F sums[vectors], dots[vectors];
    for (int v = 0; v < vectors; ++v) sums[v] = dots[v] = F(0.0f);
    along<F>(x.cols, [&](std::int64_t c, auto part) {
      const int v = int(c / F::lanes) % vectors;
      const F g = part.load(terms.gamma + c) * part.load(dy.data + r * dy.stride + c);
      const F h = normalised(part.load(x.data + r * x.stride + c), r, c, part);
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
  const bool by_row = terms.by_row;
  with_normalised<F>(terms, [&](auto normalised) {
    formulas::with_activation(before, [&]<Activation known>() {
      sum_columns<F>(x.rows, x.cols, sums, [&](std::int64_t r, std::int64_t c, const auto& part) {
        const F value = part.load(x.data + r * x.stride + c);
        const F h = normalised(value, r, c, part);
        const F g = part.load(terms.gamma + c) * part.load(dy.data + r * dy.stride + c);
        const F mean = by_row ? F(means[r]) : part.load(means + c);
        const F product = by_row ? F(products[r]) : part.load(products + c);
        const F dx = normalised.inverse(r, c, part) * (multiply_add(-h, product, g - mean));
        const F result = dx * formulas::activation_slope<known>(value);
        part.store(result, dz.data + r * dz.stride + c);
        return result;
      });
    });
  });
}

}  // namespace whiteline::cpu
