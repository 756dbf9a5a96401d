// Isotonic calibration of one binary problem: B. Zadrozny and C. Elkan, KDD 2002, p. 694.
#pragma once

#include <whiteline/svm.hpp>

#include <vector>

#include "algorithms/svm/platt.hpp"

namespace whiteline::svm {

// The rising function of the decision that is nearest to the outcomes (1: the first class) in
// weighted squares, by pooling adjacent violators; rows of equal decisions are pooled first.
// Constant over each pool, linear between pools. At least one row has positive weight.
WHITELINE_EXPORT IsotonicCurve fit_isotonic(std::vector<CalibrationRow> rows);

}  // namespace whiteline::svm
