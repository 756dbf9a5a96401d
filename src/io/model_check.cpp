#include <algorithm>
#include <cmath>
#include <set>

#include "io/model.hpp"

namespace whiteline::io {

namespace {

template <class T>
bool all_finite(const std::vector<T>& numbers) {
  for (const T number : numbers)
    if (!std::isfinite(number)) return false;
  return true;
}

}  // namespace

void check_model(const SvmModel& model) {
  const std::size_t classes = model.classes.size(), pairs = std::size_t(model.pairs());
  require(classes >= 2, "cannot keep the model (it has fewer than two classes) train it first");
  require(model.class_names.size() == classes,
          "cannot keep the model (classes and class names differ in number) name each class");
  require(std::set(model.classes.begin(), model.classes.end()).size() == classes &&
              std::is_sorted(model.classes.begin(), model.classes.end()),
          "cannot keep the model (its classes are not ascending) sort them");
  require(model.channels > 0 && model.support_vectors.size() % std::size_t(model.channels) == 0,
          "cannot keep the model (support vectors and channels do not agree) train it again");
  const bool given = model.kernel.type == KernelType::precomputed;
  require(given ? model.support_vectors.empty() && model.mean.empty() : model.support_rows.empty(),
          "cannot keep the model (its support vectors are of another kind than its kernel's) train "
          "it again");
  require(std::all_of(model.support_rows.begin(), model.support_rows.end(),
                      [&](std::int64_t row) { return row >= 0 && row < model.channels; }),
          "cannot keep the model (a support vector is no row of the training matrix) train it "
          "again");
  const std::size_t support_vectors = std::size_t(model.support_vector_count());
  require((model.mean.empty() || model.mean.size() == std::size_t(model.channels)) &&
              model.rho.size() == pairs && model.coefficients.size() == pairs * support_vectors &&
              (model.platt.empty() || model.platt.size() == pairs) &&
              (model.isotonic.empty() || (model.isotonic.size() == pairs && model.platt.empty())),
          "cannot keep the model (sizes of its arrays do not agree) train it again");
  require(model.kernel.gamma_rule == GammaRule::value && model.kernel.degree >= 1,
          "cannot keep the model (its kernel is not resolved to numbers) train it again");
  bool finite = all_finite(model.mean) && all_finite(model.support_vectors) &&
                all_finite(model.coefficients) && all_finite(model.rho) &&
                std::isfinite(model.kernel.gamma) && std::isfinite(model.kernel.coef0);
  for (const PlattSigmoid& sigmoid : model.platt)
    finite = finite && std::isfinite(sigmoid.A) && std::isfinite(sigmoid.B);
  require(std::all_of(model.isotonic.begin(), model.isotonic.end(),
                      [](const IsotonicCurve& curve) { return curve.valid(); }),
          "cannot keep the model (an isotonic curve does not rise) calibrate it again");
  require(finite, "cannot keep the model (it holds NaN or infinity) train it again");
}

}  // namespace whiteline::io
