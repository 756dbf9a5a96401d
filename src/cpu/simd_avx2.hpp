// Eight floats, or 32-bit words, of AVX2 with FMA. Only for files compiled for it: nothing in here
// may be used from, or shared with, code that runs on every processor.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace whiteline::cpu::avx2 {

struct Floats {
  static constexpr int lanes = 8;
  struct Mask {
    __m256 bits;  // all ones or all zeros a lane
    friend Mask operator&(Mask a, Mask b) { return {_mm256_and_ps(a.bits, b.bits)}; }
    friend Mask operator|(Mask a, Mask b) { return {_mm256_or_ps(a.bits, b.bits)}; }
  };

  __m256 value;

  Floats() = default;
  explicit Floats(float x) : value(_mm256_set1_ps(x)) {}
  explicit Floats(__m256 x) : value(x) {}

  // The first `count` lanes in memory, 0 <= count <= lanes.
  static Mask first(std::int64_t count) {
    return {_mm256_castsi256_ps(_mm256_cmpgt_epi32(_mm256_set1_epi32(int(count)), numbers()))};
  }
  static Mask only(std::int64_t lane) {  // none when outside
    const int wanted = lane >= 0 && lane < lanes ? int(lane) : -1;
    return {_mm256_castsi256_ps(_mm256_cmpeq_epi32(_mm256_set1_epi32(wanted), numbers()))};
  }
  static Floats load(const float* from) { return Floats(_mm256_loadu_ps(from)); }
  static Floats load(const float* from, Mask mask) {  // zeros elsewhere
    return Floats(_mm256_maskload_ps(from, _mm256_castps_si256(mask.bits)));
  }
  void store(float* to) const { _mm256_storeu_ps(to, value); }
  void store(float* to, Mask mask) const {
    _mm256_maskstore_ps(to, _mm256_castps_si256(mask.bits), value);
  }

  friend Floats operator+(Floats a, Floats b) { return Floats(_mm256_add_ps(a.value, b.value)); }
  friend Floats operator-(Floats a, Floats b) { return Floats(_mm256_sub_ps(a.value, b.value)); }
  friend Floats operator*(Floats a, Floats b) { return Floats(_mm256_mul_ps(a.value, b.value)); }
  friend Floats operator/(Floats a, Floats b) { return Floats(_mm256_div_ps(a.value, b.value)); }
  friend Floats operator-(Floats a) {
    return Floats(_mm256_xor_ps(a.value, _mm256_set1_ps(-0.0f)));
  }
  friend Mask operator<(Floats a, Floats b) {
    return {_mm256_cmp_ps(a.value, b.value, _CMP_LT_OQ)};
  }
  friend Mask operator>(Floats a, Floats b) { return b < a; }
  friend std::uint32_t bits(Mask mask) {  // bit l: lane l
    return std::uint32_t(_mm256_movemask_ps(mask.bits));
  }
  friend Mask operator==(Floats a, Floats b) {
    return {_mm256_cmp_ps(a.value, b.value, _CMP_EQ_OQ)};
  }
  friend Floats select(Mask condition, Floats yes, Floats no) {
    return Floats(_mm256_blendv_ps(no.value, yes.value, condition.bits));
  }
  friend Floats multiply_add(Floats a, Floats b, Floats c) {
    return Floats(_mm256_fmadd_ps(a.value, b.value, c.value));
  }
  friend Floats smaller(Floats a, Floats b) { return Floats(_mm256_min_ps(a.value, b.value)); }
  friend Floats larger(Floats a, Floats b) { return Floats(_mm256_max_ps(a.value, b.value)); }
  friend Floats rounded_down(Floats a) { return Floats(_mm256_floor_ps(a.value)); }
  // Halves of a lane's 32 bits as numbers: two of bfloat16.
  friend Floats upper_halves(Floats a) {
    return Floats(_mm256_and_ps(a.value, _mm256_castsi256_ps(_mm256_set1_epi32(int(0xffff0000u)))));
  }
  friend Floats lower_halves(Floats a) {
    return Floats(_mm256_castsi256_ps(_mm256_slli_epi32(_mm256_castps_si256(a.value), 16)));
  }
  friend Floats square_root(Floats a) { return Floats(_mm256_sqrt_ps(a.value)); }
  friend Floats magnitude(Floats a) {
    return Floats(_mm256_andnot_ps(_mm256_set1_ps(-0.0f), a.value));
  }
  friend Floats flipped(Floats a, Floats by) {  // formulas::flipped
    return Floats(_mm256_xor_ps(a.value, _mm256_and_ps(by.value, _mm256_set1_ps(-0.0f))));
  }
  friend Floats power_of_two(Floats n) {
    const __m256i exponent = _mm256_add_epi32(_mm256_cvttps_epi32(n.value), _mm256_set1_epi32(127));
    return Floats(_mm256_castsi256_ps(_mm256_slli_epi32(exponent, 23)));
  }
  friend Floats raised(Floats x, Floats shifted) {  // formulas::raised
    return Floats(_mm256_castsi256_ps(_mm256_add_epi32(
        _mm256_castps_si256(x.value), _mm256_slli_epi32(_mm256_castps_si256(shifted.value), 23))));
  }
  friend Floats binary_exponent(Floats a) {
    return Floats(_mm256_cvtepi32_ps(_mm256_srai_epi32(above_root_half(a), 23)));
  }
  friend Floats binary_mantissa(Floats a) {
    const __m256i power = _mm256_and_si256(above_root_half(a), _mm256_set1_epi32(~0x7fffff));
    return Floats(_mm256_castsi256_ps(_mm256_sub_epi32(_mm256_castps_si256(a.value), power)));
  }

 private:
  static __m256i above_root_half(Floats a) {  // formulas::root_half_bits
    return _mm256_sub_epi32(_mm256_castps_si256(a.value), _mm256_set1_epi32(0x3f3504f3));
  }
  static __m256i numbers() { return _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7); }
};

// As many numbers of 32 bits without sign.
struct Words {
  using Mask = Floats::Mask;

  __m256i value;

  Words() = default;
  explicit Words(std::uint32_t x) : value(_mm256_set1_epi32(int(x))) {}
  explicit Words(__m256i x) : value(x) {}

  static Words load(const void* from) {
    return Words(_mm256_loadu_si256(static_cast<const __m256i*>(from)));
  }
  static Words load(const void* from, Mask mask) {  // zeros elsewhere
    return Words(
        _mm256_maskload_epi32(static_cast<const int*>(from), _mm256_castps_si256(mask.bits)));
  }
  void store(void* to) const { _mm256_storeu_si256(static_cast<__m256i*>(to), value); }

  friend Words operator+(Words a, Words b) { return Words(_mm256_add_epi32(a.value, b.value)); }
  friend Words operator*(Words a, Words b) { return Words(_mm256_mullo_epi32(a.value, b.value)); }
  friend Words operator^(Words a, Words b) { return Words(_mm256_xor_si256(a.value, b.value)); }
  friend Words high_product(Words a, Words b) {  // formulas::high_product
    const __m256i even = _mm256_srli_epi64(_mm256_mul_epu32(a.value, b.value), 32);
    const __m256i odd =
        _mm256_mul_epu32(_mm256_srli_epi64(a.value, 32), _mm256_srli_epi64(b.value, 32));
    return Words(_mm256_blend_epi32(even, odd, 0xaa));
  }
  friend Mask operator<(Words a, Words b) {  // by the signed comparison there is
    const __m256i sign = _mm256_set1_epi32(int(0x80000000u));
    return mask(
        _mm256_cmpgt_epi32(_mm256_xor_si256(b.value, sign), _mm256_xor_si256(a.value, sign)));
  }
  friend Mask operator==(Words a, Words b) { return mask(_mm256_cmpeq_epi32(a.value, b.value)); }
  friend Mask operator!=(Words a, Words b) {
    return mask(_mm256_xor_si256(_mm256_cmpeq_epi32(a.value, b.value), _mm256_set1_epi32(-1)));
  }
  friend Floats uniform(Words a) {  // formulas::uniform
    const Floats upper(_mm256_cvtepi32_ps(_mm256_srli_epi32(a.value, 9)));
    return (upper + Floats(0.5f)) * Floats(0x1p-23f);
  }
  friend Words select(Mask condition, Words yes, Words no) {
    return Words(_mm256_blendv_epi8(no.value, yes.value, _mm256_castps_si256(condition.bits)));
  }

 private:
  static Mask mask(__m256i all_or_nothing) { return {_mm256_castsi256_ps(all_or_nothing)}; }
};

// from[index], 32 bits each; index < 2^31.
inline Words gather_words(const void* from, Words index) {
  return Words(_mm256_i32gather_epi32(static_cast<const int*>(from), index.value, 4));
}
inline Floats gather(const float* from, Words index) {
  return Floats(_mm256_i32gather_ps(from, index.value, 4));
}
// from[2 index] and from[2 index + 1].
inline void gather_pairs(const float* from, Words index, Floats& first, Floats& second) {
  const auto* const pairs = reinterpret_cast<const double*>(from);
  const __m256 low =
      _mm256_castpd_ps(_mm256_i32gather_pd(pairs, _mm256_castsi256_si128(index.value), 8));
  const __m256 high =
      _mm256_castpd_ps(_mm256_i32gather_pd(pairs, _mm256_extracti128_si256(index.value, 1), 8));
  const auto in_order = [](__m256 x) {  // halves' lanes 0 1, 4 5, 2 3, 6 7
    return Floats(_mm256_castpd_ps(_mm256_permute4x64_pd(_mm256_castps_pd(x), 0xd8)));
  };
  first = in_order(_mm256_shuffle_ps(low, high, 0x88));
  second = in_order(_mm256_shuffle_ps(low, high, 0xdd));
}

// Writes the lanes that the mask has, one after the other; how many. What lies behind them, up to
// Floats::lanes of all, may change.
inline int append(Words a, Words::Mask mask, void* to) {
  std::uint32_t lane[Floats::lanes];
  a.store(lane);
  int count = 0;
  for (std::uint32_t left = bits(mask); left != 0; left &= left - 1)
    static_cast<std::uint32_t*>(to)[count++] = lane[__builtin_ctz(left)];
  return count;
}

// Rows become columns.
inline void transpose(Floats (&rows)[8]) {
  __m256 pairs[8], quads[8];
  for (int i = 0; i < 8; i += 2) {
    pairs[i] = _mm256_unpacklo_ps(rows[i].value, rows[i + 1].value);
    pairs[i + 1] = _mm256_unpackhi_ps(rows[i].value, rows[i + 1].value);
  }
  for (int i = 0; i < 8; i += 4) {
    quads[i] = _mm256_shuffle_ps(pairs[i], pairs[i + 2], 0x44);
    quads[i + 1] = _mm256_shuffle_ps(pairs[i], pairs[i + 2], 0xee);
    quads[i + 2] = _mm256_shuffle_ps(pairs[i + 1], pairs[i + 3], 0x44);
    quads[i + 3] = _mm256_shuffle_ps(pairs[i + 1], pairs[i + 3], 0xee);
  }
  for (int i = 0; i < 4; ++i) {
    rows[i].value = _mm256_permute2f128_ps(quads[i], quads[i + 4], 0x20);
    rows[i + 4].value = _mm256_permute2f128_ps(quads[i], quads[i + 4], 0x31);
  }
}

// totals[i] = lanes[i] added up, l + 8, then l + 4, l + 2, l + 1 (formulas::lane_total): sixteen
// sums at once, two vectors becoming one with half the lanes of each.
inline void lane_totals(const Floats (&lanes)[16][2], float* totals) {
  const auto halves = [&](int a, int b) {  // 128-bit lanes: of sums a, b
    const __m256 x = (lanes[a][0] + lanes[a][1]).value, y = (lanes[b][0] + lanes[b][1]).value;
    return Floats(_mm256_permute2f128_ps(x, y, 0x20)) + Floats(_mm256_permute2f128_ps(x, y, 0x31));
  };
  for (int first = 0; first < 16; first += 8) {
    Floats two[2];
    for (int i = 0; i < 2; ++i) {
      const __m256 x = halves(first + 2 * i, first + 2 * i + 4).value;
      const __m256 y = halves(first + 2 * i + 1, first + 2 * i + 5).value;
      two[i] = Floats(_mm256_shuffle_ps(x, y, 0x44)) + Floats(_mm256_shuffle_ps(x, y, 0xee));
    }
    (Floats(_mm256_shuffle_ps(two[0].value, two[1].value, 0x88)) +
     Floats(_mm256_shuffle_ps(two[0].value, two[1].value, 0xdd)))
        .store(totals + first);
  }
}

}  // namespace whiteline::cpu::avx2
