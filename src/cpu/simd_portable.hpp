// Four floats, or 32-bit words, in plain C++, for any processor: the same arithmetic as the vector
// instructions.
#pragma once

#include <cstdint>
#include <cstring>

#include "formulas/math.hpp"
#include "formulas/philox.hpp"
#include "formulas/pointwise.hpp"
#include "formulas/sum.hpp"

namespace whiteline::cpu::portable {

struct Floats {
  static constexpr int lanes = 4;
  struct Mask {
    bool lane[lanes];
    friend Mask operator&(Mask a, Mask b) {
      return made<Mask>([&](int l) { return a.lane[l] && b.lane[l]; });
    }
    friend Mask operator|(Mask a, Mask b) {
      return made<Mask>([&](int l) { return a.lane[l] || b.lane[l]; });
    }
  };

  float lane[lanes];

  Floats() = default;
  explicit Floats(float x) {
    for (float& each : lane) each = x;
  }

  // The first `count` lanes in memory, 0 <= count <= lanes.
  static Mask first(std::int64_t count) {
    return made<Mask>([&](int l) { return l < count; });
  }
  static Mask only(std::int64_t wanted) {  // none when outside
    return made<Mask>([&](int l) { return l == wanted; });
  }
  static Floats load(const float* from) {
    return made<Floats>([&](int l) { return from[l]; });
  }
  static Floats load(const float* from, Mask mask) {  // zeros elsewhere
    return made<Floats>([&](int l) { return mask.lane[l] ? from[l] : 0.0f; });
  }
  void store(float* to) const {
    for (int l = 0; l < lanes; ++l) to[l] = lane[l];
  }
  void store(float* to, Mask mask) const {
    for (int l = 0; l < lanes; ++l)
      if (mask.lane[l]) to[l] = lane[l];
  }

  friend Floats operator+(Floats a, Floats b) {
    return made<Floats>([&](int l) { return a.lane[l] + b.lane[l]; });
  }
  friend Floats operator-(Floats a, Floats b) {
    return made<Floats>([&](int l) { return a.lane[l] - b.lane[l]; });
  }
  friend Floats operator*(Floats a, Floats b) {
    return made<Floats>([&](int l) { return a.lane[l] * b.lane[l]; });
  }
  friend Floats operator/(Floats a, Floats b) {
    return made<Floats>([&](int l) { return a.lane[l] / b.lane[l]; });
  }
  friend Floats operator-(Floats a) {
    return made<Floats>([&](int l) { return -a.lane[l]; });
  }
  friend Mask operator<(Floats a, Floats b) {
    return made<Mask>([&](int l) { return a.lane[l] < b.lane[l]; });
  }
  friend Mask operator>(Floats a, Floats b) { return b < a; }
  friend std::uint32_t bits(Mask mask) {  // bit l: lane l
    std::uint32_t all = 0;
    for (int l = 0; l < lanes; ++l) all |= std::uint32_t(mask.lane[l]) << l;
    return all;
  }
  friend Mask operator==(Floats a, Floats b) {
    return made<Mask>([&](int l) { return a.lane[l] == b.lane[l]; });
  }
  friend Floats select(Mask condition, Floats yes, Floats no) {
    return made<Floats>([&](int l) { return condition.lane[l] ? yes.lane[l] : no.lane[l]; });
  }
  friend Floats multiply_add(Floats a, Floats b, Floats c) {
    return made<Floats>(
        [&](int l) { return formulas::multiply_add(a.lane[l], b.lane[l], c.lane[l]); });
  }
  friend Floats smaller(Floats a, Floats b) {
    return made<Floats>([&](int l) { return formulas::smaller(a.lane[l], b.lane[l]); });
  }
  friend Floats larger(Floats a, Floats b) {
    return made<Floats>([&](int l) { return formulas::larger(a.lane[l], b.lane[l]); });
  }
  friend Floats rounded_down(Floats a) {
    return made<Floats>([&](int l) { return formulas::rounded_down(a.lane[l]); });
  }
  // Halves of a lane's 32 bits as numbers: two of bfloat16.
  friend Floats upper_halves(Floats a) {
    return made<Floats>([&](int l) {
      return formulas::from_bits(__builtin_bit_cast(std::uint32_t, a.lane[l]) & 0xffff0000u);
    });
  }
  friend Floats lower_halves(Floats a) {
    return made<Floats>([&](int l) {
      return formulas::from_bits(__builtin_bit_cast(std::uint32_t, a.lane[l]) << 16);
    });
  }
  friend Floats square_root(Floats a) {
    return made<Floats>([&](int l) { return formulas::square_root(a.lane[l]); });
  }
  friend Floats magnitude(Floats a) {
    return made<Floats>([&](int l) { return formulas::magnitude(a.lane[l]); });
  }
  friend Floats flipped(Floats a, Floats by) {
    return made<Floats>([&](int l) { return formulas::flipped(a.lane[l], by.lane[l]); });
  }
  friend Floats power_of_two(Floats n) {
    return made<Floats>([&](int l) { return formulas::power_of_two(n.lane[l]); });
  }
  friend Floats raised(Floats x, Floats shifted) {
    return made<Floats>([&](int l) { return formulas::raised(x.lane[l], shifted.lane[l]); });
  }
  friend Floats binary_exponent(Floats a) {
    return made<Floats>([&](int l) { return formulas::binary_exponent(a.lane[l]); });
  }
  friend Floats binary_mantissa(Floats a) {
    return made<Floats>([&](int l) { return formulas::binary_mantissa(a.lane[l]); });
  }

  template <class Vector, class Make>
  static Vector made(Make&& make) {
    Vector result;
    for (int l = 0; l < lanes; ++l) result.lane[l] = make(l);
    return result;
  }
};

// As many numbers of 32 bits without sign.
struct Words {
  using Mask = Floats::Mask;
  static constexpr int lanes = Floats::lanes;

  std::uint32_t lane[lanes];

  Words() = default;
  explicit Words(std::uint32_t x) {
    for (std::uint32_t& each : lane) each = x;
  }

  static Words load(const void* from) {
    Words all;
    std::memcpy(all.lane, from, sizeof all.lane);
    return all;
  }
  static Words load(const void* from, Mask mask) {  // zeros elsewhere
    const auto* const words = static_cast<const unsigned char*>(from);
    Words some(0u);
    for (int l = 0; l < lanes; ++l)
      if (mask.lane[l]) std::memcpy(some.lane + l, words + 4 * l, 4);
    return some;
  }
  void store(void* to) const { std::memcpy(to, lane, sizeof lane); }

  friend Words operator+(Words a, Words b) {
    return Floats::made<Words>([&](int l) { return a.lane[l] + b.lane[l]; });
  }
  friend Words operator*(Words a, Words b) {
    return Floats::made<Words>([&](int l) { return a.lane[l] * b.lane[l]; });
  }
  friend Words operator^(Words a, Words b) {
    return Floats::made<Words>([&](int l) { return a.lane[l] ^ b.lane[l]; });
  }
  friend Words high_product(Words a, Words b) {
    return Floats::made<Words>([&](int l) { return formulas::high_product(a.lane[l], b.lane[l]); });
  }
  friend Mask operator<(Words a, Words b) {
    return Floats::made<Mask>([&](int l) { return a.lane[l] < b.lane[l]; });
  }
  friend Mask operator==(Words a, Words b) {
    return Floats::made<Mask>([&](int l) { return a.lane[l] == b.lane[l]; });
  }
  friend Mask operator!=(Words a, Words b) {
    return Floats::made<Mask>([&](int l) { return a.lane[l] != b.lane[l]; });
  }
  friend Floats uniform(Words a) {
    return Floats::made<Floats>([&](int l) { return formulas::uniform(a.lane[l]); });
  }
  friend Words select(Mask condition, Words yes, Words no) {
    return Floats::made<Words>([&](int l) { return condition.lane[l] ? yes.lane[l] : no.lane[l]; });
  }
};

// from[index], 32 bits each; index < 2^31.
inline Words gather_words(const void* from, Words index) {
  Words some;
  for (int l = 0; l < Words::lanes; ++l)
    std::memcpy(some.lane + l,
                static_cast<const unsigned char*>(from) + 4 * std::size_t(index.lane[l]), 4);
  return some;
}
inline Floats gather(const float* from, Words index) {
  return Floats::made<Floats>([&](int l) { return from[index.lane[l]]; });
}
// from[2 index] and from[2 index + 1].
inline void gather_pairs(const float* from, Words index, Floats& first, Floats& second) {
  for (int l = 0; l < Words::lanes; ++l) {
    first.lane[l] = from[2 * std::size_t(index.lane[l])];
    second.lane[l] = from[2 * std::size_t(index.lane[l]) + 1];
  }
}

// Writes the lanes that the mask has, one after the other; how many. What lies behind them, up to
// Floats::lanes of all, may change.
inline int append(Words a, Words::Mask mask, void* to) {
  int count = 0;
  for (int l = 0; l < Words::lanes; ++l)
    if (mask.lane[l]) std::memcpy(static_cast<unsigned char*>(to) + 4 * count++, a.lane + l, 4);
  return count;
}

// Rows become columns.
inline void transpose(Floats (&rows)[4]) {
  for (int i = 0; i < 4; ++i)
    for (int j = 0; j < i; ++j) {
      const float above = rows[j].lane[i];
      rows[j].lane[i] = rows[i].lane[j];
      rows[i].lane[j] = above;
    }
}

// totals[i] = formulas::lane_total of lanes[i].
inline void lane_totals(const Floats (&lanes)[16][4], float* totals) {
  for (int i = 0; i < 16; ++i) {
    float lane[formulas::sum_lanes];
    for (int v = 0; v < 4; ++v) lanes[i][v].store(lane + v * Floats::lanes);
    totals[i] = formulas::lane_total(lane);
  }
}

}  // namespace whiteline::cpu::portable
