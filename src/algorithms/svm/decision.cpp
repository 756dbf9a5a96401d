#include "algorithms/svm/decision.hpp"

#include <cstddef>

#include "algorithms/svm/data.hpp"
#include "formulas/kernel_function.hpp"

namespace whiteline::svm {

namespace {

// w_p = sum over j of coefficients[p, j] s_j, s_j divided by its norm for cosine; pairs x channels,
// in float64.
std::vector<double> weights_of(const SvmModel& model) {
  const auto channels = at(model.channels), support = at(model.support_vector_count());
  std::vector<double> weights(at(model.pairs()) * channels, 0.0);
  for (std::size_t j = 0; j < support; ++j) {
    const std::span<const float> s(&model.support_vectors[j * channels], channels);
    const double scale =
        model.kernel.type == KernelType::cosine ? formulas::inverse_norm(squared_norm(s)) : 1.0;
    for (std::size_t p = 0; p < at(model.pairs()); ++p) {
      const double coefficient = model.coefficients[p * support + j] * scale;
      if (coefficient == 0.0) continue;
      double* w = &weights[p * channels];
      for (std::size_t c = 0; c < channels; ++c) w[c] += coefficient * double(s[c]);
    }
  }
  return weights;
}

}  // namespace

bool has_primal_form(const Kernel& kernel) {
  return kernel.type == KernelType::linear || kernel.type == KernelType::cosine ||
         kernel.type == KernelType::precomputed;
}

void undo_centring(SvmModel& model) {
  if (model.mean.empty() || !has_primal_form(model.kernel)) return;
  // sum of coefficients = 0: sum c_j (s_j - m).(x - m) = w.x - w.m.
  const std::vector<double> weights = weights_of(model);
  for (std::size_t p = 0; p < model.rho.size(); ++p)
    for (std::size_t c = 0; c < model.mean.size(); ++c)
      model.rho[p] += weights[p * model.mean.size() + c] * double(model.mean[c]);
}

PrimalForm primal_form(const SvmModel& model) {
  const std::vector<double> exact = weights_of(model);
  PrimalForm form{{exact.begin(), exact.end()}, model.rho};
  const auto channels = at(model.channels);
  for (std::size_t p = 0; p < model.rho.size(); ++p)
    for (std::size_t c = 0; c < model.mean.size(); ++c) {
      const std::size_t i = p * channels + c;
      form.rho[p] += (double(form.weights[i]) - exact[i]) * double(model.mean[c]);
    }
  return form;
}

PrimalForm precomputed_form(const SvmModel& model, SvmPredictParams::Columns columns) {
  PrimalForm form{{}, model.rho};
  if (columns == SvmPredictParams::Columns::support) {
    form.weights.assign(model.coefficients.begin(), model.coefficients.end());
    return form;
  }
  const std::size_t support = model.support_rows.size();
  form.weights.assign(model.rho.size() * at(model.channels), 0.0f);
  for (std::size_t p = 0; p < model.rho.size(); ++p)
    for (std::size_t j = 0; j < support; ++j)
      form.weights[p * at(model.channels) + at(model.support_rows[j])] =
          float(model.coefficients[p * support + j]);
  return form;
}

}  // namespace whiteline::svm
