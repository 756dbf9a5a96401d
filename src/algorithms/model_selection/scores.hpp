// Scores of held-out rows, fold by fold.
#pragma once

#include <whiteline/model_selection.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace whiteline::model_selection {

// Labels are 0 .. classes - 1, as many of each.
double score(SearchScore what, std::span<const std::int32_t> truth,
             std::span<const std::int32_t> predicted, std::int32_t classes);

double mean(std::span<const double> values);
double deviation(std::span<const double> values);  // of the population

}  // namespace whiteline::model_selection
