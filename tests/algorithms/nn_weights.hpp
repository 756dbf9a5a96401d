// Comparing the weights of networks.
#pragma once

#include <whiteline/nn/network.hpp>

#include <cstring>

namespace whiteline::test {

inline bool same_bits(const nn::Weights& a, const nn::Weights& b) {
  if (a.values.size() != b.values.size()) return false;
  for (std::size_t p = 0; p < a.values.size(); ++p)
    if (a.values[p].size() != b.values[p].size() ||
        std::memcmp(a.values[p].data(), b.values[p].data(), a.values[p].size() * sizeof(float)))
      return false;
  return true;
}

}  // namespace whiteline::test
