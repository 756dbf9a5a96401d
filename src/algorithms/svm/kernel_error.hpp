// How far float32 kernel values move decisions.
#pragma once

#include "algorithms/svm/data.hpp"
#include "algorithms/svm/solve.hpp"

namespace whiteline::svm {

// Largest difference, over 64 evenly spaced training rows and the pairs of their classes, between
// the decision the solver knows and that of `model` with kernels by definition in float64.
double kernel_error(const TrainingSet& set, const SvmModel& model, const Solutions& solutions,
                    const std::vector<double>& centred_rho);

}  // namespace whiteline::svm
