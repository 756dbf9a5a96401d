// Layers of networks on the CPU: core::NetworkOps, one file for each kind of layer
// (network_*.cpp).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "core/ops/network.hpp"
#include "core/parallel.hpp"
#include "cpu/gemm.hpp"
#include "cpu/network_kernels.hpp"
#include "cpu/scratch.hpp"
#include "formulas/normalise.hpp"

namespace whiteline::cpu {

// Rows of a table cut into chunks by the number of rows alone.
struct RowChunks {
  std::int64_t rows, size;

  explicit RowChunks(std::int64_t rows) : rows(rows), size(rows <= 256 ? 8 : 256) {}
  std::int64_t count() const { return (rows + size - 1) / size; }
  template <class View>
  View of(const View& view, std::int64_t chunk) const {
    const std::int64_t first = chunk * size;
    return view.some_rows(first, first + size < rows ? size : rows - first);
  }
};

// Sums over the rows of `quantities` numbers for each column: one set a chunk, then added up.
class ColumnSums {
 public:
  ColumnSums(ScratchOf<double>& memory, std::int64_t chunks, std::int64_t quantities,
             std::int64_t columns);

  double* of(std::int64_t chunk, std::int64_t quantity) const {
    return sums_ + (chunk * quantities_ + quantity) * columns_;
  }
  // From then on of(0, quantity) is the sum of all chunks.
  void add_up();

 private:
  double* sums_;
  std::int64_t chunks_, quantities_, columns_;
};

// A map of features with `before` rows of zeros in front of each sample and enough behind it,
// features without gaps.
struct PaddedMap {
  const float* data;
  std::int64_t positions;  // of a sample, the zeros among them
};

class CpuNetwork final : public core::NetworkOps {
 public:
  CpuNetwork(core::ThreadPool& pool, Isa isa)
      : pool_(pool),
        isa_(isa),
        vectors_(vector_kernels(isa)),
        kernels_(network_kernels(isa)),
        multiplier_(pool, isa) {}

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
  // body(task) for all tasks; `work` counts numbers touched.
  void each(double work, std::int64_t tasks, const std::function<void(std::int64_t)>& body);
  // body(chunk) for all chunks of the rows of x.
  void each_chunk(ConstMatrixView x, const RowChunks& chunks,
                  const std::function<void(std::int64_t)>& body);

  // One row of a parameter follows these sums.
  void follow(const double* gradient, const core::Parameter& to, const core::Descent& descent);

  PaddedMap padded(core::ConstFeatureMap x, std::int64_t before, std::int64_t positions,
                   Scratch& memory);
  const float* packed(std::int64_t depth, std::int64_t columns,
                      const std::function<const float*(std::int64_t)>& row, std::int64_t step,
                      float* to) const;
  std::int64_t packed_size(std::int64_t depth, std::int64_t columns) const;
  void convolve(core::ConstFeatureMap x, const core::Convolution& shape, ConstMatrixView weights,
                const float* bias, core::Into into, Activation activation, core::FeatureMap y);
  void convolve_transposed(core::ConstFeatureMap x, const core::Convolution& shape,
                           ConstMatrixView weights, const float* bias, core::Into into,
                           core::FeatureMap y);
  void conv1d_weight_gradient(core::ConstFeatureMap x, const core::Convolution& shape,
                              core::ConstFeatureMap dz, const core::Parameter& weights,
                              const core::Descent& descent);

  void batch_statistics(ConstMatrixView x, core::DeviceSpan<double> saved, MatrixView moving,
                        core::DeviceSpan<const core::TrainingState> state);
  void layer_forward(ConstMatrixView x, const core::Norm& norm, core::Pass pass, MatrixView y);

  template <class Number, class Draw, class Change>
  void change_rows(core::ConstFeatureMap x, const core::Perturb& perturb, core::FeatureMap y,
                   const Draw& draw, const Change& change);
  void scale(core::ConstFeatureMap x, const core::Perturb& perturb, core::FeatureMap y);
  void add_shot_noise(ConstMatrixView x, const core::Perturb& perturb, MatrixView y);
  void add_noise(core::ConstFeatureMap x, const core::Perturb& perturb, core::FeatureMap y);
  void translate(core::ConstFeatureMap x, const core::Perturb& perturb, core::FeatureMap y);
  void translate_back(core::ConstFeatureMap dy, const core::Perturb& perturb, core::FeatureMap dx);

  core::ThreadPool& pool_;
  const Isa isa_;
  const VectorKernels& vectors_;
  const NetworkKernels& kernels_;
  Multiplier multiplier_;
  ScratchOf<double> sums_, bias_sums_;
  Scratch columns_, left_, right_, packed_;
};

// What a rule needs of the step that follows; none where it is frozen or the model has diverged.
std::optional<DescentStep> next_step(const core::Descent& descent);

// What is drawn for all rows; word 2 of Philox's counter; attempts of a minibatch.
formulas::PhiloxWords words_for_all(const core::Perturb& perturb, std::uint32_t layer);
inline std::uint32_t stream_word(const core::Perturb& perturb, std::uint32_t attempt) {
  return perturb.layer << 16 | std::uint32_t(perturb.purpose) << 8 | attempt;
}
inline std::uint32_t first_attempt(const core::Perturb& perturb, std::int64_t minibatch) {
  return perturb.attempt + 128u * std::uint32_t(minibatch);
}

// Rows [row, row + rows) and columns [column, column + columns) of all views that are there.
core::Parameter some_of(const core::Parameter& parameter, std::int64_t row, std::int64_t rows,
                        std::int64_t column, std::int64_t columns);

// The running mean and variance, 2 x features, after a batch of this one.
inline void move_statistics(MatrixView moving, std::int64_t feature,
                            const formulas::Moments& batch) {
  float& mean = moving.data[feature];
  float& variance = moving.data[moving.stride + feature];
  mean = formulas::moved_statistic(mean, batch.mean);
  variance = formulas::moved_statistic(variance, batch.variance);
}

}  // namespace whiteline::cpu
