// Minibatch discrimination for blocks of kernels, kernels in vectors, each pair of samples once.
// Written once over F (simd_*.hpp). Only for network_kernels_*.cpp.
#pragma once

#include <cstdint>

#include "cpu/along.hpp"
#include "cpu/network_kernels.hpp"
#include "formulas/minibatch.hpp"

namespace whiteline::cpu {

// Numbers d of one sample for a vector of kernels, in registers where the depth is known.
template <class F, int depth>
struct KernelNumbers {
  F number[depth];

  explicit KernelNumbers(const float* from) {
#pragma GCC unroll 8
    for (int d = 0; d < depth; ++d) number[d] = F::load(from + d * kernels_together);
  }
  F operator[](std::int64_t d) const { return number[d]; }
  void subtract(std::int64_t d, F x) { number[d] = number[d] - x; }
  void store(float* to) const {
#pragma GCC unroll 8
    for (int d = 0; d < depth; ++d) number[d].store(to + d * kernels_together);
  }
};

template <class F>
struct KernelNumbers<F, 0> {
  float* from;

  explicit KernelNumbers(const float* from) : from(const_cast<float*>(from)) {}
  F operator[](std::int64_t d) const { return F::load(from + d * kernels_together); }
  void subtract(std::int64_t d, F x) { ((*this)[d] - x).store(from + d * kernels_together); }
  void store(float*) const {}
};

// body.template operator()<depth>(), 0 for one that is not known.
template <class Body>
inline void with_depth(std::int64_t depth, Body&& body) {
  constexpr int most_known = 8;
  if (depth < 1 || depth > most_known) return body.template operator()<0>();
  with_count<most_known>(depth, body);
}

// All pairs of samples i and j in [max(i + 1, begin), end): body(i, begin, end), few j together so
// that these stay in the nearest cache. A sample meets the others in ascending order, itself, j =
// i, in the run with begin <= i.
template <class Body>
inline void pair_runs(std::int64_t samples, Body&& body) {
  constexpr std::int64_t samples_together = 16;
  for (std::int64_t begin = 0; begin < samples; begin += samples_together) {
    const std::int64_t end =
        begin + samples_together < samples ? begin + samples_together : samples;
    for (std::int64_t i = 0; i < end; ++i) body(i, begin, end);
  }
}

// Samples as seen by one vector of kernels.
template <class F, int known>
struct SampleNumbers {
  const float* first;
  std::int64_t depth;

  SampleNumbers(const MinibatchBlock& block, int kernel)
      : first(block.numbers + kernel), depth(known ? known : block.depth) {}
  const float* of(std::int64_t sample) const { return first + sample * depth * kernels_together; }
  F closeness(const KernelNumbers<F, known>& own, std::int64_t other) const {
    const float* const from = of(other);
    F distance(0.0f);
#pragma GCC unroll 8
    for (std::int64_t d = 0; d < depth; ++d)
      distance = distance + magnitude(own[d] - F::load(from + d * kernels_together));
    return formulas::closeness(distance);
  }
};

template <class F>
void minibatch_sums(const MinibatchBlock& block, float* sums) {
  with_depth(block.depth, [&]<int known>() {
    for (int v = 0; v < kernels_together; v += F::lanes) {
      const SampleNumbers<F, known> samples(block, v);
      pair_runs(block.samples, [&](std::int64_t i, std::int64_t begin, std::int64_t end) {
        const KernelNumbers<F, known> own(samples.of(i));
        float* const place = sums + i * kernels_together + v;
        F sum = F::load(place);
        if (begin <= i) sum = sum + F(1.0f);
        for (std::int64_t j = begin <= i ? i + 1 : begin; j < end; ++j) {
          const F e = samples.closeness(own, j);
          float* const other = sums + j * kernels_together + v;
          (F::load(other) + e).store(other);
          sum = sum + e;
        }
        sum.store(place);
      });
    }
  });
}

template <class F>
void minibatch_gradients(const MinibatchBlock& block, const float* output_gradients,
                         float* gradients) {
  with_depth(block.depth, [&]<int known>() {
    for (int v = 0; v < kernels_together; v += F::lanes) {
      const SampleNumbers<F, known> samples(block, v);
      const float* const given = output_gradients + v;
      pair_runs(block.samples, [&](std::int64_t i, std::int64_t begin, std::int64_t end) {
        const KernelNumbers<F, known> own(samples.of(i));
        float* const place = gradients + (samples.of(i) - block.numbers);
        KernelNumbers<F, known> sums(place);
        const F own_given = F::load(given + i * kernels_together);
        for (std::int64_t j = begin <= i ? i + 1 : begin; j < end; ++j) {
          const float* const other = samples.of(j);
          float* const other_sums = gradients + (other - block.numbers);
          const F weight =
              (own_given + F::load(given + j * kernels_together)) * samples.closeness(own, j);
#pragma GCC unroll 8
          for (std::int64_t d = 0; d < samples.depth; ++d) {
            const F difference = own[d] - F::load(other + d * kernels_together);
            const F pull = formulas::signed_by(weight, difference);
            sums.subtract(d, pull);
            float* const other_sum = other_sums + d * kernels_together;
            (F::load(other_sum) + pull).store(other_sum);
          }
        }
        sums.store(place);
      });
    }
  });
}

}  // namespace whiteline::cpu
