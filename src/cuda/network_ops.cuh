// Layers of networks on the GPU: core::NetworkOps, one file for each kind of layer (network_*.cu).
#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "core/ops/network.hpp"
#include "cuda/tables.cuh"
#include "network_columns.cuh"
#include "network_follow.cuh"

namespace whiteline::cuda {

using core::Activation;

// Device memory for the numbers between the kernels of a verb. It grows, and what it was stays
// until the queue ends, as work that was recorded may use it again.
template <class T>
class Workspace {
 public:
  explicit Workspace(CudaQueue& queue) : queue_(queue) {}
  // What was written is lost where it grows.
  T* at_least(std::int64_t size) {
    if (size > size_) {
      const std::int64_t next = std::max(size, 2 * size_);
      blocks_.push_back(std::make_unique<Scratch<T>>(queue_, next));
      size_ = next;
    }
    return blocks_.empty() ? nullptr : blocks_.back()->data();
  }

 private:
  CudaQueue& queue_;
  std::vector<std::unique_ptr<Scratch<T>>> blocks_;
  std::int64_t size_ = 0;
};

class CudaNetwork final : public core::NetworkOps {
 public:
  explicit CudaNetwork(CudaQueue& queue);

  void gather_batch(ConstMatrixView data, core::DeviceSpan<const std::int32_t> labels,
                    core::DeviceSpan<const std::int32_t> order, MatrixView out,
                    core::DeviceSpan<std::int32_t> out_labels) override;
  void dense_forward(ConstMatrixView x, ConstMatrixView weights, ConstMatrixView bias,
                     Activation activation, MatrixView y) override;
  void dense_backward(ConstMatrixView x, ConstMatrixView dz, const core::Parameter& weights,
                      const core::Descent& descent, MatrixView dx, core::Into into) override;
  void conv1d_forward(core::ConstFeatureMap x, const core::Convolution& shape,
                      ConstMatrixView weights, ConstMatrixView bias, Activation activation,
                      core::FeatureMap y) override;
  void conv1d_backward(core::ConstFeatureMap x, const core::Convolution& shape,
                       core::ConstFeatureMap dz, const core::Parameter& weights,
                       const core::Descent& descent, core::FeatureMap dx, core::Into into) override;
  void conv1d_transpose_forward(core::ConstFeatureMap x, const core::Convolution& shape,
                                ConstMatrixView weights, ConstMatrixView bias,
                                Activation activation, core::FeatureMap y) override;
  void conv1d_transpose_backward(core::ConstFeatureMap x, const core::Convolution& shape,
                                 core::ConstFeatureMap dz, const core::Parameter& weights,
                                 const core::Descent& descent, core::FeatureMap dx,
                                 core::Into into) override;
  void activation_backward(ConstMatrixView y, Activation activation, ConstMatrixView dy,
                           const core::Parameter& bias, const core::Descent& descent,
                           MatrixView dz) override;
  void norm_forward(ConstMatrixView x, const core::Norm& norm, core::Pass pass, MatrixView moving,
                    core::DeviceSpan<const core::TrainingState> state, MatrixView y) override;
  void norm_backward(ConstMatrixView x, ConstMatrixView y, const core::Norm& norm,
                     const core::NormParameters& parameters, const core::Descent& descent,
                     ConstMatrixView dy, MatrixView dz) override;
  void pool_forward(core::ConstFeatureMap x, const core::PoolWindow& window,
                    core::FeatureMap y) override;
  void pool_backward(core::ConstFeatureMap x, const core::PoolWindow& window,
                     core::ConstFeatureMap dy, core::FeatureMap dx, core::Into into) override;
  void add(ConstMatrixView a, ConstMatrixView b, Activation activation, MatrixView y) override;
  void perturb_forward(core::ConstFeatureMap x, const core::Perturb& perturb,
                       core::FeatureMap y) override;
  void perturb_backward(core::ConstFeatureMap dy, const core::Perturb& perturb,
                        core::FeatureMap dx) override;
  void minibatch_forward(ConstMatrixView m, const core::MinibatchKernels& shape,
                         MatrixView o) override;
  void minibatch_backward(ConstMatrixView m, const core::MinibatchKernels& shape,
                          ConstMatrixView output_gradient, MatrixView dm) override;
  void pointwise_forward(ConstMatrixView x, const core::PointwiseBranch& branch, core::Pass pass,
                         MatrixView moving, core::DeviceSpan<const core::TrainingState> state,
                         MatrixView y) override;
  void pointwise_backward(ConstMatrixView x, const core::PointwiseBranch& branch,
                          const core::PointwiseParameters& parameters, const core::Descent& descent,
                          ConstMatrixView dy) override;
  void loss_gradient(core::Loss loss, ConstMatrixView z, const core::Targets& targets,
                     core::DeviceSpan<core::TrainingState> state, MatrixView dz) override;
  void adversarial_loss(ConstMatrixView z, const core::AdversarialTargets& targets,
                        core::DeviceSpan<core::TrainingState> state, MatrixView dz) override;
  void class_probabilities(core::Loss loss, ConstMatrixView z, MatrixView out) override;
  void end_step(core::DeviceSpan<core::TrainingState> state) override;

 private:
  // Blocks that cover so many columns, `rows` rows of blocks.
  static Grid column_grid(std::int64_t cols, std::int64_t rows);

  template <class Body>
  void each_cell(const Body& body, std::int64_t rows, std::int64_t cols);
  template <class Pass>
  void pass_columns(const Pass& pass, std::int64_t rows, std::int64_t cols);

  template <class Left, class Right>
  void follow_products(const Left& left, const Right& right, const core::Parameter& parameter,
                       std::int64_t depth, const core::Descent& descent);

  void follow_windows(core::ConstFeatureMap x, const core::Convolution& shape,
                      core::ConstFeatureMap dz, const core::Parameter& weights,
                      const core::Descent& descent);

  template <class Change>
  void change(const Change& change, core::ConstFeatureMap x, const core::Perturb& perturb,
              core::FeatureMap y);
  void scale(core::ConstFeatureMap x, const core::Perturb& perturb, core::FeatureMap y);

  CudaQueue& queue_;
  Workspace<double> sums_, statistics_, chunks_;
  Workspace<float> parts_, columns_;
};

// A thread a column, or a row.
inline Grid thread_grid(std::int64_t count) {
  return {blocks_for(count, kernels::cell_threads), kernels::cell_threads};
}

kernels::ParameterTables tables(const core::Parameter& parameter);
kernels::Descent device_descent(const core::Descent& descent);

template <class Body>
void CudaNetwork::each_cell(const Body& body, std::int64_t rows, std::int64_t cols) {
  Grid grid = column_grid(cols, rows);
  grid.blocks.y = unsigned(std::min<std::int64_t>(blocks_for(rows, grid.threads.y), most_grid_y));
  launch(queue_, grid, kernels::each_cell<Body>, body, rows, cols);
}

template <class Pass>
void CudaNetwork::pass_columns(const Pass& pass, std::int64_t rows, std::int64_t cols) {
  constexpr std::int64_t few_rows = 512, least_chunk = 256, most_chunks = 1024;
  const std::int64_t chunk_rows =
      rows <= few_rows ? few_rows : std::max(least_chunk, (rows + most_chunks - 1) / most_chunks);
  const std::int64_t count = std::max<std::int64_t>((rows + chunk_rows - 1) / chunk_rows, 1);
  double* const chunks = count > 1 ? chunks_.at_least(count * Pass::quantities * cols) : nullptr;
  launch(queue_, column_grid(cols, count), kernels::pass_columns<Pass>, pass, rows, cols,
         chunk_rows, chunks);
  if (count > 1)
    launch(queue_, thread_grid(cols), kernels::finish_columns<Pass>, pass, chunks, count, cols);
}

}  // namespace whiteline::cuda
