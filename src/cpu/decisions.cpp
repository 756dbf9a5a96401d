#include "cpu/decisions.hpp"

#include <algorithm>
#include <atomic>
#include <functional>
#include <vector>

#include "cpu/scratch.hpp"
#include "cpu/vector_kernels.hpp"

namespace whiteline::cpu {

namespace {

constexpr std::int64_t primal_rows = 32;         // a chunk
constexpr std::int64_t left_floats = 96 * 1024;  // of packed spectra: stay in a core's cache
constexpr std::int64_t most_groups = 4;          // tiles down that meet a panel of support vectors

std::size_t at(std::int64_t index) { return static_cast<std::size_t>(index); }

std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

class CpuPrimalDecisions final : public core::DecisionFunctions {
 public:
  CpuPrimalDecisions(core::ThreadPool& pool, const core::PrimalDecisions& model, Isa isa)
      : pool_(pool),
        vectors_(vector_kernels(isa)),
        cosine_(model.cosine),
        rho_(model.rho.data, model.rho.data + model.rho.size) {
    constexpr std::int64_t lanes = formulas::sum_lanes;
    const std::int64_t steps = ceil_div(model.weights.cols, lanes);
    const auto pairs = std::int64_t(rho_.size());
    float* const packed = weights_.at_least(std::max<std::int64_t>(pairs * steps * lanes, 1));
    std::fill_n(packed, pairs * steps * lanes, 0.0f);
    for (std::int64_t p = 0; p < pairs; ++p) {
      const std::int64_t first = p / vectors_.primal_pairs * vectors_.primal_pairs;
      const std::int64_t group = std::min<std::int64_t>(vectors_.primal_pairs, pairs - first);
      const float* const from = model.weights.data + p * model.weights.stride;
      for (std::int64_t c = 0; c < model.weights.cols; ++c)
        packed[(first * steps + c / lanes * group + (p - first)) * lanes + c % lanes] = from[c];
    }
  }

  void decide(ConstMatrixView x, MatrixView decisions) override {
    const auto pairs = std::int64_t(rho_.size());
    const double* const rho = rho_.data();
    const bool cosine = cosine_;
    const auto some_rows = [&](std::int64_t chunk) {
      const std::int64_t first = chunk * primal_rows;
      const std::int64_t count = std::min(primal_rows, x.rows - first);
      float* const out = decisions.data + first * decisions.stride;
      float squared_norms[primal_rows];
      vectors_.primal_dots(x.data + first * x.stride, x.stride, count, x.cols, weights_.data(),
                           pairs, out, decisions.stride, squared_norms);
      for (std::int64_t i = 0; i < count; ++i) {
        const float squared_norm = squared_norms[i];
        for (std::int64_t p = 0; p < pairs; ++p) {
          float& value = out[i * decisions.stride + p];
          value = formulas::primal_decision(value, squared_norm, cosine, rho[p]);
        }
      }
    };
    pool_.run(ceil_div(x.rows, primal_rows), std::cref(some_rows));
  }

 private:
  core::ThreadPool& pool_;
  const VectorKernels& vectors_;
  bool cosine_;
  std::vector<double> rho_;
  Scratch weights_;
};

// Support vectors as panels of tile_columns, [panel][channel][column], and their coefficients as
// [support vector][pair]. A worker takes some rows of x at a time through all panels.
class CpuKernelDecisions final : public core::DecisionFunctions {
 public:
  CpuKernelDecisions(core::ThreadPool& pool, const core::KernelDecisions& model, Isa isa)
      : pool_(pool),
        vectors_(vector_kernels(isa)),
        function_(model.function),
        support_(model.support.rows.rows),
        channels_(model.support.rows.cols),
        mean_(model.mean.data, model.mean.data + model.mean.size),
        rho_(model.rho.data, model.rho.data + model.rho.size),
        squared_norm_(model.support.squared_norm.data,
                      model.support.squared_norm.data + model.support.squared_norm.size),
        mean_dot_(model.support.mean_dot.data,
                  model.support.mean_dot.data + model.support.mean_dot.size),
        stride_(ceil_div(model.rho.size, VectorKernels::pair_group) * VectorKernels::pair_group),
        coefficients_(at(support_ * stride_)),
        workers_(at(pool.threads())) {
    const std::int64_t width = vectors_.tile_columns, height = vectors_.tile_rows;
    groups_ = std::clamp<std::int64_t>(left_floats / std::max<std::int64_t>(height * channels_, 1),
                                       1, most_groups);
    panels_ = ceil_div(support_, width);
    float* const packed =
        support_panels_.at_least(panels_ * width * channels_ + VectorKernels::pack_slack);
    const ConstMatrixView rows = model.support.rows;
    for (std::int64_t panel = 0; panel < panels_; ++panel)
      vectors_.pack({rows.data + panel * width * rows.stride, rows.stride, 1},
                    int(std::min(width, support_ - panel * width)), int(width), channels_,
                    packed + panel * width * channels_);
    for (std::int64_t j = 0; j < support_; ++j)
      for (std::int64_t p = 0; p < model.rho.size; ++p)
        coefficients_[at(j * stride_ + p)] = float(model.coefficients.data[p * support_ + j]);
  }

  void decide(ConstMatrixView x, MatrixView decisions) override {
    const std::int64_t rows = groups_ * vectors_.tile_rows, blocks = ceil_div(x.rows, rows);
    std::atomic<std::int64_t> next{0};
    const auto work = [&](std::int64_t worker) {
      for (std::int64_t block; (block = next.fetch_add(1)) < blocks;) {
        const std::int64_t first = block * rows, count = std::min(rows, x.rows - first);
        decide_block(workers_[at(worker)], x.some_rows(first, count),
                     decisions.some_rows(first, count));
      }
    };
    pool_.run(std::min<std::int64_t>(pool_.threads(), blocks), std::cref(work));
  }

 private:
  // One thread's room: a block of rows, centred, then packed; its norms; sums of its decisions.
  struct Worker {
    Scratch centred, packed, sums;
    std::vector<float> squared_norm, mean_dot;
    std::vector<double> totals;
  };

  void prepare(Worker& worker, ConstMatrixView x) {
    const std::int64_t height = vectors_.tile_rows, rows = groups_ * height;
    const std::int64_t stride = ceil_div(channels_, 16) * 16;
    worker.squared_norm.resize(at(rows));
    worker.mean_dot.resize(at(rows));
    worker.totals.assign(at(rows * stride_), 0.0);
    float* const centred = worker.centred.at_least(height * stride + 1);
    float* const packed = worker.packed.at_least(groups_ * group_floats());
    for (std::int64_t first = 0; first < x.rows; first += height) {
      const std::int64_t count = std::min(height, x.rows - first);
      for (std::int64_t i = 0; i < count; ++i) {
        const PreparedNorms norms =
            vectors_.prepare_row(x.data + (first + i) * x.stride, channels_, false, 1.0,
                                 mean_.empty() ? nullptr : mean_.data(), centred + i * stride);
        worker.squared_norm[at(first + i)] = float(norms.squared_norm);
        worker.mean_dot[at(first + i)] = float(norms.mean_dot);
      }
      vectors_.pack({centred, stride, 1}, int(count), int(count), channels_,
                    packed + first / height * group_floats());
    }
  }

  void decide_block(Worker& worker, ConstMatrixView x, MatrixView decisions) {
    prepare(worker, x);
    const std::int64_t height = vectors_.tile_rows;
    worker.sums.at_least(groups_ * height * stride_);
    for (std::int64_t panel = 0; panel < panels_; ++panel)
      for (std::int64_t first = 0; first < x.rows; first += height)
        weigh(worker, panel, first, int(std::min(height, x.rows - first)));
    const auto pairs = std::int64_t(rho_.size());
    for (std::int64_t i = 0; i < x.rows; ++i) {
      const bool finite = formulas::is_finite(worker.squared_norm[at(i)]);
      for (std::int64_t p = 0; p < pairs; ++p)
        decisions.data[i * decisions.stride + p] =
            finite ? float(worker.totals[at(i * stride_ + p)] - rho_[at(p)])
                   : formulas::not_a_number();
    }
  }

  // Adds what one panel of support vectors says of the rows [first, first + rows).
  void weigh(Worker& worker, std::int64_t panel, std::int64_t first, int rows) {
    const std::int64_t width = vectors_.tile_columns, column = panel * width;
    alignas(64) float hot[16 * 64];
    const Tile tile{0, 0, rows, int(std::min(width, support_ - column)), hot};
    vectors_.accumulate(rows, worker.packed.data() + first / vectors_.tile_rows * group_floats(),
                        support_panels_.data() + column * channels_, channels_, false, hot);
    vectors_.kernel_tile(tile, function_,
                         {&worker.squared_norm[at(first)], &worker.mean_dot[at(first)],
                          &squared_norm_[at(column)], &mean_dot_[at(column)], no_row},
                         hot, width);
    float* const sums = worker.sums.data() + first * stride_;
    const std::int64_t end = column + tile.columns;
    vectors_.weigh_tile(tile, &coefficients_[at(column * stride_)], stride_,
                        column % formulas::weighed_block != 0, sums);
    if (end % formulas::weighed_block == 0 || end == support_)
      vectors_.add_row(sums, rows * stride_, &worker.totals[at(first * stride_)]);
  }

  std::int64_t group_floats() const {
    return ceil_div(vectors_.tile_rows * channels_ + VectorKernels::pack_slack, 16) * 16;
  }

  static constexpr std::int64_t no_row = std::int64_t(1) << 40;  // x and support share no rows

  core::ThreadPool& pool_;
  const VectorKernels& vectors_;
  formulas::KernelConstants function_;
  std::int64_t support_, channels_;
  std::vector<float> mean_;
  std::vector<double> rho_;
  std::vector<float> squared_norm_, mean_dot_;
  std::int64_t stride_;  // pairs, padded
  std::vector<float> coefficients_;
  std::vector<Worker> workers_;
  Scratch support_panels_;
  std::int64_t groups_ = 1, panels_ = 0;
};

}  // namespace

std::unique_ptr<core::DecisionFunctions> make_kernel_decisions(core::ThreadPool& pool,
                                                               const core::KernelDecisions& model,
                                                               Isa isa) {
  return std::make_unique<CpuKernelDecisions>(pool, model, isa);
}

std::unique_ptr<core::DecisionFunctions> make_primal_decisions(core::ThreadPool& pool,
                                                               const core::PrimalDecisions& model,
                                                               Isa isa) {
  return std::make_unique<CpuPrimalDecisions>(pool, model, isa);
}

}  // namespace whiteline::cpu
