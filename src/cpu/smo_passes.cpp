#include "cpu/smo_passes.hpp"

#include "formulas/smo.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace whiteline::cpu {

namespace {

constexpr int block_rows = static_cast<int>(formulas::smo_block);

Violation update_portable(const SmoSegment (&sides)[smo_sides], const SideColumns& k_u,
                          const SideColumns& k_j, double q) {
  Violation violation;
  for (int side = 0; side < smo_sides; ++side) {
    const SmoSegment& s = sides[side];
    const float *u = k_u.of[side], *j = k_j.of[side];
    if (u)
      for (std::int64_t t = 0; t < s.blocks * block_rows; ++t)
        s.gradient[t] = formulas::stepped_gradient(s.gradient[t], q, u[t], j[t]);
    for (std::int64_t b = 0; b < s.blocks; ++b)
      for (int r = 0; r < block_rows; ++r) {
        const double f = s.gradient[b * block_rows + r];
        const std::int64_t row = s.first_row + b * block_rows + r;
        if (s.up[b] >> r & 1) merge(violation, {.least_up = f, .row = row});
        if (s.low[b] >> r & 1) merge(violation, {.most_low = f});
      }
  }
  return violation;
}

Partner choose_portable(const SmoSegment (&sides)[smo_sides], const SideColumns& k_u, float k_uu,
                        double f_u) {
  Partner partner;
  for (int side = 0; side < smo_sides; ++side) {
    const SmoSegment& s = sides[side];
    for (std::int64_t b = 0; b < s.blocks; ++b) {
      if (s.low[b] == 0) continue;
      for (int r = 0; r < block_rows; ++r) {
        const std::int64_t t = b * block_rows + r;
        const float difference = static_cast<float>(s.gradient[t] - f_u);
        if (!(s.low[b] >> r & 1) || !(difference > 0.0f)) continue;
        merge(partner, {formulas::pair_gain(difference, k_uu, s.diagonal[t], k_u.of[side][t]),
                        s.first_row + t});
      }
    }
  }
  return partner;
}

#if defined(__x86_64__)

// Lane l holds its least value and the number of the group of `lanes` rows it came from.
template <int lanes>
void merge_lanes(Violation& violation, const double* value, const std::int64_t* group) {
  for (int l = 0; l < lanes; ++l)
    if (group[l] >= 0) merge(violation, {.least_up = value[l], .row = group[l] * lanes + l});
}

template <int lanes>
void merge_lanes(Partner& partner, const float* gain, const std::int32_t* group) {
  for (int l = 0; l < lanes; ++l)
    if (group[l] >= 0) merge(partner, {gain[l], std::int64_t(group[l]) * lanes + l});
}

[[gnu::target("avx512f,avx512bw,avx512vl,avx512dq")]] Violation update_avx512(
    const SmoSegment (&sides)[smo_sides], const SideColumns& k_u, const SideColumns& k_j,
    double q) {
  __m512d least[2], most[2];
  __m512i group[2];
#pragma GCC unroll 2
  for (int h = 0; h < 2; ++h) {
    least[h] = _mm512_set1_pd(std::numeric_limits<double>::infinity());
    most[h] = _mm512_set1_pd(-std::numeric_limits<double>::infinity());
    group[h] = _mm512_set1_epi64(-1);
  }
  const __m512d length = _mm512_set1_pd(q);
  for (int side = 0; side < smo_sides; ++side) {
    const SmoSegment& s = sides[side];
    const float *u = k_u.of[side], *j = k_j.of[side];
    for (std::int64_t b = 0; b < s.blocks; ++b) {
      const __m512i block = _mm512_set1_epi64(s.first_row + b * block_rows);
#pragma GCC unroll 2
      for (int h = 0; h < 2; ++h) {
        const std::int64_t t = b * block_rows + h * 8;
        __m512d f = _mm512_loadu_pd(s.gradient + t);
        if (u) {
          const __m512d difference = _mm512_sub_pd(_mm512_cvtps_pd(_mm256_loadu_ps(u + t)),
                                                   _mm512_cvtps_pd(_mm256_loadu_ps(j + t)));
          f = _mm512_add_pd(f, _mm512_mul_pd(length, difference));
          _mm512_storeu_pd(s.gradient + t, f);
        }
        const auto up = static_cast<__mmask8>(s.up[b] >> (8 * h));
        const auto low = static_cast<__mmask8>(s.low[b] >> (8 * h));
        const __mmask8 better = _mm512_mask_cmp_pd_mask(up, f, least[h], _CMP_LT_OQ);
        least[h] = _mm512_mask_mov_pd(least[h], better, f);
        group[h] = _mm512_mask_mov_epi64(group[h], better, block);
        most[h] = _mm512_mask_max_pd(most[h], low, most[h], f);
      }
    }
  }
  Violation violation;
  violation.most_low = _mm512_reduce_max_pd(_mm512_max_pd(most[0], most[1]));
  // The lowest row among those that hold the least value; lanes without a row hold infinity.
  const double value = _mm512_reduce_min_pd(_mm512_min_pd(least[0], least[1]));
  if (!(value < violation.least_up)) return violation;
  const __m512d every = _mm512_set1_pd(value);
  __m512i rows = _mm512_set1_epi64(std::numeric_limits<std::int64_t>::max());
#pragma GCC unroll 2
  for (int h = 0; h < 2; ++h) {
    const __m512i lane =
        _mm512_add_epi64(_mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7), _mm512_set1_epi64(8 * h));
    const __mmask8 holds = _mm512_cmp_pd_mask(least[h], every, _CMP_EQ_OQ);
    rows = _mm512_mask_min_epi64(rows, holds, rows, _mm512_add_epi64(group[h], lane));
  }
  violation.least_up = value;
  violation.row = _mm512_reduce_min_epi64(rows);
  return violation;
}

[[gnu::target("avx512f,avx512bw,avx512vl,avx512dq")]] Partner choose_avx512(
    const SmoSegment (&sides)[smo_sides], const SideColumns& k_u, float k_uu, double f_u) {
  __m512 best = _mm512_set1_ps(-1.0f);
  __m512i group = _mm512_set1_epi32(-1);
  const __m512d origin = _mm512_set1_pd(f_u);
  const __m512 corner = _mm512_set1_ps(k_uu), floor = _mm512_set1_ps(formulas::curvature_floor);
  for (int side = 0; side < smo_sides; ++side) {
    const SmoSegment& s = sides[side];
    for (std::int64_t b = 0; b < s.blocks; ++b) {
      if (s.low[b] == 0) continue;
      const std::int64_t t = b * block_rows;
      const __m256 left = _mm512_cvtpd_ps(_mm512_sub_pd(_mm512_loadu_pd(s.gradient + t), origin));
      const __m256 right =
          _mm512_cvtpd_ps(_mm512_sub_pd(_mm512_loadu_pd(s.gradient + t + 8), origin));
      const __m512 difference = _mm512_insertf32x8(_mm512_castps256_ps512(left), right, 1);
      const __mmask16 candidate =
          _mm512_mask_cmp_ps_mask(s.low[b], difference, _mm512_setzero_ps(), _CMP_GT_OQ);
      if (!candidate) continue;
      const __m512 twice = _mm512_mul_ps(_mm512_set1_ps(2.0f), _mm512_loadu_ps(k_u.of[side] + t));
      const __m512 sum = _mm512_add_ps(corner, _mm512_loadu_ps(s.diagonal + t));
      const __m512 eta = _mm512_max_ps(_mm512_sub_ps(sum, twice), floor);
      const __m512 gain = _mm512_div_ps(_mm512_mul_ps(difference, difference), eta);
      const __mmask16 better = _mm512_mask_cmp_ps_mask(candidate, gain, best, _CMP_GT_OQ);
      best = _mm512_mask_mov_ps(best, better, gain);
      group = _mm512_mask_mov_epi32(group, better,
                                    _mm512_set1_epi32(static_cast<int>(s.first_row + t)));
    }
  }
  Partner partner;
  const float gain = _mm512_reduce_max_ps(best);
  if (!(gain > partner.gain)) return partner;  // lanes without a row hold that
  const __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const __mmask16 holds = _mm512_cmp_ps_mask(best, _mm512_set1_ps(gain), _CMP_EQ_OQ);
  partner.gain = gain;
  partner.row = _mm512_mask_reduce_min_epi32(holds, _mm512_add_epi32(group, lane));
  return partner;
}

// All ones in lane l where bit l of `bits` is set.
[[gnu::target("avx2,fma")]] inline __m256d four_lanes(int bits) {
  const __m256i lane = _mm256_setr_epi64x(1, 2, 4, 8);
  const __m256i chosen = _mm256_and_si256(_mm256_set1_epi64x(bits), lane);
  return _mm256_castsi256_pd(_mm256_cmpeq_epi64(chosen, lane));
}

[[gnu::target("avx2,fma")]] inline __m256 eight_lanes(int bits) {
  const __m256i lane = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
  const __m256i chosen = _mm256_and_si256(_mm256_set1_epi32(bits), lane);
  return _mm256_castsi256_ps(_mm256_cmpeq_epi32(chosen, lane));
}

[[gnu::target("avx2,fma")]] Violation update_avx2(const SmoSegment (&sides)[smo_sides],
                                                  const SideColumns& k_u, const SideColumns& k_j,
                                                  double q) {
  const __m256d lowest = _mm256_set1_pd(-std::numeric_limits<double>::infinity());
  __m256d least = _mm256_set1_pd(std::numeric_limits<double>::infinity()), most = lowest;
  __m256i group = _mm256_set1_epi64x(-1);
  const __m256d length = _mm256_set1_pd(q);
  for (int side = 0; side < smo_sides; ++side) {
    const SmoSegment& s = sides[side];
    const float *u = k_u.of[side], *j = k_j.of[side];
    for (std::int64_t g = 0; g < s.blocks * 4; ++g) {
      const std::int64_t t = g * 4;
      __m256d f = _mm256_loadu_pd(s.gradient + t);
      if (u) {
        const __m256d difference = _mm256_sub_pd(_mm256_cvtps_pd(_mm_loadu_ps(u + t)),
                                                 _mm256_cvtps_pd(_mm_loadu_ps(j + t)));
        f = _mm256_add_pd(f, _mm256_mul_pd(length, difference));
        _mm256_storeu_pd(s.gradient + t, f);
      }
      const int shift = static_cast<int>(g % 4) * 4;
      const __m256d up = four_lanes(s.up[g / 4] >> shift);
      const __m256d low = four_lanes(s.low[g / 4] >> shift);
      const __m256d better = _mm256_and_pd(up, _mm256_cmp_pd(f, least, _CMP_LT_OQ));
      least = _mm256_blendv_pd(least, f, better);
      group = _mm256_blendv_epi8(group, _mm256_set1_epi64x(s.first_row / 4 + g),
                                 _mm256_castpd_si256(better));
      most = _mm256_max_pd(most, _mm256_blendv_pd(lowest, f, low));
    }
  }
  Violation violation;
  alignas(32) double value[4], highest[4];
  alignas(32) std::int64_t where[4];
  _mm256_store_pd(value, least);
  _mm256_store_si256(reinterpret_cast<__m256i*>(where), group);
  merge_lanes<4>(violation, value, where);
  _mm256_store_pd(highest, most);
  for (double f : highest)
    if (f > violation.most_low) violation.most_low = f;
  return violation;
}

[[gnu::target("avx2,fma")]] Partner choose_avx2(const SmoSegment (&sides)[smo_sides],
                                                const SideColumns& k_u, float k_uu, double f_u) {
  __m256 best = _mm256_set1_ps(-1.0f);
  __m256i group = _mm256_set1_epi32(-1);
  const __m256d origin = _mm256_set1_pd(f_u);
  const __m256 corner = _mm256_set1_ps(k_uu), floor = _mm256_set1_ps(formulas::curvature_floor);
  for (int side = 0; side < smo_sides; ++side) {
    const SmoSegment& s = sides[side];
    for (std::int64_t g = 0; g < s.blocks * 2; ++g) {
      const int bits = s.low[g / 2] >> (g % 2 * 8) & 255;
      if (bits == 0) continue;
      const std::int64_t t = g * 8;
      const __m128 left = _mm256_cvtpd_ps(_mm256_sub_pd(_mm256_loadu_pd(s.gradient + t), origin));
      const __m128 right =
          _mm256_cvtpd_ps(_mm256_sub_pd(_mm256_loadu_pd(s.gradient + t + 4), origin));
      const __m256 difference = _mm256_set_m128(right, left);
      const __m256 candidate = _mm256_and_ps(
          eight_lanes(bits), _mm256_cmp_ps(difference, _mm256_setzero_ps(), _CMP_GT_OQ));
      const __m256 twice = _mm256_mul_ps(_mm256_set1_ps(2.0f), _mm256_loadu_ps(k_u.of[side] + t));
      const __m256 sum = _mm256_add_ps(corner, _mm256_loadu_ps(s.diagonal + t));
      const __m256 eta = _mm256_max_ps(_mm256_sub_ps(sum, twice), floor);
      const __m256 gain = _mm256_div_ps(_mm256_mul_ps(difference, difference), eta);
      const __m256 better = _mm256_and_ps(candidate, _mm256_cmp_ps(gain, best, _CMP_GT_OQ));
      best = _mm256_blendv_ps(best, gain, better);
      group = _mm256_blendv_epi8(group, _mm256_set1_epi32(static_cast<int>(s.first_row / 8 + g)),
                                 _mm256_castps_si256(better));
    }
  }
  Partner partner;
  alignas(32) float gains[8];
  alignas(32) std::int32_t where[8];
  _mm256_store_ps(gains, best);
  _mm256_store_si256(reinterpret_cast<__m256i*>(where), group);
  merge_lanes<8>(partner, gains, where);
  return partner;
}

#endif

}  // namespace

const SmoPasses& smo_passes(Isa isa) {
  static constexpr SmoPasses portable{update_portable, choose_portable};
#if defined(__x86_64__)
  static constexpr SmoPasses avx2{update_avx2, choose_avx2};
  static constexpr SmoPasses avx512{update_avx512, choose_avx512};
  if (isa >= Isa::avx512) return avx512;
  if (isa == Isa::avx2) return avx2;
#endif
  (void)isa;
  return portable;
}

}  // namespace whiteline::cpu
