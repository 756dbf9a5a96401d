// The background under one spectrum (R. F. Egerton, Electron Energy-Loss Spectroscopy in the
// Electron Microscope, section 4.4), fitted and evaluated in float64: a power law A E^-r or an
// exponential A exp(-r E). Both are exp(level - s u): of a power law u = ln(E / E_mid), s = r, of
// an exponential u = (E - E_mid) / width, s = r width; E_mid is the middle of the fit's window.
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
// [begin, middle) and [middle, end). For a power law every energy of the spectra is above 0.
struct BackgroundWindow {
  bool power_law;
  std::int64_t begin, middle, end;
  double offset, dispersion;    // of the axis, eV
  double middle_energy;         // E_mid, eV
  double scale;                 // dE / du at E_mid, eV: E_mid, or the window's width
  double log_amplitude_slope;   // ln A = level + s log_amplitude_slope
  double mean, inverse_spread;  // of u over the channels: mean, 1 / sum (u - mean)^2
  double first_u, last_u;       // of the spectra's ends
  WindowHalf low, high;

  WL_HD double u_of_energy(double energy) const {
    return power_law ? precise_logarithm(energy / middle_energy) : (energy - middle_energy) / scale;
  }
  WL_HD double u(std::int64_t channel) const {
    return u_of_energy(offset + dispersion * double(channel));
  }
};

// From `edge` channels before `begin` to `edge` channels before `end`.
WL_HD inline WindowHalf window_half(const BackgroundWindow& w, std::int64_t begin, std::int64_t end,
                                    double edge) {
  const double left = w.offset + w.dispersion * (double(begin) - edge),
               right = w.offset + w.dispersion * (double(end) - edge);
  const double u_left = w.u_of_energy(left), u_right = w.u_of_energy(right);
  return {0.5 * (u_left + u_right), 0.5 * (u_right - u_left)};
}

// Spectra of `channels` channels; 2 <= end - begin; for a power law the window's lower edge is
// above 0 eV. `closed_form`: for law_in_closed_form, whose halves are equal (an odd last channel is
// left out) and reach from channel centre to channel centre.
WL_HD inline BackgroundWindow background_window(bool power_law, bool closed_form, double offset,
                                                double dispersion, std::int64_t channels,
                                                std::int64_t begin, std::int64_t end) {
  BackgroundWindow w{};
  if (closed_form) end -= (end - begin) % 2;
  w.power_law = power_law;
  w.begin = begin;
  w.middle = begin + (end - begin) / 2;
  w.end = end;
  w.offset = offset;
  w.dispersion = dispersion;
  w.middle_energy = offset + dispersion * (0.5 * double(begin + end - 1));
  w.scale = power_law ? w.middle_energy : dispersion * double(end - begin);
  w.log_amplitude_slope =
      power_law ? precise_logarithm(w.middle_energy) : w.middle_energy / w.scale;
  const double sum = lane_sum(end - begin, [&](std::int64_t i) { return w.u(begin + i); });
  w.mean = sum / double(end - begin);
  w.inverse_spread = 1.0 / lane_sum(end - begin, [&](std::int64_t i) {
                       const double distance = w.u(begin + i) - w.mean;
                       return distance * distance;
                     });
  w.first_u = w.u(0);
  w.last_u = w.u(channels - 1);
  const double edge = closed_form ? 0.0 : 0.5;
  w.low = window_half(w, begin, w.middle, edge);
  w.high = window_half(w, w.middle, end, edge);
  return w;
}

// exp(level - slope u); valid: there is a law to subtract.
struct BackgroundLaw {
  double level, slope;
  bool valid;
};

// A law is used when A is a number and the background is nowhere above 1e30 counts; others come of
// windows without signal.
WL_HD inline BackgroundLaw checked(const BackgroundWindow& w, double level, double slope) {
  constexpr double largest_log_amplitude = 700.0, largest_log_counts = 69.0;
  const double log_amplitude = level + slope * w.log_amplitude_slope;
  const bool valid = fabs(log_amplitude) <= largest_log_amplitude &&
                     level - slope * w.first_u <= largest_log_counts &&
                     level - slope * w.last_u <= largest_log_counts;
  return {valid ? level : 0.0, valid ? slope : 0.0, valid};
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

// The logarithm of the integral of exp(s u) du over a half.
WL_HD inline double log_integral(const WindowHalf& half, double s) {
  return precise_logarithm(2.0 * half.half_width) + s * half.centre +
         log_sinhc(s * half.half_width).value;
}

// Of dE = scale exp(jacobian u) du.
WL_HD inline double jacobian(const BackgroundWindow& w) { return w.power_law ? 1.0 : 0.0; }

// two_area: the law whose integrals over the two halves are the two sums of counts (each a
// lane_sum over its channels), times the dispersion. Egerton's r = 2 ln(I1 / I2) / ln(E3 / E1) is
// the first approximation of this equation in s = jacobian - slope, solved here by Newton's method:
//   ln(I1 / I2) = s (c1 - c2) + ln(h1 / h2) + L(s h1) - L(s h2),  L(z) = ln(sinh z / z),
// where halves 1 and 2 have centres c and half widths h in u.
WL_HD inline BackgroundLaw law_of_areas(const BackgroundWindow& w, double sum1, double sum2) {
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
  const double level = precise_logarithm((sum1 + sum2) * w.dispersion / (integral * w.scale));
  return checked(w, level, jacobian(w) - s);
}

// two_area_closed: Egerton's approximation itself, r = 2 ln(I1 / I2) / ln(E3 / E1), and the law's
// integral over the upper half that of the counts; what DigitalMicrograph and HyperSpy subtract.
WL_HD inline BackgroundLaw law_in_closed_form(const BackgroundWindow& w, double sum1, double sum2) {
  if (!(sum1 > 0.0) || !(sum2 > 0.0)) return {0.0, 0.0, false};
  const double slope = precise_logarithm(sum1 / sum2) / (w.low.half_width + w.high.half_width);
  const double level =
      precise_logarithm(sum2 * w.dispersion / w.scale) - log_integral(w.high, jacobian(w) - slope);
  return checked(w, level, slope);
}

// log_least_squares: the straight line through (u, ln counts) of the window's channels. Counts
// below half of the two-area law are taken as half of it. Of the simple rules this one has the
// least bias and spread for Poisson counts (a mean of 3: -3 %; of 10: -4 %; of 300: -0.2 %), and it
// has no unit. Where there is no two-area law there is no line, and callers need not take
// logarithms.
WL_HD inline double log_counts(const BackgroundLaw& areas, float counts, double u) {
  constexpr double smallest = 1e-300, log_half = -0.69314718055994529;
  const double floor = fma(-areas.slope, u, areas.level + log_half);
  const double exact = precise_logarithm(double(counts) > smallest ? double(counts) : smallest);
  return exact > floor ? exact : floor;
}
// sum = sum of log_counts, moment = sum of (u - mean) * log_counts, both lane_sum over the window.
WL_HD inline BackgroundLaw law_of_line(const BackgroundWindow& w, const BackgroundLaw& areas,
                                       double sum, double moment) {
  if (!areas.valid) return {0.0, 0.0, false};
  const double slope = moment * w.inverse_spread;
  return checked(w, sum / double(w.end - w.begin) - slope * w.mean, -slope);
}

WL_HD inline double background(const BackgroundLaw& law, double u) {
  return precise_exponential(fma(-law.slope, u, law.level));
}

WL_HD inline double background_amplitude(const BackgroundWindow& w, const BackgroundLaw& law) {
  return law.valid ? precise_exponential(law.level + law.slope * w.log_amplitude_slope) : 0.0;
}
// r of A E^-r, or of A exp(-r E), 1/eV.
WL_HD inline double background_exponent(const BackgroundWindow& w, const BackgroundLaw& law) {
  return w.power_law ? law.slope : law.slope / w.scale;
}

// The counts above the background at u; of a law that is not valid, the counts.
WL_HD inline float above_background(const BackgroundLaw& law, float counts, double u) {
  return float(double(counts) - (law.valid ? background(law, u) : 0.0));
}

// The counts above a sum of curves; term(k) is coefficient k times curve k.
template <class Term>
WL_HD inline float above_curves(float counts, std::int64_t terms, const Term& term) {
  double sum = 0.0;
  for (std::int64_t k = 0; k < terms; ++k) sum += term(k);
  return float(double(counts) - sum);
}

}  // namespace whiteline::formulas
