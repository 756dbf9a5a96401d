// The two passes over a binary problem's rows that every SMO step makes, one class of rows after
// the other. All versions compute the same numbers and choose by (value, row), so the choice of
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

// Of both; ties go to the lower row.
inline void merge(Violation& all, const Violation& one) {
  if (one.least_up < all.least_up || (one.least_up == all.least_up && one.row < all.row)) {
    all.least_up = one.least_up;
    all.row = one.row;
  }
  if (one.most_low > all.most_low) all.most_low = one.most_low;
}

struct Partner {
  float gain = -1.0f;
  std::int64_t row = -1;  // -1: none
};

inline void merge(Partner& all, const Partner& one) {
  if (one.gain > all.gain || (one.gain == all.gain && one.row < all.row)) all = one;
}

constexpr int smo_sides = 2;  // classes of a problem, in ascending order of rows

// A row of the kernel matrix: where the columns of each side begin.
struct SideColumns {
  const float* of[smo_sides];
};

struct SmoPasses {
  // gradient = stepped_gradient(gradient, q, k_u, k_j), unless k_u is null; returns the extremes.
  Violation (*update)(const SmoSegment (&sides)[smo_sides], const SideColumns& k_u,
                      const SideColumns& k_j, double q);
  // The best partner of u.
  Partner (*choose)(const SmoSegment (&sides)[smo_sides], const SideColumns& k_u, float k_uu,
                    double f_u);
};

WHITELINE_EXPORT const SmoPasses& smo_passes(Isa isa);

}  // namespace whiteline::cpu
