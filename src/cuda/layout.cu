#include "layout.cuh"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "cuda/cuda_backend.hpp"
#include "cuda/tables.cuh"

namespace whiteline::cuda {

namespace {

using formulas::LayoutVariant;
using kernels::layout_threads;
using kernels::LayoutMoves;

constexpr int rows_a_block = layout_threads / kernels::warp_threads;  // a warp a row

class CudaLayout final : public core::Layout {
 public:
  // `fixed` null: the graph's own rows.
  CudaLayout(CudaQueue& queue, const core::LayoutGraph& graph, const core::FixedRows* fixed,
             const core::LayoutParams& params)
      : queue_(queue),
        edges_{graph.offsets.data, graph.neighbors.data, graph.activity.data,
               fixed ? fixed->keys.data : nullptr, params.seed},
        rows_(graph.rows()),
        fixed_(fixed ? fixed->positions : ConstMatrixView()),
        params_(params),
        phase_(queue, graph.neighbors.size),
        counts_(queue, rows_),
        order_(queue, rows_),
        active_(queue, graph.neighbors.size) {
    if (rows_ == 0) return;
    const Scratch<std::uint64_t> total(queue, rows_);
    launch(queue, {blocks_for(rows_, rows_a_block), layout_threads}, kernels::layout_phases, edges_,
           rows_, phase_.data(), total.data());
    std::vector<std::uint64_t> activity(std::size_t(rows_), 0);
    queue.download(activity.data(), total.data(), activity.size() * sizeof(std::uint64_t));
    std::vector<std::uint32_t> order(activity.size());
    std::iota(order.begin(), order.end(), 0u);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return activity[a] > activity[b]; });
    while (!order.empty() && activity[order.back()] == 0) order.pop_back();
    moving_ = std::int64_t(order.size());
    queue.upload(order_.data(), order.data(), order.size() * sizeof(std::uint32_t));
  }

  void advance(std::int32_t begin, std::int32_t end, MatrixView positions) override {
    if (rows_ == 0) return;
    const std::int64_t dims = positions.cols;
    const Scratch<float> first(queue_, rows_ * dims), second(queue_, rows_ * dims),
        others(queue_, fixed_.rows * dims);
    const MatrixView now{first.data(), rows_, dims, dims},
        fixed{others.data(), fixed_.rows, dims, dims};
    copy(positions, now);
    copy(positions, {second.data(), rows_, dims, dims});  // rows without edges stay
    copy(fixed_, fixed);
    float *from = first.data(), *to = second.data();
    for (std::int32_t epoch = begin; epoch < end; ++epoch) {
      move(epoch, int(dims), edges_.keys ? others.data() : from, from, to);
      std::swap(from, to);
    }
    copy(MatrixView{from, rows_, dims, dims}, positions);
  }

 private:
  void copy(ConstMatrixView from, MatrixView to) {
    launch(queue_, {blocks_for(from.rows * from.cols, layout_threads), layout_threads},
           kernels::copy_positions, table(from), table(to));
  }

  void move(std::int32_t epoch, int dims, const float* others, const float* from, float* to) {
    launch(queue_, {blocks_for(rows_, rows_a_block), layout_threads}, kernels::list_active_edges,
           edges_, phase_.data(), rows_, std::uint32_t(epoch), active_.data(), counts_.data());
    const float alpha = formulas::learning_rate(params_.learning_rate, epoch, params_.epochs);
    const LayoutMoves moves{edges_,
                            active_.data(),
                            counts_.data(),
                            order_.data(),
                            moving_,
                            formulas::layout_forces(params_.curve),
                            edges_.keys ? alpha : 2.0f * alpha,
                            alpha,
                            std::uint32_t(epoch),
                            params_.draws,
                            dims,
                            others,
                            from,
                            std::uint32_t(edges_.keys ? fixed_.rows : rows_),
                            to};
    constexpr int most = formulas::most_layout_dims;
    if (params_.variant == LayoutVariant::implicit)
      launch(queue_, {blocks_for(moving_, rows_a_block), layout_threads},
             dims == 2 ? kernels::move_implicitly<2> : kernels::move_implicitly<most>, moves);
    else
      launch(queue_, {blocks_for(moving_, layout_threads), layout_threads},
             dims == 2 ? kernels::move_in_serial_order<2> : kernels::move_in_serial_order<most>,
             moves);
  }

  CudaQueue& queue_;
  kernels::LayoutEdges edges_;
  std::int64_t rows_, moving_ = 0;
  ConstMatrixView fixed_;
  core::LayoutParams params_;
  Scratch<std::uint32_t> phase_, counts_, order_;
  Scratch<std::int32_t> active_;
};

class CudaLayoutOps final : public core::LayoutOps {
 public:
  explicit CudaLayoutOps(CudaQueue& queue) : queue_(queue) {}

  std::unique_ptr<core::Layout> layout(const core::LayoutGraph& graph,
                                       const core::LayoutParams& params) override {
    return std::make_unique<CudaLayout>(queue_, graph, nullptr, params);
  }
  std::unique_ptr<core::Layout> layout_among(const core::LayoutGraph& graph,
                                             const core::FixedRows& fixed,
                                             const core::LayoutParams& params) override {
    return std::make_unique<CudaLayout>(queue_, graph, &fixed, params);
  }

 private:
  CudaQueue& queue_;
};

}  // namespace

std::unique_ptr<core::LayoutOps> make_layout(CudaQueue& queue) {
  return std::make_unique<CudaLayoutOps>(queue);
}

}  // namespace whiteline::cuda
