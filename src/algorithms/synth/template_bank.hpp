// Edges on a fine energy grid, broadened and plurally scattered beforehand, so that one spectrum is
// a sum of a few rows.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include <whiteline/error.hpp>
#include "algorithms/synth/edge_table.hpp"

namespace whiteline::synth {

// White-line area of each edge, eV times any unit.
using EdgeWeights = std::array<double, edge_count>;

class WHITELINE_EXPORT TemplateBank {
 public:
  static constexpr double grid_step = 0.05;                               // eV
  static constexpr double least_broadening = 0.3, most_broadening = 1.5;  // FWHM, eV

  // Templates of `edges` for energies in [low, high] eV.
  TemplateBank(std::span<const Edge> edges, double low, double high);

  std::int64_t grid_size() const { return size_; }
  double grid_energy(std::int64_t i) const { return low_ + grid_step * double(i); }

  // sum[i] = sum over edges of weight * the edge at grid_energy(i), broadened by a Gaussian of
  // `broadening` eV FWHM, through a specimen of `thickness` = t / lambda: single, double and triple
  // scattering, exp(-t) (S0 + t S1 + t^2 / 2 S2). Edges that are not in the bank must have weight
  // 0.
  void mix(const EdgeWeights& weights, double broadening, double thickness,
           std::span<float> sum) const;

 private:
  static constexpr int broadenings = 7;  // least_broadening + 0.2 eV * i
  struct Rows {
    std::array<std::vector<float>, broadenings> single;
    std::array<std::vector<float>, 2> plural;
  };

  double low_;
  std::int64_t size_;
  std::array<Rows, edge_count> rows_;
};

}  // namespace whiteline::synth
