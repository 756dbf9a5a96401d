// Loops along one row, written once over F (simd_*.hpp) and, where sums are float64, the compiler's
// vector types; F then makes each instruction set's copy a function of its own. Only for
// vector_kernels_*.cpp.
#pragma once

#include <cstdint>
#include <cstring>

#include "cpu/vector_kernels.hpp"
#include "formulas/sum.hpp"

namespace whiteline::cpu {

// The 16 lanes of kernels/formulas/sum.hpp as two vectors.
typedef double Doubles __attribute__((vector_size(64)));
typedef float EightFloats __attribute__((vector_size(32)));

// Eight floats from memory in float64; in one instruction where the set has it.
template <class F>
inline void widen(const float* x, Doubles& out) {
  if constexpr (requires { F::widened(x); }) {
    out = Doubles(F::widened(x));
  } else {
    EightFloats eight;
    std::memcpy(&eight, x, sizeof eight);
    out = __builtin_convertvector(eight, Doubles);
  }
}

template <class F>
struct Lanes {
  Doubles low{}, high{};

  // Elements 16 i .. 16 i + 15; update(lanes, elements) for each half.
  template <class Update>
  inline void each(const float* x, Update&& update) {
    Doubles first, second;
    widen<F>(x, first);
    widen<F>(x + 8, second);
    update(low, first);
    update(high, second);
  }

  double total() const {  // formulas::lane_total
    const Doubles eight = low + high;
    double lane[8];
    std::memcpy(lane, &eight, sizeof lane);
    for (int l = 0; l < 4; ++l) lane[l] += lane[l + 4];
    for (int l = 0; l < 2; ++l) lane[l] += lane[l + 2];
    return lane[0] + lane[1];
  }
};

// The lanes' total over a row; elements past the end are zeros, which change no lane.
template <class F, class Update>
inline double sum_row(const float* x, std::int64_t count, Update&& update) {
  Lanes<F> lanes;
  std::int64_t c = 0;
  for (; c + formulas::sum_lanes <= count; c += formulas::sum_lanes) lanes.each(x + c, update);
  if (c < count) {
    float rest[formulas::sum_lanes] = {};
    std::memcpy(rest, x + c, std::size_t(count - c) * sizeof(float));
    lanes.each(rest, update);
  }
  return lanes.total();
}

template <class F>
double row_sum(RowSum what, const float* x, std::int64_t count) {
  switch (what) {
    case RowSum::values:
      return sum_row<F>(x, count, [](Doubles& sum, const Doubles& value) { sum += value; });
    case RowSum::magnitudes:
      return sum_row<F>(x, count, [](Doubles& sum, const Doubles& value) {
        sum += value < 0.0 ? -value : value;
      });
    case RowSum::squares:
      break;
  }
  return sum_row<F>(x, count, [](Doubles& sum, const Doubles& value) { sum += value * value; });
}

template <class F>
double squared_differences(const float* x, std::int64_t count, double centre) {
  double lane[formulas::sum_lanes] = {};
  std::int64_t c = 0;
  for (; c + formulas::sum_lanes <= count; c += formulas::sum_lanes)
    for (int l = 0; l < formulas::sum_lanes; ++l) {
      const double d = double(x[c + l]) - centre;
      lane[l] = __builtin_fma(d, d, lane[l]);
    }
  for (int l = 0; c < count; ++l, ++c) {
    const double d = double(x[c]) - centre;
    lane[l] = __builtin_fma(d, d, lane[l]);
  }
  for (int half = formulas::sum_lanes / 2; half > 0; half /= 2)
    for (int l = 0; l < half; ++l) lane[l] += lane[l + half];
  return lane[0];
}

template <class F>
void add_row(const float* x, std::int64_t count, double* sums) {
  for (std::int64_t c = 0; c < count; ++c) sums[c] += double(x[c]);
}

template <class F>
float largest(const float* x, std::int64_t count) {
  F best = F(x[0]);
  for (std::int64_t c = 0; c < count; c += F::lanes) {
    const auto mask = F::first(count - c < F::lanes ? count - c : F::lanes);
    const F values = select(mask, F::load(x + c, mask), best);
    best = select(best < values, values, best);
  }
  float lane[F::lanes];
  best.store(lane);
  for (int l = 1; l < F::lanes; ++l) lane[0] = lane[l] > lane[0] ? lane[l] : lane[0];
  return lane[0];
}

template <class F>
std::int64_t first_non_finite(const float* x, std::int64_t count) {
  constexpr std::uint32_t exponent = 0x7f800000u;
  constexpr std::int64_t block = 256;
  for (std::int64_t begin = 0; begin < count; begin += block) {
    const std::int64_t end = begin + block < count ? begin + block : count;
    std::uint32_t found = 0;
    for (std::int64_t c = begin; c < end; ++c) {
      std::uint32_t bits;
      std::memcpy(&bits, x + c, sizeof bits);
      found |= (bits & exponent) == exponent ? 1u : 0u;
    }
    if (!found) continue;
    for (std::int64_t c = begin; c < end; ++c)
      if (!(x[c] - x[c] == 0.0f)) return c;
  }
  return -1;
}

// Sixteen elements of a row prepared, and added to what its norms are made of.
template <class F, bool normalise>
struct RowPreparation {
  double inverse_norm;
  Lanes<F> squares{}, mean_dots{};

  inline void sixteen(const float* x, const float* centre, float* out) {
    for (int half = 0; half < formulas::sum_lanes; half += 8) {
      Doubles value, mean;
      EightFloats prepared, centres;
      std::memcpy(&centres, centre + half, sizeof centres);
      if constexpr (normalise) {
        widen<F>(x + half, value);
        prepared = __builtin_convertvector(value * inverse_norm, EightFloats) - centres;
      } else {
        std::memcpy(&prepared, x + half, sizeof prepared);
        prepared -= centres;
      }
      std::memcpy(out + half, &prepared, sizeof prepared);
      widen<F>(reinterpret_cast<const float*>(&prepared), value);
      widen<F>(centre + half, mean);
      (half ? squares.high : squares.low) += value * value;
      (half ? mean_dots.high : mean_dots.low) += value * mean;
    }
  }
};

template <class F, bool normalise>
inline PreparedNorms prepare_elements(const float* x, std::int64_t count, double inverse_norm,
                                      const float* mean, float* out) {
  constexpr std::int64_t lanes = formulas::sum_lanes;
  const float zeros[lanes] = {};
  RowPreparation<F, normalise> row{inverse_norm};
  std::int64_t c = 0;
  for (; c + lanes <= count; c += lanes) row.sixteen(x + c, mean ? mean + c : zeros, out + c);
  if (c < count) {
    const std::size_t rest = std::size_t(count - c) * sizeof(float);
    float value[lanes] = {}, centre[lanes] = {}, prepared[lanes];
    std::memcpy(value, x + c, rest);
    if (mean) std::memcpy(centre, mean + c, rest);
    row.sixteen(value, centre, prepared);
    std::memcpy(out + c, prepared, rest);
  }
  return {row.squares.total(), row.mean_dots.total()};
}

template <class F>
PreparedNorms prepare_row(const float* x, std::int64_t count, bool normalise, double inverse_norm,
                          const float* mean, float* out) {
  return normalise ? prepare_elements<F, true>(x, count, inverse_norm, mean, out)
                   : prepare_elements<F, false>(x, count, inverse_norm, mean, out);
}

}  // namespace whiteline::cpu
