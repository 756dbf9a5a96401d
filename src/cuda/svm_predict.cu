#include "svm_predict.cuh"

#include <algorithm>

#include "cuda/cuda_backend.hpp"
#include "cuda/tables.cuh"

namespace whiteline::cuda {

namespace {

constexpr std::int64_t panel_floats = 1 << 23;     // of kernel values at a time: half the L2 cache
constexpr std::int64_t panel_rows = 128;           // panels are multiples of a large tile
constexpr std::int64_t coupled_numbers = 1 << 23;  // pairs' probabilities at a time

class CudaSvmPredict final : public core::SvmPredictOps {
 public:
  explicit CudaSvmPredict(CudaQueue& queue) : queue_(queue), kernel_(make_kernel_matrix(queue)) {}

  void decide(formulas::KernelConstants function, const core::PreparedRows& x,
              const core::PreparedRows& support, core::DeviceSpan<const double> coefficients,
              core::DeviceSpan<const double> rho, MatrixView decisions) override {
    if (decisions.rows == 0 || decisions.cols == 0) return;
    const std::int64_t cols = support.rows.rows, stride = (cols + 15) / 16 * 16;
    const std::int64_t at_once = rows_at_once(stride, decisions.rows);
    const Scratch<float> panel(queue_, at_once * stride);
    for (std::int64_t begin = 0; begin < decisions.rows; begin += at_once) {
      const std::int64_t count = std::min(at_once, decisions.rows - begin);
      const core::PreparedRows part{x.rows.some_rows(begin, count),
                                    x.squared_norm.part(begin, count),
                                    x.mean_dot.part(begin, count)};
      const MatrixView values{panel.data(), count, cols, stride};
      kernel_->kernel(function, part, support, values);
      weigh(values, coefficients, rho, decisions.some_rows(begin, count));
    }
  }

  void decide_primal(ConstMatrixView x, ConstMatrixView weights, core::DeviceSpan<const double> rho,
                     bool cosine, MatrixView decisions) override {
    if (rho.size <= 1)
      run_primal<1>(x, weights, rho, cosine, decisions);
    else if (rho.size <= 4)
      run_primal<4>(x, weights, rho, cosine, decisions);
    else
      run_primal<12>(x, weights, rho, cosine, decisions);
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

 private:
  static std::int64_t rows_at_once(std::int64_t stride, std::int64_t rows) {
    const std::int64_t fit = panel_floats / std::max<std::int64_t>(stride, 1);
    return std::min(std::max(fit / panel_rows * panel_rows, panel_rows), rows);
  }

  void weigh(ConstMatrixView values, core::DeviceSpan<const double> coefficients,
             core::DeviceSpan<const double> rho, MatrixView decisions) {
    const dim3 blocks(blocks_for(values.rows, kernels::weighed_rows),
                      blocks_for(decisions.cols, kernels::weighed_pairs));
    launch(queue_, {blocks, {kernels::weighed_rows, kernels::weighed_pairs}}, kernels::weigh_kernel,
           table(values), coefficients.data, rho.data, table(decisions));
  }

  template <int pairs>
  void run_primal(ConstMatrixView x, ConstMatrixView weights, core::DeviceSpan<const double> rho,
                  bool cosine, MatrixView decisions) {
    constexpr int rows = kernels::primal_threads / formulas::sum_lanes * kernels::primal_rows;
    launch(queue_,
           {{blocks_for(x.rows, rows), blocks_for(rho.size, pairs)}, kernels::primal_threads},
           kernels::decide_primal<pairs>, table(x), table(weights), rho.data, cosine,
           table(decisions));
  }

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
  std::unique_ptr<core::KernelMatrixOps> kernel_;
};

}  // namespace

std::unique_ptr<core::SvmPredictOps> make_svm_predict(CudaQueue& queue) {
  return std::make_unique<CudaSvmPredict>(queue);
}

}  // namespace whiteline::cuda
