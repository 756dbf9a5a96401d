// The forces of UMAP's layout, and how they move a row.
#pragma once

#include <cstdint>

#include "formulas/distance.hpp"
#include "formulas/math.hpp"
#include "formulas/umap.hpp"
#include "host_device.hpp"

namespace whiteline::formulas {

// How far forces move a row: alpha = rate (1 - epoch / epochs).
WL_HD inline float learning_rate(float rate, std::int32_t epoch, std::int32_t epochs) {
  return float(double(rate) * (1.0 - double(epoch) / double(epochs)));
}

constexpr float least_squared_distance = 1e-12f;

// A curve as the forces need it; F is float or a vector of floats.
template <class F>
struct LayoutForces {
  F b, log2_a, twice_b, push;

  // c of the pull -c (y - y_other) at squared distance D: 2 a b D^(b-1) / (1 + a D^b), 0 below
  // 1e-12.
  WL_HD F pull_coefficient(F squared_distance) const {
    const F power = powered(squared_distance);
    const F c = twice_b * (power / (squared_distance * (F(1.0f) + power)));
    return select(squared_distance < F(least_squared_distance), F(0.0f), c);
  }

  // c of the push c (y - y_other): 2 gamma b / ((0.001 + D) (1 + a D^b)).
  WL_HD F push_coefficient(F squared_distance) const {
    return push / ((F(0.001f) + squared_distance) * (F(1.0f) + powered(squared_distance)));
  }

  WL_HD F powered(F squared_distance) const {  // a D^b
    const F distance = larger(squared_distance, F(least_squared_distance));
    return binary_exponential(multiply_add(b, binary_logarithm(distance), log2_a));
  }
};

WL_HD inline LayoutForces<float> layout_forces(const LayoutCurve& curve) {
  return {curve.b, binary_logarithm(curve.a), 2.0f * curve.b, 2.0f * curve.repulsion * curve.b};
}

// Squared length of a difference of `dims` components, by FMAs in ascending order.
template <class F>
WL_HD inline F squared_length(const F* difference, int dims) {
  F sum = F(0.0f);
  for (int c = 0; c < dims; ++c) sum = multiply_add(difference[c], difference[c], sum);
  return sum;
}

// No component of a force is beyond this.
constexpr float most_force = 4.0f;
template <class F>
WL_HD inline F clipped(F force) {
  return larger(smaller(force, F(most_force)), F(-most_force));
}

// Serial order. Where one pull, or push, moves `y`: `rate` is alpha, twice that for a pull that
// each end takes from both directions of its edge.
template <class F, int most>
WL_HD inline void pulled(const LayoutForces<F>& forces, F rate, const F (&y)[most],
                         const F (&other)[most], int dims, F (&moved)[most]) {
  F difference[most];
  for (int c = 0; c < dims; ++c) difference[c] = y[c] - other[c];
  const F pull = forces.pull_coefficient(squared_length(difference, dims));
  for (int c = 0; c < dims; ++c)
    moved[c] = multiply_add(-rate, clipped(pull * difference[c]), y[c]);
}
template <class F, int most>
WL_HD inline void pushed(const LayoutForces<F>& forces, F rate, const F (&y)[most],
                         const F (&other)[most], int dims, F (&moved)[most]) {
  F difference[most];
  for (int c = 0; c < dims; ++c) difference[c] = y[c] - other[c];
  const F push = forces.push_coefficient(squared_length(difference, dims));
  for (int c = 0; c < dims; ++c) moved[c] = multiply_add(rate, clipped(push * difference[c]), y[c]);
}

// Implicit step. The pull's coefficient, where `farthest` is the largest |component| of the
// difference: such that no component of the force is beyond most_force.
template <class F>
WL_HD inline F limited_pull(F coefficient, F farthest) {
  return smaller(coefficient, F(most_force) / larger(farthest, F(1e-6f)));
}

// What acts on a row in an implicit step: sums over its active edges of the pulls' coefficients c
// and of c y_other, and over its draws of the pushes. The m-th active edge and its draws, in order,
// are added to lane m mod 32, lanes are added up by distance_total.
constexpr int layout_lanes = distance_lanes;

template <class F, int most>
struct ImplicitSums {
  F coefficients, pulls[most], pushes[most];

  WL_HD void clear(int dims) {
    coefficients = F(0.0f);
    for (int c = 0; c < dims; ++c) pulls[c] = pushes[c] = F(0.0f);
  }

  // `acts` is bool, or a mask of lanes: where false nothing is added.
  template <class Mask>
  WL_HD void pull(const LayoutForces<F>& forces, const F (&y)[most], const F (&other)[most],
                  int dims, Mask acts) {
    F difference[most], farthest = F(0.0f);
    for (int c = 0; c < dims; ++c) {
      difference[c] = y[c] - other[c];
      farthest = larger(farthest, larger(difference[c], -difference[c]));
    }
    const F pull = forces.pull_coefficient(squared_length(difference, dims));
    const F limited = select(acts, limited_pull(pull, farthest), F(0.0f));
    coefficients = coefficients + limited;
    for (int c = 0; c < dims; ++c) pulls[c] = multiply_add(limited, other[c], pulls[c]);
  }
  template <class Mask>
  WL_HD void push(const LayoutForces<F>& forces, const F (&y)[most], const F (&other)[most],
                  int dims, Mask acts) {
    F difference[most];
    for (int c = 0; c < dims; ++c) difference[c] = y[c] - other[c];
    const F push = forces.push_coefficient(squared_length(difference, dims));
    for (int c = 0; c < dims; ++c)
      pushes[c] = pushes[c] + select(acts, clipped(push * difference[c]), F(0.0f));
  }

  WL_HD void add(const ImplicitSums& other, int dims) {
    coefficients = coefficients + other.coefficients;
    for (int c = 0; c < dims; ++c) {
      pulls[c] = pulls[c] + other.pulls[c];
      pushes[c] = pushes[c] + other.pushes[c];
    }
  }

  // y = (y + pull_rate sum c y_other + push_rate sum push) / (1 + pull_rate sum c).
  WL_HD void step(F pull_rate, F push_rate, int dims, F (&y)[most]) const {
    const F weight = F(1.0f) + pull_rate * coefficients;
    for (int c = 0; c < dims; ++c)
      y[c] = multiply_add(push_rate, pushes[c], multiply_add(pull_rate, pulls[c], y[c])) / weight;
  }
};

}  // namespace whiteline::formulas
