#include "svm_predict.cuh"

#include <algorithm>

#include "cuda/cuda_backend.hpp"
#include "cuda/tables.cuh"

namespace whiteline::cuda {

namespace {

constexpr std::int64_t panel_floats = 1 << 23;     // of kernel values at a time: half the L2 cache
constexpr std::int64_t panel_rows = 128;           // panels are multiples of a large tile
constexpr std::int64_t coupled_numbers = 1 << 23;  // pairs' probabilities at a time

class CudaKernelDecisions final : public core::DecisionFunctions {
 public:
  CudaKernelDecisions(CudaQueue& queue, const core::KernelDecisions& model)
      : queue_(queue), kernel_(make_kernel_matrix(queue)), model_(model) {}

  void decide(ConstMatrixView x, MatrixView decisions) override {
    if (decisions.rows == 0 || decisions.cols == 0) return;
    const std::int64_t cols = model_.support.rows.rows, stride = padded(cols);
    const std::int64_t at_once = rows_at_once(std::max(stride, padded(x.cols)), decisions.rows);
    const Scratch<float> panel(queue_, at_once * stride), rows(queue_, at_once * padded(x.cols)),
        norms(queue_, 2 * at_once);
    for (std::int64_t begin = 0; begin < decisions.rows; begin += at_once) {
      const std::int64_t count = std::min(at_once, decisions.rows - begin);
      const MatrixView centred{rows.data(), count, x.cols, padded(x.cols)};
      const core::DeviceSpan<float> squared_norm{norms.data(), count},
          mean_dot{norms.data() + at_once, count};
      kernel_->prepare(x.some_rows(begin, count), {}, false, model_.mean, centred, squared_norm,
                       mean_dot);
      const MatrixView values{panel.data(), count, cols, stride};
      kernel_->kernel(model_.function, {centred, squared_norm, mean_dot}, model_.support, values);
      weigh(values, squared_norm.data, decisions.some_rows(begin, count));
    }
  }

 private:
  static std::int64_t padded(std::int64_t cols) { return (cols + 15) / 16 * 16; }
  static std::int64_t rows_at_once(std::int64_t stride, std::int64_t rows) {
    const std::int64_t fit = panel_floats / std::max<std::int64_t>(stride, 1);
    return std::min(std::max(fit / panel_rows * panel_rows, panel_rows), rows);
  }

  void weigh(ConstMatrixView values, const float* squared_norm, MatrixView decisions) {
    const dim3 blocks(blocks_for(values.rows, kernels::weighed_rows),
                      blocks_for(decisions.cols, kernels::weighed_pairs));
    launch(queue_, {blocks, {kernels::weighed_rows, kernels::weighed_pairs}}, kernels::weigh_kernel,
           table(values), squared_norm, model_.coefficients.data, model_.rho.data,
           table(decisions));
  }

  CudaQueue& queue_;
  std::unique_ptr<core::KernelMatrixOps> kernel_;
  core::KernelDecisions model_;
};

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
    return std::make_unique<CudaKernelDecisions>(queue_, model);
  }
  std::unique_ptr<core::DecisionFunctions> primal_decisions(
      const core::PrimalDecisions& model) override {
    return std::make_unique<CudaPrimalDecisions>(queue_, model);
  }

  void vote_and_couple(ConstMatrixView decisions, std::int32_t classes,
                       core::DeviceSpan<const double> sigmoids,
                       core::DeviceSpan<std::int32_t> labels, MatrixView probabilities) override {
    launch(queue_, {blocks_for(decisions.rows, kernels::vote_threads), kernels::vote_threads},
           kernels::vote, table(decisions), classes, labels.data);
    if (sigmoids.size == 0 || decisions.rows == 0) return;
    const std::int64_t at_once =
        std::clamp<std::int64_t>(coupled_numbers / decisions.cols, 1, decisions.rows);
    const Scratch<double> first(queue_, at_once * decisions.cols);
    for (std::int64_t begin = 0; begin < decisions.rows; begin += at_once) {
      const std::int64_t count = std::min(at_once, decisions.rows - begin);
      couple(decisions.some_rows(begin, count), classes, sigmoids, labels.data + begin,
             probabilities.some_rows(begin, count), first.data());
    }
  }

  void one_vs_rest(ConstMatrixView decisions, MatrixView values) override {
    launch(queue_,
           {blocks_for(values.rows * values.cols, kernels::vote_threads), kernels::vote_threads},
           kernels::one_vs_rest, table(decisions), table(values));
  }

 private:
  void couple(ConstMatrixView decisions, std::int32_t classes,
              core::DeviceSpan<const double> sigmoids, const std::int32_t* labels,
              MatrixView probabilities, double* first) {
    launch(
        queue_,
        {blocks_for(decisions.rows * decisions.cols, kernels::vote_threads), kernels::vote_threads},
        kernels::pair_probabilities, table(decisions), sigmoids.data, first);
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
