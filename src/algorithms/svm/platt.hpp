// Platt's sigmoid: J. Platt, "Probabilistic outputs for support vector machines", 1999, by the
// Newton method of H.-T. Lin, C.-J. Lin, R. C. Weng, Machine Learning 68 (2007) 267.
#pragma once

#include <whiteline/svm.hpp>

#include <vector>

namespace whiteline::svm {

// A row that the solution did not see.
struct CalibrationRow {
  double decision;
  double weight;  // >= 0
  bool first;     // of the pair's first class
};

// Minimises -sum w (t ln P + (1 - t) ln(1 - P)) in float64, t = (N+ + 1) / (N+ + 2) for the first
// class and 1 / (N- + 2) for the second, N the sums of weights. Rows are summed as given.
WHITELINE_EXPORT PlattSigmoid fit_platt(const std::vector<CalibrationRow>& rows);

}  // namespace whiteline::svm
