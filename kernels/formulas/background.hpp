// The power-law background A E^-r of one spectrum (R. F. Egerton, Electron Energy-Loss Spectroscopy
// in the Electron Microscope, section 4.4), in float64 by sums over ascending channels.
#pragma once

#include <cmath>
#include <cstdint>

#include "host_device.hpp"

namespace whiteline::formulas {

struct PowerLaw {
  double amplitude, exponent;  // both 0: no fit possible

  WL_HD double at(double energy) const {
    return amplitude == 0.0 ? 0.0 : exp(log(amplitude) - exponent * log(energy));
  }
};

// Sums over the window that determine the line ln counts = ln A - r ln E; counts below 1 are taken
// as 1. Abscissae are taken relative to the window's middle, ln(E / E_mid).
struct LogLineSums {
  double n, x, y, xx, xy;
};
WL_HD inline PowerLaw power_law_of_line(const LogLineSums& s, double middle_energy) {
  const double determinant = s.n * s.xx - s.x * s.x;
  if (!(determinant > 0.0)) return {0.0, 0.0};
  const double slope = (s.n * s.xy - s.x * s.y) / determinant;
  const double level = (s.y - slope * s.x) / s.n;
  return {exp(level - slope * log(middle_energy)), -slope};
}

// Two areas of equal width in energy: sum1 over [e1, e2), sum2 over [e2, e3) (channel edges),
// counts per channel times the dispersion.
WL_HD inline PowerLaw power_law_of_areas(double area1, double area2, double e1, double e2,
                                         double e3) {
  if (!(area1 > 0.0) || !(area2 > 0.0)) return {0.0, 0.0};
  // r = 2 ln(I1 / I2) / ln(E3 / E1); A = (1 - r) I / (E_end^(1-r) - E_start^(1-r)).
  const double r = 2.0 * log(area1 / area2) / log(e3 / e1);
  const double s = 1.0 - r;
  const double area = area1 + area2;
  // Where s is near 0 the integral of E^-1 is a logarithm.
  const double integral =
      fabs(s) < 1e-9 ? log(e3 / e1) : exp(s * log(e1)) * expm1(s * log(e3 / e1)) / s;
  (void)e2;
  return {area / integral, r};
}

}  // namespace whiteline::formulas
