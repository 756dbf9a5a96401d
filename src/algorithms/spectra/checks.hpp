// What images and sets have in common, checked and copied once.
#pragma once

#include <whiteline/spectra.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace whiteline::spectra {

// Throws InvalidArgument unless offset and dispersion are finite, dispersion > 0 and size >= 1.
void check_axis(const EnergyAxis& axis);
// Throws InvalidArgument unless `labels` holds one number a spectrum, each no_label or the number
// of a class name, and names differ from each other.
void check_labels(const std::vector<std::int32_t>& labels,
                  const std::vector<std::string>& class_names, std::int64_t spectra);
// Throws InvalidArgument unless each table has one row a spectrum.
void check_truth(const std::map<std::string, TruthTable>& truth, std::int64_t spectra);
// Throws InvalidArgument unless `counts` numbers are rows * channels.
void check_counts(std::size_t counts, std::int64_t rows, std::int64_t channels);

// The given rows of each table.
std::map<std::string, TruthTable> some_truth(const std::map<std::string, TruthTable>& truth,
                                             const std::vector<std::int64_t>& rows);

}  // namespace whiteline::spectra
