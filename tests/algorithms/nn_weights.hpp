// Comparing what trainings made.
#pragma once

#include <whiteline/nn/training.hpp>

#include <algorithm>

#include <cmath>
#include <cstring>
#include <optional>
#include <vector>

namespace whiteline::test {

inline bool same_bits(const nn::Weights& a, const nn::Weights& b) {
  if (a.values.size() != b.values.size()) return false;
  for (std::size_t p = 0; p < a.values.size(); ++p)
    if (a.values[p].size() != b.values[p].size() ||
        std::memcmp(a.values[p].data(), b.values[p].data(), a.values[p].size() * sizeof(float)))
      return false;
  return true;
}

// NaN is like NaN.
inline bool same_epochs(const std::vector<nn::Epoch>& a, const std::vector<nn::Epoch>& b) {
  const auto same_number = [](double x, double y) {
    return std::memcmp(&x, &y, sizeof x) == 0 || (std::isnan(x) && std::isnan(y));
  };
  const auto same_optional = [&](const std::optional<double>& x, const std::optional<double>& y) {
    return x.has_value() == y.has_value() && (!x || same_number(*x, *y));
  };
  const auto same = [&](const nn::Epoch& x, const nn::Epoch& y) {
    return same_number(x.loss, y.loss) && same_number(x.accuracy, y.accuracy) &&
           same_optional(x.validation_loss, y.validation_loss) &&
           same_optional(x.validation_accuracy, y.validation_accuracy);
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same);
}

}  // namespace whiteline::test
