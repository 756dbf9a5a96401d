#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "cpu/isa.hpp"
#include "support.hpp"

namespace whiteline::bench {

namespace {

constexpr int chains = 12;  // more than latency times throughput of any FMA unit
constexpr int rounds = 200000;

// Each does `rounds` steps of `chains` independent multiply-adds and returns operations done.
#if defined(__x86_64__)
[[gnu::target("avx512f")]] double burst_avx512() {
  __m512 sum[chains];
  for (__m512& each : sum) each = _mm512_set1_ps(1.0f);
  const __m512 factor = _mm512_set1_ps(0.999f), term = _mm512_set1_ps(1e-3f);
  for (int round = 0; round < rounds; ++round)
#pragma GCC unroll 12
    for (int c = 0; c < chains; ++c) sum[c] = _mm512_fmadd_ps(sum[c], factor, term);
  for (__m512& each : sum) benchmark::DoNotOptimize(each);
  return 2.0 * 16 * chains * double(rounds);
}

[[gnu::target("avx2,fma")]] double burst_avx2() {
  __m256 sum[chains];
  for (__m256& each : sum) each = _mm256_set1_ps(1.0f);
  const __m256 factor = _mm256_set1_ps(0.999f), term = _mm256_set1_ps(1e-3f);
  for (int round = 0; round < rounds; ++round)
#pragma GCC unroll 12
    for (int c = 0; c < chains; ++c) sum[c] = _mm256_fmadd_ps(sum[c], factor, term);
  for (__m256& each : sum) benchmark::DoNotOptimize(each);
  return 2.0 * 8 * chains * double(rounds);
}
#else
double burst_avx512() { return 0.0; }
double burst_avx2() { return 0.0; }
#endif

double burst_portable() {
  float sum[chains];
  for (float& each : sum) each = 1.0f;
  for (int round = 0; round < rounds; ++round)
    for (float& each : sum) each = std::fma(each, 0.999f, 1e-3f);
  for (float& each : sum) benchmark::DoNotOptimize(each);
  return 2.0 * chains * double(rounds);
}

}  // namespace

double fma_peak() {
  std::vector<double> rates;
  for (int run = 0; run < 25; ++run) {
    const auto start = std::chrono::steady_clock::now();
    const double operations = cpu::isa() >= cpu::Isa::avx512 ? burst_avx512()
                              : cpu::isa() == cpu::Isa::avx2 ? burst_avx2()
                                                             : burst_portable();
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    rates.push_back(operations / seconds.count());
  }
  return *std::max_element(rates.begin(), rates.end());
}

}  // namespace whiteline::bench
