// Lists as option values: `0.1,1,10`, `1e-3:1e4:8` (8 values with equal ratios), or both mixed. All
// parsers throw UsageError with a sentence that says what is expected.
#pragma once

#include <whiteline/kernel_matrix.hpp>
#include <whiteline/preprocess.hpp>

#include <string>
#include <vector>

namespace whiteline::cli {

std::vector<double> parse_numbers(const std::string& text);
std::vector<double> parse_positive_numbers(const std::string& text);
std::vector<int> parse_degrees(const std::string& text);       // whole numbers, 1 to 64
std::vector<double> parse_fractions(const std::string& text);  // above 0, at most 1
std::vector<KernelType> parse_kernels(const std::string& text);
std::vector<Normalise::Kind> parse_normalisations(const std::string& text);  // not `area`

}  // namespace whiteline::cli
