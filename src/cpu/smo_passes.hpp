// The two passes over a binary problem's rows that every SMO step makes, for one segment of rows
// (one class). All versions compute the same numbers and choose by (value, row), so the choice of
// instructions cannot change a bit.
#pragma once

#include <cstdint>
#include <limits>

#include "cpu/isa.hpp"

namespace whiteline::cpu {

// `blocks` blocks of formulas::smo_block rows; bit r of up[b], low[b] is row smo_block b + r.
struct SmoSegment {
  double* gradient;
  const float* diagonal;  // K_tt
  const std::uint16_t* up;
  const std::uint16_t* low;
  std::int64_t blocks;
  std::int64_t first_row;  // of the segment, in the problem
};

struct Violation {
  double least_up = std::numeric_limits<double>::infinity();   // min over up of F
  std::int64_t row = -1;                                       // where; -1: up is empty
  double most_low = -std::numeric_limits<double>::infinity();  // max over low of F

  double gap() const { return most_low - least_up; }
};

struct Partner {
  float gain = -1.0f;
  std::int64_t row = -1;  // -1: none
};

struct SmoPasses {
  // gradient = stepped_gradient(gradient, q, k_u, k_j), unless k_u is null; then merges the
  // segment's extremes into `violation`. Segments are given in ascending order of rows.
  void (*update)(const SmoSegment& segment, const float* k_u, const float* k_j, double q,
                 Violation& violation);
  // Merges the segment's best partner of u into `partner`.
  void (*choose)(const SmoSegment& segment, const float* k_u, float k_uu, double f_u,
                 Partner& partner);
};

WHITELINE_EXPORT const SmoPasses& smo_passes(Isa isa);

}  // namespace whiteline::cpu
