// Generated spectra of a class beside measured ones.
#pragma once

#include <whiteline/spectra.hpp>

#include <string>
#include <vector>

#include "cli/gan_report.hpp"

namespace whiteline::cli {

// Fills report.measured and report.likeness for report.generated: beside half of the spectra of the
// class that were held out, or, where these are fewer than 4, of those trained on. The other half
// and noisy copies of the training spectra are there for comparison.
void compare_spectra(const Context& ctx, const Dataset& training, const Dataset& held_out,
                     std::uint64_t seed, GanReport& report);

// What is wrong with generated spectra, if anything: all alike, or repeating the training spectra.
std::vector<std::string> faults(const GanReport& report);

}  // namespace whiteline::cli
