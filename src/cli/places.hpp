// The first columns of tables with a line a spectrum: which it is, and its true class where known.
#pragma once

#include <whiteline/spectra.hpp>

#include <cstddef>
#include <string>

namespace whiteline::cli {

std::string place_header(const SpectrumImage& image, bool is_table);  // y,x,truth or row,truth
std::string place_fields(const SpectrumImage& image, bool is_table, std::size_t row);

}  // namespace whiteline::cli
