#include "core/ops/layout.hpp"

#include <algorithm>
#include <cassert>
#include <memory>
#include <vector>

#include "cpu/active_edges.hpp"
#include "cpu/cpu_backend.hpp"
#include "cpu/layout.hpp"

namespace whiteline::cpu {

namespace {

class CpuLayout final : public core::Layout {
 public:
  // `fixed` null: the graph's own rows.
  CpuLayout(core::ThreadPool& pool, const core::LayoutGraph& graph, const core::FixedRows* fixed,
            const core::LayoutParams& params, Isa isa)
      : pool_(pool),
        kernels_(vector_kernels(isa)),
        fixed_(fixed ? fixed->positions : ConstMatrixView()),
        is_fixed_(fixed != nullptr),
        params_(params),
        edges_(pool, kernels_, graph, fixed ? fixed->keys.data : nullptr, params) {}

  void advance(std::int32_t begin, std::int32_t end, MatrixView positions) override {
    assert(positions.cols <= formulas::most_layout_dims);
    pack(positions, from_);
    if (is_fixed_) pack(fixed_, others_);
    for (std::int32_t epoch = begin; epoch < end; ++epoch) {
      to_ = from_;  // rows without active edges stay
      move(epoch, int(positions.cols));
      std::swap(from_, to_);
    }
    for (std::int64_t row = 0; row < positions.rows; ++row)
      std::copy_n(from_.begin() + row * positions.cols, positions.cols,
                  positions.data + row * positions.stride);
  }

 private:
  void move(std::int32_t epoch, int dims) {
    const float alpha = formulas::learning_rate(params_.learning_rate, epoch, params_.epochs);
    const std::vector<float>& others = is_fixed_ ? others_ : from_;
    const LayoutEpoch now{params_.variant,
                          formulas::layout_forces(params_.curve),
                          is_fixed_ ? alpha : 2.0f * alpha,
                          alpha,
                          params_.seed,
                          std::uint32_t(epoch),
                          params_.draws,
                          dims,
                          others.data(),
                          std::uint32_t(std::ssize(others) / dims),
                          is_fixed_,
                          from_.data(),
                          to_.data()};
    const ActiveRows rows = edges_.in_epoch(epoch);
    core::parallel_for(
        pool_, rows.count, kernels_.layout_rows, [&](std::int64_t begin, std::int64_t end) {
          const LayoutRows& first = rows.first;
          kernels_.move_rows(now, {int(end - begin), first.row + begin, first.key + begin,
                                   first.first + begin, first.active + begin, first.neighbors});
        });
  }

  static void pack(ConstMatrixView from, std::vector<float>& to) {
    to.resize(std::size_t(from.rows * from.cols));
    for (std::int64_t row = 0; row < from.rows; ++row)
      std::copy_n(from.data + row * from.stride, from.cols, to.begin() + row * from.cols);
  }

  core::ThreadPool& pool_;
  const VectorKernels& kernels_;
  ConstMatrixView fixed_;
  bool is_fixed_;
  core::LayoutParams params_;
  ActiveEdges edges_;
  std::vector<float> from_, to_, others_;  // positions without gaps
};

class CpuLayoutOps final : public core::LayoutOps {
 public:
  CpuLayoutOps(core::ThreadPool& pool, Isa isa) : pool_(pool), isa_(isa) {}

  std::unique_ptr<core::Layout> layout(const core::LayoutGraph& graph,
                                       const core::LayoutParams& params) override {
    return std::make_unique<CpuLayout>(pool_, graph, nullptr, params, isa_);
  }
  std::unique_ptr<core::Layout> layout_among(const core::LayoutGraph& graph,
                                             const core::FixedRows& fixed,
                                             const core::LayoutParams& params) override {
    return std::make_unique<CpuLayout>(pool_, graph, &fixed, params, isa_);
  }

 private:
  core::ThreadPool& pool_;
  Isa isa_;
};

}  // namespace

std::unique_ptr<core::LayoutOps> make_layout(core::ThreadPool& pool) {
  return make_layout(pool, isa());
}

std::unique_ptr<core::LayoutOps> make_layout(core::ThreadPool& pool, Isa isa) {
  return std::make_unique<CpuLayoutOps>(pool, isa);
}

}  // namespace whiteline::cpu
