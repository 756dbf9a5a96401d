#include "algorithms/svm/checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "formulas/calibration.hpp"

namespace whiteline::svm {

void throw_too_large(std::int64_t row) {
  throw InvalidArgument(fmt::format(
      "cannot use the spectra (the numbers of row {} are too large for float32) scale them", row));
}

void check_model(const SvmModel& model) {
  const auto refuse = [](std::string_view why) {
    throw InvalidArgument(
        fmt::format("cannot use the model ({}) train it again or read it afresh", why));
  };
  const auto classes = std::int64_t(model.classes.size());
  if (classes < 2 || classes > formulas::max_classes)
    refuse(fmt::format("it has {} classes", classes));
  if (!std::is_sorted(model.classes.begin(), model.classes.end(), std::less_equal<>()))
    refuse("its classes are not ascending");
  if (model.class_names.size() != model.classes.size()) refuse("it does not have one name a class");
  if (model.channels < 1) refuse("it has no channels");
  const auto channels = std::size_t(model.channels);
  if (model.support_vectors.size() % channels != 0) refuse("a support vector is cut short");
  const bool given = model.kernel.type == KernelType::precomputed;
  if (given ? !model.support_vectors.empty() || !model.mean.empty() : !model.support_rows.empty())
    refuse("it has support vectors of another kind than its kernel's");
  if (given && model.channels > std::numeric_limits<std::int32_t>::max())
    refuse("its training matrix has too many rows");
  if (!std::all_of(model.support_rows.begin(), model.support_rows.end(),
                   [&](std::int64_t row) { return row >= 0 && row < model.channels; }))
    refuse("a support vector is no row of the training matrix");
  const auto pairs = std::size_t(model.pairs());
  if (model.coefficients.size() != pairs * std::size_t(model.support_vector_count()))
    refuse("it does not have one coefficient a pair and support vector");
  if (model.rho.size() != pairs) refuse("it does not have one rho a pair");
  if (!model.mean.empty() && model.mean.size() != channels)
    refuse("its mean does not have one number a channel");
  if (!model.platt.empty() && model.platt.size() != pairs)
    refuse("it does not have one sigmoid a pair");
  if (!model.isotonic.empty() && (model.isotonic.size() != pairs || !model.platt.empty()))
    refuse("it does not have one calibration a pair");
  if (!std::all_of(model.isotonic.begin(), model.isotonic.end(),
                   [](const IsotonicCurve& curve) { return curve.valid(); }))
    refuse("an isotonic curve does not rise");
}

}  // namespace whiteline::svm
