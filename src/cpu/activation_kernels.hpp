// Activations and steps of optimisers, written once over F (simd_*.hpp). Only for
// network_kernels_*.cpp.
#pragma once

#include <cstdint>

#include "cpu/along.hpp"
#include "cpu/network_kernels.hpp"
#include "cpu/tile_kernels.hpp"

namespace whiteline::cpu {

template <class F, class Shape>
void finish_dense(const Tile& tile, Activation activation, const float* bias, float* out,
                  std::int64_t stride) {
  F biases[Shape::vectors];
  for (int v = 0; v < Shape::vectors; ++v) {
    const int first = v * F::lanes;
    biases[v] =
        bias ? F::load(bias + tile.column + first, F::first(at_most_lanes<F>(tile.columns - first)))
             : F(0.0f);
  }
  formulas::with_activation(activation, [&]<Activation known>() {
    write_tile<F, Shape>(tile, out, stride, [&](int, int j, F total, auto, float*) {
      return formulas::activated<known>(total + biases[j / F::lanes]);
    });
  });
}

// step(place in all views' rows, part, gradient) for every vector of the block.
template <class F, class Step>
inline void each_gradient(ConstMatrixView gradient, Step&& step) {
  for (std::int64_t r = 0; r < gradient.rows; ++r)
    along<F>(gradient.cols, [&](std::int64_t c, auto part) {
      step(r, c, part, part.load(gradient.data + r * gradient.stride + c));
    });
}

template <class F>
void follow(const DescentStep& step, ConstMatrixView gradient, const core::Parameter& to) {
  using formulas::DescentRule;
  const F rate(step.rate);
  const auto at = [](const MatrixView& view, std::int64_t r, std::int64_t c) {
    return view.data + r * view.stride + c;
  };
  switch (step.rule) {
    case DescentRule::frozen:
      return;
    case DescentRule::gradient_only:
      return each_gradient<F>(gradient, [&](std::int64_t r, std::int64_t c, auto part, F g) {
        part.store(g, at(to.gradient, r, c));
      });
    case DescentRule::sgd:
      return each_gradient<F>(gradient, [&](std::int64_t r, std::int64_t c, auto part, F g) {
        float* const place = at(to.values, r, c);
        F weight = part.load(place);
        formulas::sgd_step(weight, g, rate);
        part.store(weight, place);
      });
    case DescentRule::rmsprop:
      return each_gradient<F>(gradient, [&](std::int64_t r, std::int64_t c, auto part, F g) {
        float *const place = at(to.values, r, c), *const squares = at(to.square, r, c);
        F weight = part.load(place), square = part.load(squares);
        formulas::rmsprop_step(weight, square, g, rate);
        part.store(weight, place);
        part.store(square, squares);
      });
    case DescentRule::adam:
      return each_gradient<F>(gradient, [&](std::int64_t r, std::int64_t c, auto part, F g) {
        float *const place = at(to.values, r, c), *const means = at(to.mean, r, c),
                     *const squares = at(to.square, r, c);
        F weight = part.load(place), mean = part.load(means), square = part.load(squares);
        formulas::adam_step(weight, mean, square, g, rate);
        part.store(weight, place);
        part.store(mean, means);
        part.store(square, squares);
      });
  }
}

template <class F>
void activate(Activation activation, MatrixView x) {
  formulas::with_activation(activation, [&]<Activation known>() {
    for (std::int64_t r = 0; r < x.rows; ++r)
      along<F>(x.cols, [&](std::int64_t c, auto part) {
        float* const place = x.data + r * x.stride + c;
        part.store(formulas::activated<known>(part.load(place)), place);
      });
  });
}

template <class F>
void activation_backward(Activation activation, ConstMatrixView y, ConstMatrixView dy,
                         MatrixView dz, double* sums) {
  formulas::with_activation(activation, [&]<Activation known>() {
    const auto element = [&](std::int64_t r, std::int64_t c, const auto& part) {
      const F slope = formulas::activation_slope<known>(part.load(y.data + r * y.stride + c));
      const F result = part.load(dy.data + r * dy.stride + c) * slope;
      part.store(result, dz.data + r * dz.stride + c);
      return result;
    };
    if (sums)
      return sum_columns<F>(y.rows, y.cols, sums, [&](std::int64_t c, const auto& part) {
        return [&, c](std::int64_t r) { return element(r, c, part); };
      });
    for (std::int64_t r = 0; r < y.rows; ++r)
      along<F>(y.cols, [&](std::int64_t c, auto part) { element(r, c, part); });
  });
}

template <class F>
void add_activated(Activation activation, ConstMatrixView a, ConstMatrixView b, MatrixView y) {
  formulas::with_activation(activation, [&]<Activation known>() {
    for (std::int64_t r = 0; r < y.rows; ++r)
      along<F>(y.cols, [&](std::int64_t c, auto part) {
        const F sum = part.load(a.data + r * a.stride + c) + part.load(b.data + r * b.stride + c);
        part.store(formulas::activated<known>(sum), y.data + r * y.stride + c);
      });
  });
}

template <class F>
void add_to(ConstMatrixView from, MatrixView to) {
  for (std::int64_t r = 0; r < to.rows; ++r)
    along<F>(to.cols, [&](std::int64_t c, auto part) {
      float* const place = to.data + r * to.stride + c;
      part.store(part.load(place) + part.load(from.data + r * from.stride + c), place);
    });
}

}  // namespace whiteline::cpu
