// How many spectra there are of each class.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/json.hpp"

namespace whiteline::cli {

Json class_counts(const std::vector<std::int32_t>& labels, const std::vector<std::string>& names);
std::string class_text(const Json& counts);  // "2744 FeO, 1350 Fe3O4"

}  // namespace whiteline::cli
