#include "svm_decide.cuh"

#include <algorithm>

#include "cuda/cuda_backend.hpp"
#include "cuda/tiles.cuh"

namespace whiteline::cuda {

namespace {

constexpr std::int64_t most_panel_floats = 1 << 23;  // of sums, and of rows: half the L2 cache
constexpr std::int64_t panel_rows = 128;             // panels are multiples of a large tile

std::int64_t padded(std::int64_t count, std::int64_t to) { return (count + to - 1) / to * to; }

class CudaKernelDecisions final : public core::DecisionFunctions {
 public:
  CudaKernelDecisions(CudaQueue& queue, const core::KernelDecisions& model)
      : queue_(queue),
        kernel_(make_kernel_matrix(queue)),
        model_(model),
        support_(model.support.rows.rows),
        pairs_(padded(model.rho.size, kernels::pair_group)),
        blocks_((support_ + kernels::weighed_block - 1) / kernels::weighed_block),
        panel_floats_(std::min(most_panel_floats, std::int64_t(queue.memory_limit() / 64))),
        weights_(queue, support_ * pairs_) {
    launch(queue_,
           {blocks_for(support_ * pairs_, kernels::decision_threads), kernels::decision_threads},
           kernels::pack_coefficients, model.coefficients.data, support_, model.rho.size, pairs_,
           weights_.data());
  }

  void decide(ConstMatrixView x, MatrixView decisions) override {
    if (decisions.rows == 0 || decisions.cols == 0) return;
    const std::int64_t stride = padded(x.cols, 16), sums_a_row = blocks_ * pairs_;
    const std::int64_t at_once = rows_at_once(std::max(sums_a_row, stride), decisions.rows);
    const Scratch<float> sums(queue_, at_once * sums_a_row), rows(queue_, at_once * stride),
        norms(queue_, 2 * at_once);
    for (std::int64_t begin = 0; begin < decisions.rows; begin += at_once) {
      const std::int64_t count = std::min(at_once, decisions.rows - begin);
      const MatrixView centred{rows.data(), count, x.cols, stride};
      const core::DeviceSpan<float> squared_norm{norms.data(), count},
          mean_dot{norms.data() + at_once, count};
      kernel_->prepare(x.some_rows(begin, count), {}, false, model_.mean, centred, squared_norm,
                       mean_dot);
      weigh({centred, squared_norm, mean_dot}, sums.data());
      launch(queue_,
             {blocks_for(count * decisions.cols, kernels::decision_threads),
              kernels::decision_threads},
             kernels::add_weighed, sums.data(), blocks_, pairs_, squared_norm.data, model_.rho.data,
             table(decisions.some_rows(begin, count)));
    }
  }

 private:
  std::int64_t rows_at_once(std::int64_t floats_a_row, std::int64_t rows) const {
    const std::int64_t fit = panel_floats_ / std::max<std::int64_t>(floats_a_row, 1);
    return std::min(std::max(fit / panel_rows * panel_rows, panel_rows), rows);
  }

  void weigh(const core::PreparedRows& x, float* sums) {
    const kernels::WeighJob job{
        model_.function,
        prepared(x),
        prepared(model_.support),
        weights_.data(),
        pairs_,
        sums,
        table(x.rows).has_quads() && table(model_.support.rows).has_quads()};
    if (tile_count<kernels::LargeTile>(job) >= queue_.multiprocessors())
      run<kernels::LargeTile>(job);
    else if (tile_count<kernels::MediumTile>(job) >= queue_.multiprocessors())
      run<kernels::MediumTile>(job);
    else
      run<kernels::SmallTile>(job);
  }

  template <class Tile>
  void run(const kernels::WeighJob& job) {
    launch(queue_,
           {blocks_for(tile_count<Tile>(job), 1), Tile::threads, kernels::ValueTile<Tile>::bytes},
           kernels::weigh_tiles<Tile>, job);
  }

  CudaQueue& queue_;
  std::unique_ptr<core::KernelMatrixOps> kernel_;
  core::KernelDecisions model_;
  std::int64_t support_, pairs_, blocks_;  // pairs padded to pair_group
  std::int64_t panel_floats_;
  Scratch<float> weights_;
};

}  // namespace

std::unique_ptr<core::DecisionFunctions> make_kernel_decisions(CudaQueue& queue,
                                                               const core::KernelDecisions& model) {
  return std::make_unique<CudaKernelDecisions>(queue, model);
}

}  // namespace whiteline::cuda
