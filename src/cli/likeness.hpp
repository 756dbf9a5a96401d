// How alike sets of spectra of one class are: generated ones, copies, measured ones.
#pragma once

#include <whiteline/matrix.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include "cli/json.hpp"

namespace whiteline::cli {

// Rows of spectra, each divided by its maximum.
struct UnitSpectra {
  std::int64_t rows = 0, channels = 0;
  std::vector<float> values;

  HostView view() const { return {values.data(), rows, channels}; }
  UnitSpectra first(std::int64_t count) const;  // of the rows, at most all
};
UnitSpectra unit_spectra(const HostView& spectra);

struct Likeness {
  std::string name;
  std::int64_t rows = 0;
  double frechet = 0.0, correlation = 0.0, cosine = 0.0, divergence = 0.0;  // from the reference
  double signal_to_noise = 0.0;  // across the set's own spectra
  double pair_distance = 0.0;    // squared, mean: 0 for a generator that has collapsed
  double nearest = 0.0;          // to a training spectrum, median: 0 for one that has memorised
};

// Of `spectra` beside measured ones, both cut to as many rows, and the training spectra; a spectrum
// is not its own neighbour where `spectra` are the training spectra themselves.
Likeness likeness(std::string name, const UnitSpectra& spectra, const UnitSpectra& measured,
                  const UnitSpectra& training);

Json to_json(const Likeness& likeness);
std::string likeness_table(const std::vector<Likeness>& rows);  // markdown

}  // namespace whiteline::cli
