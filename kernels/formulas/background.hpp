// The power-law background A E^-r under one spectrum (R. F. Egerton, Electron Energy-Loss
// Spectroscopy in the Electron Microscope, section 4.4), fitted and evaluated in float64. Abscissae
// are u = ln(E / E_mid), E_mid the middle of the fit's window: there the law is exp(level - r u).
#pragma once

#include <cmath>
#include <cstdint>

#include "formulas/double_math.hpp"
#include "formulas/sum.hpp"
#include "host_device.hpp"

namespace whiteline::formulas {

// Half of a window of a two-area fit, in u.
struct WindowHalf {
  double centre, half_width;
};

// What is known of a fit before any counts: the window is channels [begin, end), its halves are
// [begin, middle) and [middle, end). Every energy of the spectra is above 0.
struct PowerLawWindow {
  std::int64_t begin, middle, end;
  double offset, dispersion;    // of the axis, eV
  double middle_energy;         // E_mid, eV
  double log_middle_energy;     // ln(E_mid / eV)
  double mean, inverse_spread;  // of u over the channels: mean, 1 / sum (u - mean)^2
  double first_u, last_u;       // of the spectra's ends
  WindowHalf low, high;

  WL_HD double u(std::int64_t channel) const {
    return precise_logarithm((offset + dispersion * double(channel)) / middle_energy);
  }
};

WL_HD inline WindowHalf window_half(const PowerLawWindow& w, std::int64_t begin, std::int64_t end) {
  const double left = w.offset + w.dispersion * (double(begin) - 0.5),
               right = w.offset + w.dispersion * (double(end) - 0.5);
  const double u_left = precise_logarithm(left / w.middle_energy),
               u_right = precise_logarithm(right / w.middle_energy);
  return {0.5 * (u_left + u_right), 0.5 * (u_right - u_left)};
}

// Spectra of `channels` channels; 2 <= end - begin; the window's lower edge is above 0 eV.
WL_HD inline PowerLawWindow power_law_window(double offset, double dispersion,
                                             std::int64_t channels, std::int64_t begin,
                                             std::int64_t end) {
  PowerLawWindow w{};
  w.begin = begin;
  w.middle = begin + (end - begin) / 2;
  w.end = end;
  w.offset = offset;
  w.dispersion = dispersion;
  w.middle_energy = offset + dispersion * (0.5 * double(begin + end - 1));
  w.log_middle_energy = precise_logarithm(w.middle_energy);
  const double sum = lane_sum(end - begin, [&](std::int64_t i) { return w.u(begin + i); });
  w.mean = sum / double(end - begin);
  w.inverse_spread = 1.0 / lane_sum(end - begin, [&](std::int64_t i) {
                       const double distance = w.u(begin + i) - w.mean;
                       return distance * distance;
                     });
  w.first_u = w.u(0);
  w.last_u = w.u(channels - 1);
  w.low = window_half(w, begin, w.middle);
  w.high = window_half(w, w.middle, end);
  return w;
}

// valid: there is a law to subtract.
struct PowerLaw {
  double level, exponent;
  bool valid;
};

// A law is used when A is a number and the background is nowhere above 1e30 counts; others come of
// windows without signal.
WL_HD inline PowerLaw checked(const PowerLawWindow& w, double level, double exponent) {
  constexpr double largest_log_amplitude = 700.0, largest_log_counts = 69.0;
  const double log_amplitude = level + exponent * w.log_middle_energy;
  const bool valid = fabs(log_amplitude) <= largest_log_amplitude &&
                     level - exponent * w.first_u <= largest_log_counts &&
                     level - exponent * w.last_u <= largest_log_counts;
  return {valid ? level : 0.0, valid ? exponent : 0.0, valid};
}

// ln(sinh z / z) and its derivative.
struct LogSinhc {
  double value, slope;
};
WL_HD inline LogSinhc log_sinhc(double z) {
  const double a = fabs(z);
  if (a < 0.25) {
    const double q = z * z;
    const double value =
        q * (1.0 / 6 -
             q * (1.0 / 180 -
                  q * (1.0 / 2835 -
                       q * (1.0 / 37800 - q * (1.0 / 467775 - q * (691.0 / 3831077250 -
                                                                   q * (2.0 / 127702575)))))));
    const double slope =
        z * (1.0 / 3 - q * (1.0 / 45 - q * (2.0 / 945 - q * (1.0 / 4725 - q * (2.0 / 93555)))));
    return {value, slope};
  }
  const double e = precise_exponential(-2.0 * a);
  const double slope = (1.0 + e) / (1.0 - e) - 1.0 / a;
  return {a + precise_logarithm((1.0 - e) / (2.0 * a)), z < 0.0 ? -slope : slope};
}

// two_area: the law whose integrals over the two halves are the two sums of counts (each a
// lane_sum over its channels), times the dispersion. Egerton's r = 2 ln(I1 / I2) / ln(E3 / E1) is
// the first approximation of this equation in s = 1 - r, solved here by Newton's method:
//   ln(I1 / I2) = s (c1 - c2) + ln(h1 / h2) + L(s h1) - L(s h2),  L(z) = ln(sinh z / z),
// where halves 1 and 2 have centres c and half widths h in u.
WL_HD inline PowerLaw power_law_of_areas(const PowerLawWindow& w, double sum1, double sum2) {
  if (!(sum1 > 0.0) || !(sum2 > 0.0)) return {0.0, 0.0, false};
  const double h1 = w.low.half_width, h2 = w.high.half_width;
  const double distance = w.low.centre - w.high.centre;
  const double wanted = precise_logarithm(sum1 / sum2) - precise_logarithm(h1 / h2);
  double s = wanted / distance;
  LogSinhc l1 = log_sinhc(s * h1), l2 = log_sinhc(s * h2);
  for (int i = 0; i < 20; ++i) {
    const double excess = s * distance + (l1.value - l2.value) - wanted;
    const double step = excess / (distance + h1 * l1.slope - h2 * l2.slope);
    s -= step;
    l1 = log_sinhc(s * h1);
    l2 = log_sinhc(s * h2);
    if (!(fabs(step) > 1e-12 * (1.0 + fabs(s)))) break;
  }
  const double integral = 2.0 * (h1 * precise_exponential(s * w.low.centre + l1.value) +
                                 h2 * precise_exponential(s * w.high.centre + l2.value));
  const double level =
      precise_logarithm((sum1 + sum2) * w.dispersion / (integral * w.middle_energy));
  return checked(w, level, 1.0 - s);
}

// log_least_squares: the straight line through (u, ln counts) of the window's channels. Counts
// below half of the two-area law are taken as half of it. Of the simple rules this one has the
// least bias and spread for Poisson counts (a mean of 3: -3 %; of 10: -4 %; of 300: -0.2 %), and it
// has no unit. Where there is no two-area law there is no line, and callers need not take
// logarithms.
WL_HD inline double log_counts(const PowerLaw& areas, float counts, double u) {
  constexpr double smallest = 1e-300, log_half = -0.69314718055994529;
  const double floor = fma(-areas.exponent, u, areas.level + log_half);
  const double exact = precise_logarithm(double(counts) > smallest ? double(counts) : smallest);
  return exact > floor ? exact : floor;
}
// sum = sum of log_counts, moment = sum of (u - mean) * log_counts, both lane_sum over the window.
WL_HD inline PowerLaw power_law_of_line(const PowerLawWindow& w, const PowerLaw& areas, double sum,
                                        double moment) {
  if (!areas.valid) return {0.0, 0.0, false};
  const double slope = moment * w.inverse_spread;
  return checked(w, sum / double(w.end - w.begin) - slope * w.mean, -slope);
}

WL_HD inline double power_law_amplitude(const PowerLawWindow& w, const PowerLaw& law) {
  return law.valid ? precise_exponential(law.level + law.exponent * w.log_middle_energy) : 0.0;
}

// The counts above the background at u; of a law that is not valid, the counts.
WL_HD inline float above_background(const PowerLaw& law, float counts, double u) {
  const double background = law.valid ? precise_exponential(fma(-law.exponent, u, law.level)) : 0.0;
  return float(double(counts) - background);
}

}  // namespace whiteline::formulas
