// How much spectra and classes count in training.
#pragma once

#include <whiteline/spectra.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "cli/ranges.hpp"

namespace whiteline::cli {

// Gives each spectrum a weight, which subsets of the set keep. The file holds one number from 0 a
// line; empty lines and what follows a `#` are passed over. Throws ReadError for anything else
// (line named), InvalidArgument when the numbers are not as many as the spectra.
void add_sample_weights(Dataset& set, const std::filesystem::path& file);
std::span<const double> sample_weights(const Dataset& set);  // empty: it has none

// The factors by label; throws InvalidArgument for a class that is not among `class_names`.
std::map<std::int32_t, double> factors_by_label(const ClassWeightChoice& choice,
                                                const std::vector<std::string>& class_names);

}  // namespace whiteline::cli
