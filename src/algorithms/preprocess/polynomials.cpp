#include "algorithms/preprocess/polynomials.hpp"

namespace whiteline::preprocess {

namespace {

// The next polynomial by the three-term recurrence (x - a) p - b q, on values or on coefficients.
struct Recurrence {
  double a, b;
  double operator()(double x_times_p, double p, double q) const {
    return x_times_p - a * p - b * q;
  }
};

}  // namespace

std::vector<double> Polynomials::in_powers(const std::vector<double>& coefficients) const {
  std::size_t terms = 1;
  while (terms * terms < powers.size()) ++terms;
  std::vector<double> all(coefficients.size(), 0.0);
  for (std::size_t row = 0; row < coefficients.size(); row += terms)
    for (std::size_t k = 0; k < terms; ++k)
      for (std::size_t power = 0; power <= k; ++power)
        all[row + power] += coefficients[row + k] * powers[k * terms + power];
  return all;
}

Polynomials orthogonal_polynomials(const EnergyAxis& axis, ChannelRange window, int degree) {
  const auto terms = std::size_t(degree) + 1, channels = std::size_t(axis.size),
             size = std::size_t(window.size()), begin = std::size_t(window.begin);
  Polynomials made;
  made.centre = 0.5 * (axis.energy(window.begin) + axis.energy(window.end - 1));
  made.half_width = 0.5 * axis.dispersion * double(size);
  made.projections.resize(terms * size);
  made.curves.resize(terms * channels);
  made.powers.resize(terms * terms, 0.0);
  std::vector<double> x(channels);
  for (std::size_t c = 0; c < channels; ++c)
    x[c] = (axis.energy(std::int64_t(c)) - made.centre) / made.half_width;
  double norm_before = 1.0;
  for (std::size_t k = 0; k < terms; ++k) {
    double* const curve = made.curves.data() + k * channels;
    double* const power = made.powers.data() + k * terms;
    if (k == 0) {
      std::fill_n(curve, channels, 1.0);
      power[0] = 1.0;
    } else {
      const double *const p = curve - channels, *const q = k > 1 ? p - channels : nullptr;
      double norm = 0.0, moment = 0.0;
      for (std::size_t i = begin; i < begin + size; ++i) {
        norm += p[i] * p[i];
        moment += x[i] * p[i] * p[i];
      }
      const Recurrence next{moment / norm, q ? norm / norm_before : 0.0};
      for (std::size_t c = 0; c < channels; ++c) curve[c] = next(x[c] * p[c], p[c], q ? q[c] : 0.0);
      const double *const before = power - terms, *const two_before = q ? before - terms : nullptr;
      for (std::size_t j = 0; j < terms; ++j)
        power[j] = next(j > 0 ? before[j - 1] : 0.0, before[j], q ? two_before[j] : 0.0);
      norm_before = norm;
    }
    double norm = 0.0;
    for (std::size_t i = begin; i < begin + size; ++i) norm += curve[i] * curve[i];
    for (std::size_t i = 0; i < size; ++i) made.projections[k * size + i] = curve[begin + i] / norm;
  }
  return made;
}

}  // namespace whiteline::preprocess
