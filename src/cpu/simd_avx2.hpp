// Eight floats of AVX2 with FMA. Only for files compiled for it: nothing in here may be used from,
// or shared with, code that runs on every processor.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace whiteline::cpu::avx2 {

struct Floats {
  static constexpr int lanes = 8;
  struct Mask {
    __m256 bits;  // all ones or all zeros a lane
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
  friend Floats rounded_down(Floats a) { return Floats(_mm256_floor_ps(a.value)); }
  // Halves of a lane's 32 bits as numbers: two of bfloat16.
  friend Floats upper_halves(Floats a) {
    return Floats(_mm256_and_ps(a.value, _mm256_castsi256_ps(_mm256_set1_epi32(int(0xffff0000u)))));
  }
  friend Floats lower_halves(Floats a) {
    return Floats(_mm256_castsi256_ps(_mm256_slli_epi32(_mm256_castps_si256(a.value), 16)));
  }
  friend Floats power_of_two(Floats n) {
    const __m256i exponent = _mm256_add_epi32(_mm256_cvttps_epi32(n.value), _mm256_set1_epi32(127));
    return Floats(_mm256_castsi256_ps(_mm256_slli_epi32(exponent, 23)));
  }

 private:
  static __m256i numbers() { return _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7); }
};

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
