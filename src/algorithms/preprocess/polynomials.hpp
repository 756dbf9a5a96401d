// Least-squares polynomials on the channels of a window.
#pragma once

#include <cstdint>
#include <vector>

#include <whiteline/spectra.hpp>

namespace whiteline::preprocess {

// Polynomials of degree 0, 1, ..., orthogonal over the window's channels (G. E. Forsythe, J. Soc.
// Indust. Appl. Math. 5 (1957) 74), in x = (E - centre) / half_width.
struct Polynomials {
  double centre, half_width;        // eV
  std::vector<double> projections;  // terms x window: gives coefficients of these polynomials
  std::vector<double> curves;       // terms x channels: their values
  std::vector<double> powers;       // terms x terms: of x, ascending, that make each of them

  // Coefficients of powers of x, ascending, of rows x terms coefficients of the polynomials.
  std::vector<double> in_powers(const std::vector<double>& coefficients) const;
};

// window.size() > degree.
Polynomials orthogonal_polynomials(const EnergyAxis& axis, ChannelRange window, int degree);

}  // namespace whiteline::preprocess
