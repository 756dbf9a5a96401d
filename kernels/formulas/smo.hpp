// One SMO step: second-order working set selection of R.-E. Fan, P.-H. Chen, C.-J. Lin, JMLR 6
// (2005) 1889 (WSS 2), on the signed gradient F_i = sum_j alpha_j y_j K_ij - y_i.
#pragma once

#include <cmath>
#include <cstdint>

#include "host_device.hpp"

namespace whiteline::formulas {

// Rows of a class are padded to a multiple of this many in the kernel matrix; a padding row has
// upper = 0, so that it is never chosen. Begins, row counts and offsets are multiples of it.
constexpr std::int64_t smo_block = 16;

// Rows [first_begin, first_begin + first_rows) of the kernel matrix have y = +1, rows
// [second_begin, second_begin + second_rows) have y = -1. Row t of the problem is the t-th of
// these.
struct BinaryProblem {
  std::int64_t first_begin, first_rows, second_begin, second_rows;
  std::int64_t offset;     // of its numbers in alpha, gradient and upper
  std::int64_t table = 0;  // of its kernel rows' addresses among core::KernelRows::rows

  WL_HD std::int64_t rows() const { return first_rows + second_rows; }
  WL_HD double sign(std::int64_t t) const { return t < first_rows ? 1.0 : -1.0; }
  WL_HD std::int64_t kernel_row(std::int64_t t) const {
    return t < first_rows ? first_begin + t : second_begin + (t - first_rows);
  }
  // The t of a row of the kernel matrix; -1: not of this problem.
  WL_HD std::int64_t row_of(std::int64_t kernel_row) const {
    const std::int64_t first = kernel_row - first_begin, second = kernel_row - second_begin;
    if (first >= 0 && first < first_rows) return first;
    return second >= 0 && second < second_rows ? first_rows + second : -1;
  }
};

enum class SmoStatus : std::int32_t {
  running,
  rebuild,  // waits for a rebuild
  converged,
  iteration_limit,
  stalled,    // no step possible although the gradient was fresh
  wants_row,  // waits for row `wanted_row` of the kernel matrix
};

struct SmoState {
  std::int64_t iterations;  // steps taken so far
  double gap;               // max over low of F - min over up of F, when last looked at; while
                            // running, of the rows that are there. -infinity: one is empty
  std::int32_t stalls;      // times no step was possible
  SmoStatus status;
  std::int64_t wanted_row;  // of the kernel matrix where status is wants_row, else any
  double settled_gap;       // of the rows that are there: below it all rows are looked at
};

WL_HD inline SmoState fresh_state() { return {0, 0.0, 0, SmoStatus::running, -1, 0.0}; }

// SmoState::settled_gap after a look at all rows, whose gap is `gap`. A smaller share takes more
// steps and asks for fewer rows.
WL_HD inline double next_settled_gap(double gap) { return 0.5 * gap; }

// After `stalls` was raised: the first time the gradient is rebuilt, the second time is the end.
WL_HD inline SmoStatus status_after_stall(std::int32_t stalls) {
  return stalls < 2 ? SmoStatus::rebuild : SmoStatus::stalled;
}

struct SmoLimits {
  double tolerance;
  std::int64_t steps;           // of this call
  std::int64_t max_iterations;  // in all
};

// F_t after the step (u, j) of length q. Converted before subtracting; no fused multiply-add.
WL_HD inline double stepped_gradient(double gradient, double q, float k_ut, float k_jt) {
  return gradient + q * (double(k_ut) - double(k_jt));
}

constexpr float curvature_floor = 1e-12f;

// May alpha_i rise along +y_i (up) or fall (low) within [0, C_i]?
WL_HD inline bool in_up(double sign, double alpha, double upper) {
  return sign > 0 ? alpha < upper : alpha > 0;
}
WL_HD inline bool in_low(double sign, double alpha, double upper) {
  return sign > 0 ? alpha > 0 : alpha < upper;
}

// Gain of pairing u with t, `difference` = float(F_t - F_u) > 0.
WL_HD inline float pair_gain(float difference, float k_uu, float k_tt, float k_ut) {
  const float curvature = (k_uu + k_tt) - 2.0f * k_ut;
  const float eta = curvature > curvature_floor ? curvature : curvature_floor;
  return difference * difference / eta;
}

struct SmoStep {
  double length;            // q: alpha_u += y_u q, alpha_j -= y_j q
  double alpha_u, alpha_j;  // after the step, within [0, upper]; exactly 0 or upper where the room
                            // was used up
  bool moved;               // at least one alpha changed; if not, no step is possible
};

// `difference` = F_j - F_u in float64.
WL_HD inline SmoStep smo_step(double difference, float k_uu, float k_jj, float k_uj, double sign_u,
                              double sign_j, double alpha_u, double alpha_j, double upper_u,
                              double upper_j) {
  const double curvature = (double(k_uu) + double(k_jj)) - 2.0 * double(k_uj);
  const double eta = curvature > curvature_floor ? curvature : double(curvature_floor);
  const double room_u = sign_u > 0 ? upper_u - alpha_u : alpha_u;
  const double room_j = sign_j > 0 ? alpha_j : upper_j - alpha_j;
  double q = difference / eta;
  q = q < room_u ? q : room_u;
  q = q < room_j ? q : room_j;
  double next_u = q == room_u ? (sign_u > 0 ? upper_u : 0.0) : alpha_u + sign_u * q;
  double next_j = q == room_j ? (sign_j > 0 ? 0.0 : upper_j) : alpha_j - sign_j * q;
  next_u = next_u < 0.0 ? 0.0 : next_u > upper_u ? upper_u : next_u;
  next_j = next_j < 0.0 ? 0.0 : next_j > upper_j ? upper_j : next_j;
  return {q, next_u, next_j, next_u != alpha_u || next_j != alpha_j};
}

// Warm start at growth >= 1 times the C_i: the factor s of alpha and of what alpha adds to F that
// makes the dual objective least, alpha_sum = sum of alpha_i, quadratic_sum = sum of
// alpha_i (y_i F_i + 1).
WL_HD inline double growth_scale(double alpha_sum, double quadratic_sum, double growth) {
  if (!(quadratic_sum > 0.0)) return growth;
  const double scale = alpha_sum / quadratic_sum;
  return scale < 1.0 ? 1.0 : scale > growth ? growth : scale;
}
// `upper` before it grew. A bounded row stays bounded where everything grows alike.
WL_HD inline double grown_alpha(double alpha, double upper, double growth, double scale) {
  const double limit = growth * upper;
  if (scale == growth && alpha == upper) return limit;
  const double grown = scale * alpha;
  return grown < limit ? grown : limit;
}
WL_HD inline double grown_gradient(double gradient, double sign, double scale) {
  return scale * (gradient + sign) - sign;
}

// What follows from the solution of one binary problem.
struct BinarySummary {
  double rho;        // mean gradient of the free rows; without one: the middle between the
                     // least of up and the largest of low
  double objective;  // of the dual: sum of alpha_i (y_i F_i - 1) / 2
  std::int32_t free, bounded;  // support vectors
};

// One lane (formulas/sum.hpp) of the sums over a problem's rows; lanes are added as lane_total
// does.
struct SummaryLane {
  double free_gradient = 0.0, twice_objective = 0.0;
  double least_up = INFINITY, most_low = -INFINITY;
  std::int32_t free = 0, bounded = 0;

  WL_HD void add(double sign, double upper, double alpha, double gradient) {
    const bool inside = upper > 0.0 && alpha > 0.0 && alpha < upper;
    const bool bound = upper > 0.0 && alpha >= upper;
    free += inside;
    bounded += bound;
    free_gradient += inside ? gradient : 0.0;
    twice_objective += upper > 0.0 ? alpha * (sign * gradient - 1.0) : 0.0;
    if (in_up(sign, alpha, upper) && gradient < least_up) least_up = gradient;
    if (in_low(sign, alpha, upper) && gradient > most_low) most_low = gradient;
  }
  WL_HD void add(const SummaryLane& other) {
    free_gradient += other.free_gradient;
    twice_objective += other.twice_objective;
    least_up = other.least_up < least_up ? other.least_up : least_up;
    most_low = other.most_low > most_low ? other.most_low : most_low;
    free += other.free;
    bounded += other.bounded;
  }
  WL_HD BinarySummary summary() const {
    return {free > 0 ? free_gradient / double(free) : (least_up + most_low) / 2.0,
            twice_objective / 2.0, free, bounded};
  }
};

// The rows a solution did not train on: [begin, end) of a list of kernel rows, whose decisions go
// to [out, out + end - begin).
struct HeldOutRows {
  std::int64_t begin, end, out;
};

}  // namespace whiteline::formulas
