// Sixteen floats, or 32-bit words, of AVX-512 (F, BW, VL, DQ). Only for files compiled for it:
// nothing in here may be used from, or shared with, code that runs on every processor.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace whiteline::cpu::avx512 {

struct Floats {
  static constexpr int lanes = 16;
  struct Mask {
    __mmask16 bits;
    friend Mask operator&(Mask a, Mask b) { return {__mmask16(a.bits & b.bits)}; }
    friend Mask operator|(Mask a, Mask b) { return {__mmask16(a.bits | b.bits)}; }
  };

  __m512 value;

  Floats() = default;
  explicit Floats(float x) : value(_mm512_set1_ps(x)) {}
  explicit Floats(__m512 x) : value(x) {}

  // The first `count` lanes in memory, 0 <= count <= lanes.
  static Mask first(std::int64_t count) { return {__mmask16((1u << count) - 1u)}; }
  static Mask only(std::int64_t lane) {  // none when outside
    return {__mmask16(lane >= 0 && lane < lanes ? 1u << lane : 0u)};
  }
  static Floats load(const float* from) { return Floats(_mm512_loadu_ps(from)); }
  static Floats load(const float* from, Mask mask) {  // zeros elsewhere
    return Floats(_mm512_maskz_loadu_ps(mask.bits, from));
  }
  void store(float* to) const { _mm512_storeu_ps(to, value); }
  void store(float* to, Mask mask) const { _mm512_mask_storeu_ps(to, mask.bits, value); }

  static __m512d widened(const float* from) {  // 8 of them
    return _mm512_cvtps_pd(_mm256_loadu_ps(from));
  }

  friend Floats operator+(Floats a, Floats b) { return Floats(_mm512_add_ps(a.value, b.value)); }
  friend Floats operator-(Floats a, Floats b) { return Floats(_mm512_sub_ps(a.value, b.value)); }
  friend Floats operator*(Floats a, Floats b) { return Floats(_mm512_mul_ps(a.value, b.value)); }
  friend Floats operator/(Floats a, Floats b) { return Floats(_mm512_div_ps(a.value, b.value)); }
  friend Floats operator-(Floats a) {
    return Floats(_mm512_xor_ps(a.value, _mm512_set1_ps(-0.0f)));
  }
  friend Mask operator<(Floats a, Floats b) {
    return {_mm512_cmp_ps_mask(a.value, b.value, _CMP_LT_OQ)};
  }
  friend Mask operator>(Floats a, Floats b) { return b < a; }
  friend std::uint32_t bits(Mask mask) { return mask.bits; }  // bit l: lane l
  friend Mask operator==(Floats a, Floats b) {
    return {_mm512_cmp_ps_mask(a.value, b.value, _CMP_EQ_OQ)};
  }
  friend Floats select(Mask condition, Floats yes, Floats no) {
    return Floats(_mm512_mask_blend_ps(condition.bits, no.value, yes.value));
  }
  friend Floats multiply_add(Floats a, Floats b, Floats c) {
    return Floats(_mm512_fmadd_ps(a.value, b.value, c.value));
  }
  friend Floats smaller(Floats a, Floats b) { return Floats(_mm512_min_ps(a.value, b.value)); }
  friend Floats larger(Floats a, Floats b) { return Floats(_mm512_max_ps(a.value, b.value)); }
  friend Floats rounded_down(Floats a) {
    return Floats(_mm512_roundscale_ps(a.value, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC));
  }
  // Halves of a lane's 32 bits as numbers: two of bfloat16.
  friend Floats upper_halves(Floats a) {
    return Floats(_mm512_castsi512_ps(
        _mm512_and_si512(_mm512_castps_si512(a.value), _mm512_set1_epi32(int(0xffff0000u)))));
  }
  friend Floats lower_halves(Floats a) {
    return Floats(_mm512_castsi512_ps(_mm512_slli_epi32(_mm512_castps_si512(a.value), 16)));
  }
  friend Floats square_root(Floats a) { return Floats(_mm512_sqrt_ps(a.value)); }
  friend Floats magnitude(Floats a) { return Floats(_mm512_abs_ps(a.value)); }
  friend Floats flipped(Floats a, Floats by) {  // formulas::flipped
    return Floats(_mm512_xor_ps(a.value, _mm512_and_ps(by.value, _mm512_set1_ps(-0.0f))));
  }
  friend Floats power_of_two(Floats n) {
    const __m512i exponent = _mm512_add_epi32(_mm512_cvttps_epi32(n.value), _mm512_set1_epi32(127));
    return Floats(_mm512_castsi512_ps(_mm512_slli_epi32(exponent, 23)));
  }
  friend Floats raised(Floats x, Floats shifted) {  // formulas::raised
    return Floats(_mm512_castsi512_ps(_mm512_add_epi32(
        _mm512_castps_si512(x.value), _mm512_slli_epi32(_mm512_castps_si512(shifted.value), 23))));
  }
  friend Floats binary_exponent(Floats a) {
    return Floats(_mm512_cvtepi32_ps(_mm512_srai_epi32(above_root_half(a), 23)));
  }
  friend Floats binary_mantissa(Floats a) {
    const __m512i power = _mm512_and_si512(above_root_half(a), _mm512_set1_epi32(~0x7fffff));
    return Floats(_mm512_castsi512_ps(_mm512_sub_epi32(_mm512_castps_si512(a.value), power)));
  }

 private:
  static __m512i above_root_half(Floats a) {  // formulas::root_half_bits
    return _mm512_sub_epi32(_mm512_castps_si512(a.value), _mm512_set1_epi32(0x3f3504f3));
  }
};

// As many numbers of 32 bits without sign.
struct Words {
  using Mask = Floats::Mask;

  __m512i value;

  Words() = default;
  explicit Words(std::uint32_t x) : value(_mm512_set1_epi32(int(x))) {}
  explicit Words(__m512i x) : value(x) {}

  static Words load(const void* from) { return Words(_mm512_loadu_si512(from)); }
  static Words load(const void* from, Mask mask) {  // zeros elsewhere
    return Words(_mm512_maskz_loadu_epi32(mask.bits, from));
  }
  void store(void* to) const { _mm512_storeu_si512(to, value); }

  friend Words operator+(Words a, Words b) { return Words(_mm512_add_epi32(a.value, b.value)); }
  friend Words operator*(Words a, Words b) { return Words(_mm512_mullo_epi32(a.value, b.value)); }
  friend Words operator^(Words a, Words b) { return Words(_mm512_xor_si512(a.value, b.value)); }
  friend Words high_product(Words a, Words b) {  // formulas::high_product
    const __m512i even = _mm512_srli_epi64(_mm512_mul_epu32(a.value, b.value), 32);
    const __m512i odd =
        _mm512_mul_epu32(_mm512_srli_epi64(a.value, 32), _mm512_srli_epi64(b.value, 32));
    return Words(_mm512_mask_blend_epi32(0xaaaa, even, odd));
  }
  friend Mask operator<(Words a, Words b) { return {_mm512_cmplt_epu32_mask(a.value, b.value)}; }
  friend Mask operator==(Words a, Words b) { return {_mm512_cmpeq_epi32_mask(a.value, b.value)}; }
  friend Mask operator!=(Words a, Words b) { return {_mm512_cmpneq_epi32_mask(a.value, b.value)}; }
  friend Floats uniform(Words a) {  // formulas::uniform
    const Floats upper(_mm512_cvtepi32_ps(_mm512_srli_epi32(a.value, 9)));
    return (upper + Floats(0.5f)) * Floats(0x1p-23f);
  }
  friend Words select(Mask condition, Words yes, Words no) {
    return Words(_mm512_mask_blend_epi32(condition.bits, no.value, yes.value));
  }
};

// from[index], 32 bits each; index < 2^31.
inline Words gather_words(const void* from, Words index) {
  return Words(_mm512_i32gather_epi32(index.value, from, 4));
}
inline Floats gather(const float* from, Words index) {
  return Floats(_mm512_i32gather_ps(index.value, from, 4));
}
// from[2 index] and from[2 index + 1].
inline void gather_pairs(const float* from, Words index, Floats& first, Floats& second) {
  const __m512i low = _mm512_i32gather_epi64(_mm512_castsi512_si256(index.value), from, 8);
  const __m512i high = _mm512_i32gather_epi64(_mm512_extracti64x4_epi64(index.value, 1), from, 8);
  const __m512i even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  const __m512i odd = _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
  first = Floats(_mm512_castsi512_ps(_mm512_permutex2var_epi32(low, even, high)));
  second = Floats(_mm512_castsi512_ps(_mm512_permutex2var_epi32(low, odd, high)));
}

// Writes the lanes that the mask has, one after the other; how many. What lies behind them, up to
// Floats::lanes of all, may change.
inline int append(Words a, Words::Mask mask, void* to) {
  _mm512_storeu_si512(to, _mm512_maskz_compress_epi32(mask.bits, a.value));
  return __builtin_popcount(mask.bits);
}

// Rows become columns.
inline void transpose(Floats (&rows)[16]) {
  __m512 pairs[16], quads[16];
  for (int i = 0; i < 16; i += 2) {
    pairs[i] = _mm512_unpacklo_ps(rows[i].value, rows[i + 1].value);
    pairs[i + 1] = _mm512_unpackhi_ps(rows[i].value, rows[i + 1].value);
  }
  for (int i = 0; i < 16; i += 4) {
    quads[i] = _mm512_shuffle_ps(pairs[i], pairs[i + 2], 0x44);
    quads[i + 1] = _mm512_shuffle_ps(pairs[i], pairs[i + 2], 0xee);
    quads[i + 2] = _mm512_shuffle_ps(pairs[i + 1], pairs[i + 3], 0x44);
    quads[i + 3] = _mm512_shuffle_ps(pairs[i + 1], pairs[i + 3], 0xee);
  }
  for (int i = 0; i < 4; ++i) {  // 128-bit lanes: of rows 0, 4, 8, 12 + i
    pairs[i] = _mm512_shuffle_f32x4(quads[i], quads[i + 4], 0x88);
    pairs[i + 4] = _mm512_shuffle_f32x4(quads[i], quads[i + 4], 0xdd);
    pairs[i + 8] = _mm512_shuffle_f32x4(quads[i + 8], quads[i + 12], 0x88);
    pairs[i + 12] = _mm512_shuffle_f32x4(quads[i + 8], quads[i + 12], 0xdd);
  }
  for (int i = 0; i < 4; ++i) {
    rows[i].value = _mm512_shuffle_f32x4(pairs[i], pairs[i + 8], 0x88);
    rows[i + 8].value = _mm512_shuffle_f32x4(pairs[i], pairs[i + 8], 0xdd);
    rows[i + 4].value = _mm512_shuffle_f32x4(pairs[i + 4], pairs[i + 12], 0x88);
    rows[i + 12].value = _mm512_shuffle_f32x4(pairs[i + 4], pairs[i + 12], 0xdd);
  }
}

// totals[i] = lanes[i] added up, l + 8, then l + 4, l + 2, l + 1 (formulas::lane_total): sixteen
// sums at once, two vectors becoming one with half the lanes of each.
inline void lane_totals(const Floats (&lanes)[16][1], float* totals) {
  const auto halves = [](Floats a, Floats b) {  // 128-bit lanes of a, a, b, b
    return Floats(_mm512_shuffle_f32x4(a.value, b.value, 0x44)) +
           Floats(_mm512_shuffle_f32x4(a.value, b.value, 0xee));
  };
  const auto quarters = [](Floats a, Floats b) {
    return Floats(_mm512_shuffle_f32x4(a.value, b.value, 0x88)) +
           Floats(_mm512_shuffle_f32x4(a.value, b.value, 0xdd));
  };
  Floats four[4];  // 128-bit lanes: of sums i, i + 4, i + 8, i + 12
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i)
    four[i] =
        quarters(halves(lanes[i][0], lanes[i + 4][0]), halves(lanes[i + 8][0], lanes[i + 12][0]));
  Floats two[2];
#pragma GCC unroll 2
  for (int i = 0; i < 2; ++i)
    two[i] = Floats(_mm512_shuffle_ps(four[2 * i].value, four[2 * i + 1].value, 0x44)) +
             Floats(_mm512_shuffle_ps(four[2 * i].value, four[2 * i + 1].value, 0xee));
  (Floats(_mm512_shuffle_ps(two[0].value, two[1].value, 0x88)) +
   Floats(_mm512_shuffle_ps(two[0].value, two[1].value, 0xdd)))
      .store(totals);
}

}  // namespace whiteline::cpu::avx512
