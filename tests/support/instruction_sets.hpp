// What a test of all instruction sets needs.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "cpu/vector_kernels.hpp"

namespace whiteline::test {

using cpu::Isa;

// Those of this processor.
inline std::vector<Isa> isas() {
  std::vector<Isa> out;
  for (const Isa isa : {Isa::portable, Isa::avx2, Isa::avx512, Isa::avx512_bf16})
    if (isa <= cpu::best_isa()) out.push_back(isa);
  return out;
}

inline std::vector<float> random_values(std::int64_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(static_cast<std::size_t>(count));
  for (float& value : values) value = normal(random) * (random() % 8 ? 1.0f : 1e-19f);
  return values;
}

inline std::vector<std::uint32_t> bits(const std::vector<float>& values) {
  std::vector<std::uint32_t> out(values.size());
  if (!values.empty()) std::memcpy(out.data(), values.data(), values.size() * sizeof(float));
  return out;
}

// Runs `work(isa)` for each instruction set and expects the same bits from all.
template <class Work>
void expect_same_bits(const std::string& what, Work&& work) {
  const std::vector<std::uint32_t> first = bits(work(Isa::portable));
  for (const Isa isa : isas()) EXPECT_EQ(bits(work(isa)), first) << what << " on " << name(isa);
}

}  // namespace whiteline::test
