// Densities of a parameter's good and bad values: mixtures of cut-off normals around those that
// were tried (whole numbers), or counts (choices). Formulas: J. Bergstra et al., NIPS 2011, as
// Hyperopt has them.
#pragma once

#include <whiteline/search.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "formulas/philox.hpp"

namespace whiteline::search_parts {

// Number of trials, of `trials`, that count as good.
WHITELINE_EXPORT std::int64_t good_trials(std::int64_t trials, const TpeParams& params);

// Weights of observations in the order of their trials: 1 for the last `forgetting`, rising from
// 1 / observations for those before.
WHITELINE_EXPORT std::vector<double> forgetting_weights(std::size_t observations, int forgetting);

struct Component {
  double weight, mean, width;  // weights add up to 1
};
// Of an integer parameter, by ascending mean; observations in the order of their trials.
WHITELINE_EXPORT std::vector<Component> components(const SearchParameter& parameter,
                                                   std::span<const std::int64_t> observations,
                                                   const TpeParams& params);

// A mixture of normals on [low, high), rounded to multiples of the step.
class WHITELINE_EXPORT IntegerDensity {
 public:
  IntegerDensity(const SearchParameter& parameter, std::span<const std::int64_t> observations,
                 const TpeParams& params);

  double log_mass(std::int64_t value) const;
  // By word 0 the component, by words 2 and 3 the normal; nullopt: outside.
  std::optional<std::int64_t> draw(const formulas::PhiloxWords& words) const;

 private:
  double mass(double low, double high) const;  // of the normals, not cut off

  double low_, high_, step_;
  std::vector<Component> components_;  // equal ones are one
  double log_total_;
};

class WHITELINE_EXPORT ChoiceDensity {
 public:
  ChoiceDensity(std::int64_t choices, std::span<const std::int64_t> observations,
                const TpeParams& params);

  double log_mass(std::int64_t choice) const;
  std::int64_t draw(const formulas::PhiloxWords& words) const;  // by word 0

 private:
  std::vector<double> share_;
};

}  // namespace whiteline::search_parts
