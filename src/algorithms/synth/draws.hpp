// Random numbers of one spectrum, in the order they are asked for.
#pragma once

#include <cmath>
#include <cstdint>

#include "formulas/normal.hpp"
#include "formulas/poisson.hpp"

namespace whiteline::synth {

// What a stream of a generated spectrum is for; with its class, the layer of its counter.
enum class Use : std::uint32_t { recipe = 0, counts = 1, spikes = 2 };

// Names the random numbers of one spectrum: the same whatever else is generated.
struct StreamKey {
  std::uint64_t seed;
  std::uint32_t model;     // which family of sets
  std::uint32_t class_id;  // < 1024
  std::uint32_t number;    // of the spectrum in its class, or of the pixel

  std::uint32_t layer(Use use) const { return class_id << 4 | std::uint32_t(use); }
};

class Draws {
 public:
  Draws(const StreamKey& key, Use use) : key_(key), layer_(key.layer(use)) {}

  double uniform() { return double(formulas::uniform(word())); }
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  double normal() {
    const std::uint32_t a = word(), b = word();
    return double(formulas::normal_pair(a, b).first);
  }
  double log_normal(double median, double sigma) { return median * std::exp(sigma * normal()); }

 private:
  std::uint32_t word() {
    if (taken_ % 4 == 0)
      words_ = formulas::philox_block(key_.seed, taken_ / 4, key_.number, layer_,
                                      formulas::Purpose::synth, key_.model);
    return words_.word[taken_++ % 4];
  }

  StreamKey key_;
  std::uint32_t layer_;
  std::uint32_t taken_ = 0;
  formulas::PhiloxWords words_{};
};

}  // namespace whiteline::synth
