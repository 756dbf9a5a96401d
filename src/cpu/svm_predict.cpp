#include <algorithm>
#include <cmath>

#include "cpu/cpu_backend.hpp"
#include "cpu/decisions.hpp"
#include "formulas/calibration.hpp"
#include "formulas/decision.hpp"

namespace whiteline::cpu {

namespace {

constexpr std::int64_t row_grain = 32;  // rows a chunk

// The class with most votes of one row of decisions; -1 where one is not finite.
std::int32_t voted_class(const float* decisions, std::int32_t classes) {
  std::int32_t votes[formulas::max_classes] = {};
  float spoilt = 0.0f;  // NaN where a decision is not finite
  for (std::int32_t a = 0; a < classes; ++a)
    for (std::int32_t b = a + 1; b < classes; ++b, ++decisions) {
      const std::int32_t first = *decisions > 0.0f;
      spoilt += *decisions - *decisions;
      votes[a] += first;
      votes[b] += 1 - first;
    }
  if (spoilt != 0.0f) return -1;
  std::int32_t most = 0;  // votes, then the lowest class, as one number
  for (std::int32_t c = 0; c < classes; ++c)
    most = std::max(most, votes[c] * formulas::max_classes + (formulas::max_classes - 1 - c));
  return formulas::max_classes - 1 - most % formulas::max_classes;
}

void row_probabilities(const float* decisions, std::int32_t classes,
                       const formulas::PairCurves& curves, float* probabilities) {
  double pairwise[formulas::max_classes * (formulas::max_classes - 1) / 2];
  for (std::int64_t p = 0; p < std::int64_t(classes) * (classes - 1) / 2; ++p)
    pairwise[p] = formulas::clipped_probability(
        formulas::pair_probability(curves, std::int64_t(p), double(decisions[p])));
  const auto first = [&](std::int32_t a, std::int32_t b) {
    return pairwise[formulas::pair_index(a, b, classes)];
  };
  double p[formulas::max_classes], work[2 * formulas::max_classes];
  formulas::couple(classes, first, p, work);
  std::transform(p, p + classes, probabilities, [](double v) { return static_cast<float>(v); });
}

class CpuSvmPredict final : public core::SvmPredictOps {
 public:
  explicit CpuSvmPredict(core::ThreadPool& pool) : pool_(pool) {}

  std::unique_ptr<core::DecisionFunctions> kernel_decisions(
      const core::KernelDecisions& model) override {
    return make_kernel_decisions(pool_, model);
  }
  std::unique_ptr<core::DecisionFunctions> primal_decisions(
      const core::PrimalDecisions& model) override {
    return make_primal_decisions(pool_, model);
  }

  void vote_and_couple(ConstMatrixView decisions, std::int32_t classes,
                       const core::Calibration& calibration, core::DeviceSpan<std::int32_t> labels,
                       MatrixView probabilities) override {
    core::parallel_for(pool_, decisions.rows, row_grain,
                       [&](std::int64_t first, std::int64_t last) {
                         for (std::int64_t i = first; i < last; ++i) {
                           const float* row = decisions.data + i * decisions.stride;
                           labels.data[i] = voted_class(row, classes);
                           if (calibration.empty()) continue;
                           float* out = probabilities.data + i * probabilities.stride;
                           if (labels.data[i] < 0)
                             std::fill_n(out, classes, formulas::not_a_number());
                           else
                             row_probabilities(row, classes, calibration.curves(), out);
                         }
                       });
  }

  void one_vs_rest(ConstMatrixView decisions, MatrixView values) override {
    const auto classes = static_cast<std::int32_t>(values.cols);
    core::parallel_for(pool_, values.rows, row_grain, [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t i = first; i < last; ++i) {
        const float* row = decisions.data + i * decisions.stride;
        for (std::int32_t c = 0; c < classes; ++c)
          values.data[i * values.stride + c] =
              formulas::one_vs_rest(c, classes, [&](std::int64_t p) { return row[p]; });
      }
    });
  }

 private:
  core::ThreadPool& pool_;
};

}  // namespace

std::unique_ptr<core::SvmPredictOps> make_svm_predict(core::ThreadPool& pool) {
  return std::make_unique<CpuSvmPredict>(pool);
}

}  // namespace whiteline::cpu
