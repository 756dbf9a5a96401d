#include <algorithm>
#include <vector>

#include "cpu/preprocess.hpp"
#include "cpu/row_tasks.hpp"
#include "formulas/background_likelihood.hpp"

namespace whiteline::cpu {

namespace {

using core::BackgroundMethod;
using formulas::BackgroundLaw;

struct AboveBackground {
  BackgroundLaw law;
  const float* counts;
  const double* u;
  float operator[](std::int64_t j) const {
    return formulas::above_background(law, counts[j], u[j]);
  }
};

// (u - mean)^power * values of a window.
template <int power>
struct Moment {
  const double* u;
  const double* values;
  double mean;
  double operator[](std::int64_t i) const {
    const double x = u[i] - mean;
    return power == 2 ? x * x * values[i] : x * values[i];
  }
};

// Counts less the law, times (u - mean)^power.
template <int power>
struct Excess {
  const float* counts;
  const double* law;
  const double* u;
  double mean;
  double operator[](std::int64_t i) const {
    const double excess = double(counts[i]) - law[i];
    return power == 1 ? (u[i] - mean) * excess : excess;
  }
};

// Columns of a row of `out` that are column `border` of `in` or later; those before become 0.
[[gnu::always_inline]] inline std::int64_t zero_fill(std::int64_t border, std::int64_t first,
                                                     std::int64_t cols, float* to) {
  const std::int64_t zeros = std::clamp<std::int64_t>(border - first, 0, cols);
  std::fill_n(to, zeros, 0.0f);
  return zeros;
}

struct SubtractBackground {
  ConstMatrixView in;
  formulas::BackgroundWindow window;
  BackgroundMethod method;
  std::int64_t zero_before;
  const double* u;  // of each channel of `in`
  std::int64_t first;
  MatrixView out;
  double* parameters;

  [[gnu::always_inline]] inline BackgroundLaw line(const float* inside, const BackgroundLaw& areas,
                                                   double* logs) const {
    const std::int64_t size = window.end - window.begin;
    const double* inside_u = u + window.begin;
    for (std::int64_t i = 0; i < size; ++i)
      logs[i] = formulas::log_counts(areas, inside[i], inside_u[i]);
    const Moment<1> moments{inside_u, logs, window.mean};
    return formulas::law_of_line(window, areas, lane_sum(size, logs), lane_sum(size, moments));
  }

  [[gnu::always_inline]] inline BackgroundLaw most_likely(const float* inside,
                                                          const BackgroundLaw& areas,
                                                          double* expected) const {
    const std::int64_t size = window.end - window.begin;
    const double* inside_u = u + window.begin;
    formulas::LikelihoodStep step{areas, true};
    for (int i = 0; i < formulas::likelihood_iterations && step.more; ++i) {
      for (std::int64_t c = 0; c < size; ++c)
        expected[c] = formulas::background(step.law, inside_u[c]);
      const double mean = window.mean;
      step = formulas::likelihood_step(
          window, areas, step.law,
          {lane_sum(size, expected), lane_sum(size, Moment<1>{inside_u, expected, mean}),
           lane_sum(size, Moment<2>{inside_u, expected, mean}),
           lane_sum(size, Excess<0>{inside, expected, inside_u, mean}),
           lane_sum(size, Excess<1>{inside, expected, inside_u, mean})});
    }
    return step.law;
  }

  [[gnu::always_inline]] inline BackgroundLaw fit(const float* counts, double* scratch) const {
    const float* inside = counts + window.begin;
    const std::int64_t size = window.end - window.begin, half = window.middle - window.begin;
    const double low = lane_sum(half, inside), high = lane_sum(size - half, inside + half);
    if (method == BackgroundMethod::two_area_closed)
      return formulas::law_in_closed_form(window, low, high);
    const BackgroundLaw areas = formulas::law_of_areas(window, low, high);
    if (method == BackgroundMethod::two_area || !areas.valid) return areas;
    return method == BackgroundMethod::likelihood ? most_likely(inside, areas, scratch)
                                                  : line(inside, areas, scratch);
  }

  [[gnu::always_inline]] inline void rows(std::int64_t begin, std::int64_t end) const {
    std::vector<double> scratch(static_cast<std::size_t>(window.end - window.begin));
    for (std::int64_t r = begin; r < end; ++r) {
      const float* counts = in.data + r * in.stride;
      const BackgroundLaw law = fit(counts, scratch.data());
      parameters[2 * r] = formulas::background_amplitude(window, law);
      parameters[2 * r + 1] = formulas::background_exponent(window, law);
      float* to = out.data + r * out.stride;
      const std::int64_t zeros = zero_fill(zero_before, first, out.cols, to);
      const float* from = counts + first + zeros;
      if (law.valid)
        write_columns(out.cols - zeros,
                      AboveBackground{{law.level, law.slope, true}, from, u + first + zeros},
                      to + zeros);
      else if (from != to + zeros)
        std::copy_n(from, out.cols - zeros, to + zeros);
    }
  }
};

struct Projected {
  const float* counts;
  const double* projection;
  double operator[](std::int64_t i) const { return projection[i] * double(counts[i]); }
};

struct AboveCurves {
  const float* counts;
  const double* curves;  // of the first column
  std::int64_t stride, terms;
  const double* coefficients;
  float operator[](std::int64_t j) const {
    return formulas::above_curves(
        counts[j], terms, [&](std::int64_t k) { return coefficients[k] * curves[k * stride + j]; });
  }
};

struct SubtractCurves {
  ConstMatrixView in;
  core::LinearFit fit;
  std::int64_t first;
  MatrixView out;
  double* coefficients;

  [[gnu::always_inline]] inline void rows(std::int64_t begin, std::int64_t end) const {
    const std::int64_t size = fit.end - fit.begin;
    for (std::int64_t r = begin; r < end; ++r) {
      const float* counts = in.data + r * in.stride;
      double* found = coefficients + r * fit.terms;
      for (std::int64_t k = 0; k < fit.terms; ++k)
        found[k] = lane_sum(size, Projected{counts + fit.begin, fit.projections.data + k * size});
      float* to = out.data + r * out.stride;
      const std::int64_t zeros = zero_fill(fit.zero_before, first, out.cols, to);
      const std::int64_t from = first + zeros;
      write_columns(out.cols - zeros,
                    AboveCurves{counts + from, fit.curves.data + from, in.cols, fit.terms, found},
                    to + zeros);
    }
  }
};

}  // namespace

void subtract_background(core::ThreadPool& pool, ConstMatrixView in,
                         const core::BackgroundWindow& window, std::int64_t first, MatrixView out,
                         core::DeviceSpan<double> parameters) {
  const auto fitted = formulas::background_window(
      window.curve == core::BackgroundCurve::power_law,
      window.method == BackgroundMethod::two_area_closed, window.axis.offset,
      window.axis.dispersion, in.cols, window.begin, window.end);
  std::vector<double> u(static_cast<std::size_t>(in.cols));
  for (std::int64_t c = 0; c < in.cols; ++c) u[static_cast<std::size_t>(c)] = fitted.u(c);
  run_rows(pool, in.rows,
           SubtractBackground{in, fitted, window.method, window.zero_before, u.data(), first, out,
                              parameters.data});
}

void subtract_curves(core::ThreadPool& pool, ConstMatrixView in, const core::LinearFit& fit,
                     std::int64_t first, MatrixView out, core::DeviceSpan<double> coefficients) {
  run_rows(pool, in.rows, SubtractCurves{in, fit, first, out, coefficients.data});
}

}  // namespace whiteline::cpu
