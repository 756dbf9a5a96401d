// Vectors along a row, written once over F (simd_*.hpp). Only for files of one instruction set.
#pragma once

#include <cstdint>

namespace whiteline::cpu {

template <class F>
struct WholeVector {
  static constexpr int count = F::lanes;
  static F load(const float* from) { return F::load(from); }
  static void store(F x, float* to) { x.store(to); }
};

// The first lanes of a vector; the others load as zeros.
template <class F>
struct PartVector {
  typename F::Mask mask;
  int count;

  explicit PartVector(std::int64_t count) : mask(F::first(count)), count(int(count)) {}
  F load(const float* from) const { return F::load(from, mask); }
  void store(F x, float* to) const { x.store(to, mask); }
};

// body(c, part) for the vectors that begin at element c of `count`.
template <class F, class Body>
inline void along(std::int64_t count, Body&& body) {
  std::int64_t c = 0;
  for (; c + F::lanes <= count; c += F::lanes) body(c, WholeVector<F>());
  if (c < count) body(c, PartVector<F>(count - c));
}

// Calls block.template operator()<n>() for n = count, 1 <= count <= most.
template <int most, class Block>
inline void with_count(std::int64_t count, Block&& block) {
  if constexpr (most > 1) {
    if (count < most) return with_count<most - 1>(count, block);
  }
  block.template operator()<most>();
}

// sums[l] += lane l.
template <class F, class Part>
inline void add_lanes(F x, const Part& part, double* sums) {
  float lane[F::lanes];
  x.store(lane);
  for (int l = 0; l < part.count; ++l) sums[l] += double(lane[l]);
}

constexpr std::int64_t rows_summed = 32;  // as float32

// sums[c] += the sum over rows r of column(c, part)(r), whose columns begin at c.
template <class F, class Column>
inline void sum_columns(std::int64_t rows, std::int64_t columns, double* sums, Column&& column) {
  along<F>(columns, [&](std::int64_t c, auto part) {
    const auto value = column(c, part);
    for (std::int64_t begin = 0; begin < rows; begin += rows_summed) {
      const std::int64_t end = begin + rows_summed < rows ? begin + rows_summed : rows;
      F sum(0.0f);
      for (std::int64_t r = begin; r < end; ++r) sum = sum + value(r);
      add_lanes(sum, part, sums + c);
    }
  });
}

}  // namespace whiteline::cpu
