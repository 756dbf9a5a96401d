// Decision functions of a model: how its numbers are turned into what a device evaluates.
#pragma once

#include <whiteline/svm.hpp>

#include <vector>

namespace whiteline::svm {

// Linear and cosine kernels need no support vectors at prediction: f_p(x) = w_p.x - rho_p, with
// w_p.x / |x| for cosine. With a precomputed kernel x is a row of the matrix, and w_p holds the
// coefficients at the columns of the support vectors.
bool has_primal_form(const Kernel& kernel);

// After training on centred rows: makes rho that of the textbook decision function. Only kernels
// that are blind to the mean (linear, cosine) change.
void undo_centring(SvmModel& model);

struct PrimalForm {
  std::vector<float> weights;  // pairs x columns of the rows to be decided
  std::vector<double> rho;     // undoes what rounding the weights does to the mean spectrum
};
PrimalForm primal_form(const SvmModel& model);
// Of a precomputed kernel.
PrimalForm precomputed_form(const SvmModel& model, SvmPredictParams::Columns columns);

}  // namespace whiteline::svm
