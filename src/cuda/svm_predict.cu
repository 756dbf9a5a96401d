#include "svm_predict.cuh"

#include <algorithm>

#include "cuda/cuda_backend.hpp"
#include "cuda/tables.cuh"

namespace whiteline::cuda {

namespace {

constexpr std::int64_t coupled_numbers = 1 << 23;  // pairs' probabilities at a time

class CudaPrimalDecisions final : public core::DecisionFunctions {
 public:
  CudaPrimalDecisions(CudaQueue& queue, const core::PrimalDecisions& model)
      : queue_(queue), model_(model) {}

  void decide(ConstMatrixView x, MatrixView decisions) override {
    if (model_.rho.size <= 1)
      run<1>(x, decisions);
    else if (model_.rho.size <= 4)
      run<4>(x, decisions);
    else
      run<12>(x, decisions);
  }

 private:
  template <int pairs>
  void run(ConstMatrixView x, MatrixView decisions) {
    constexpr int rows = kernels::primal_threads / formulas::sum_lanes * kernels::primal_rows;
    launch(
        queue_,
        {{blocks_for(x.rows, rows), blocks_for(model_.rho.size, pairs)}, kernels::primal_threads},
        kernels::decide_primal<pairs>, table(x), table(model_.weights), model_.rho.data,
        model_.cosine, table(decisions));
  }

  CudaQueue& queue_;
  core::PrimalDecisions model_;
};

class CudaSvmPredict final : public core::SvmPredictOps {
 public:
  explicit CudaSvmPredict(CudaQueue& queue) : queue_(queue) {}

  std::unique_ptr<core::DecisionFunctions> kernel_decisions(
      const core::KernelDecisions& model) override {
    return make_kernel_decisions(queue_, model);
  }
  std::unique_ptr<core::DecisionFunctions> primal_decisions(
      const core::PrimalDecisions& model) override {
    return std::make_unique<CudaPrimalDecisions>(queue_, model);
  }

  void vote_and_couple(ConstMatrixView decisions, std::int32_t classes,
                       const core::Calibration& calibration, core::DeviceSpan<std::int32_t> labels,
                       MatrixView probabilities) override {
    launch(queue_, {blocks_for(decisions.rows, kernels::vote_threads), kernels::vote_threads},
           kernels::vote, table(decisions), classes, labels.data);
    if (calibration.empty() || decisions.rows == 0) return;
    const std::int64_t at_once =
        std::clamp<std::int64_t>(coupled_numbers / decisions.cols, 1, decisions.rows);
    const Scratch<double> first(queue_, at_once * decisions.cols);
    for (std::int64_t begin = 0; begin < decisions.rows; begin += at_once) {
      const std::int64_t count = std::min(at_once, decisions.rows - begin);
      couple(decisions.some_rows(begin, count), classes, calibration.curves(), labels.data + begin,
             probabilities.some_rows(begin, count), first.data());
    }
  }

  void one_vs_rest(ConstMatrixView decisions, MatrixView values) override {
    launch(queue_,
           {blocks_for(values.rows * values.cols, kernels::vote_threads), kernels::vote_threads},
           kernels::one_vs_rest, table(decisions), table(values));
  }

 private:
  void couple(ConstMatrixView decisions, std::int32_t classes, const formulas::PairCurves& curves,
              const std::int32_t* labels, MatrixView probabilities, double* first) {
    launch(
        queue_,
        {blocks_for(decisions.rows * decisions.cols, kernels::vote_threads), kernels::vote_threads},
        kernels::pair_probabilities, table(decisions), curves, first);
    // A thread's arrays lie in local memory, of which the driver keeps some for every thread.
    launch(queue_, {blocks_for(decisions.rows, kernels::vote_threads), kernels::vote_threads},
           classes <= 8 ? kernels::couple_pairs<8> : kernels::couple_pairs<formulas::max_classes>,
           first, classes, labels, table(probabilities));
  }

  CudaQueue& queue_;
};

}  // namespace

std::unique_ptr<core::SvmPredictOps> make_svm_predict(CudaQueue& queue) {
  return std::make_unique<CudaSvmPredict>(queue);
}

}  // namespace whiteline::cuda
