#include "neighbors.cuh"

#include <algorithm>
#include <bit>

#include "cuda/cuda_backend.hpp"
#include "cuda/tables.cuh"

namespace whiteline::cuda {

namespace {

constexpr std::int64_t most_products = 1 << 26;  // floats, or half as many keys, at a time
constexpr std::int64_t most_sorted = 16384;      // keys that one block sorts

class CudaNearestPass final : public core::NearestPass {
 public:
  CudaNearestPass(CudaQueue& queue, const core::PreparedRows& left, const core::PreparedRows& right,
                  std::int64_t count)
      : queue_(queue),
        products_(make_kernel_matrix(queue)),
        left_(left),
        right_(right),
        count_(count),
        row_shift_(core::common_row_shift(left.rows, right.rows)),
        near_(queue, left.rows.rows * count),
        bounds_(queue, left.rows.rows) {}

  void advance(std::int64_t begin, std::int64_t end) override {
    const std::int64_t stride = (right_.rows.rows + 15) / 16 * 16;
    const std::int64_t at_once = std::clamp<std::int64_t>(most_products / stride, 1, end - begin);
    const Scratch<float> memory(queue_, at_once * stride);
    for (std::int64_t row = begin; row < end; row += at_once) {
      const std::int64_t rows = std::min(at_once, end - row);
      const MatrixView products{memory.data(), rows, right_.rows.rows, stride};
      const core::PreparedRows some{left_.rows.some_rows(row, rows),
                                    left_.squared_norm.part(row, rows),
                                    left_.mean_dot.part(row, rows)};
      products_->kernel({formulas::KernelFunction::linear, 1.0f, 0.0f, 1, 0.0f}, some, right_,
                        products);
      const kernels::ProductKeys keys{table(ConstMatrixView(products)), left_.squared_norm.data,
                                      right_.squared_norm.data, row, row_shift_};
      launch(queue_, {unsigned(rows), kernels::select_threads}, kernels::select_near_rows, keys,
             count_, near_.data() + row * count_, bounds_.data() + row);
    }
  }

  void finish(core::DeviceSpan<std::int32_t> near, core::DeviceSpan<float> bounds) override {
    queue_.copy(near.data, near_.data(), std::size_t(near.size) * sizeof(std::int32_t));
    queue_.copy(bounds.data, bounds_.data(), std::size_t(bounds.size) * sizeof(float));
  }

 private:
  CudaQueue& queue_;
  std::unique_ptr<core::KernelMatrixOps> products_;
  core::PreparedRows left_, right_;
  std::int64_t count_, row_shift_;
  Scratch<std::int32_t> near_;
  Scratch<float> bounds_;
};

class CudaNeighbors final : public core::NeighborOps {
 public:
  explicit CudaNeighbors(CudaQueue& queue) : queue_(queue) {}

  void centre_rows(ConstMatrixView x, MatrixView out) override {
    launch(queue_, row_lane_grid(x.rows, kernels::centre_threads), kernels::centre_rows, table(x),
           table(out));
  }

  std::unique_ptr<core::NearestPass> nearest(const core::PreparedRows& left,
                                             const core::PreparedRows& right,
                                             std::int64_t count) override {
    return std::make_unique<CudaNearestPass>(queue_, left, right, count);
  }

  void rank(ConstMatrixView left, ConstMatrixView right,
            core::DeviceSpan<const std::int32_t> candidates, std::int64_t count, std::int64_t k,
            core::DeviceSpan<std::uint64_t> out) override {
    const Scratch<std::uint64_t> keys(queue_, left.rows * count);
    run_rank({table(left), table(right), nullptr, candidates.data, left.rows, count,
              core::no_common_rows, keys.data()});
    sort(keys.data(), left.rows, count, k, nullptr, out.data);
  }

  void rank_all(ConstMatrixView left, ConstMatrixView right, std::int64_t row_shift,
                core::DeviceSpan<const std::int32_t> which, std::int64_t k,
                core::DeviceSpan<std::uint64_t> out) override {
    if (which.size == 0) return;
    const std::int64_t at_once =
        std::clamp<std::int64_t>(most_products / 2 / right.rows, 1, which.size);
    const Scratch<std::uint64_t> keys(queue_, at_once * right.rows), best(queue_, at_once * k);
    for (std::int64_t begin = 0; begin < which.size; begin += at_once) {
      const std::int64_t rows = std::min(at_once, which.size - begin);
      const std::int32_t* const some = which.data + begin;
      run_rank(
          {table(left), table(right), some, nullptr, rows, right.rows, row_shift, keys.data()});
      launch(queue_, {unsigned(rows), kernels::select_threads}, kernels::select_keys,
             {keys.data(), right.rows}, k, best.data());
      sort(best.data(), rows, k, k, some, out.data);
    }
  }

 private:
  void run_rank(const kernels::RankJob& job) {
    launch(queue_,
           {blocks_for(job.rows * job.count, kernels::rank_threads / kernels::warp_threads),
            kernels::rank_threads},
           kernels::rank_pairs, job);
  }

  void sort(const std::uint64_t* keys, std::int64_t rows, std::int64_t count, std::int64_t k,
            const std::int32_t* to, std::uint64_t* out) {
    const auto padded = std::int64_t(std::bit_ceil(std::uint64_t(count)));
    if (padded > most_sorted)
      throw Unsupported(
          "cannot sort so many neighbours on the GPU (16384 at most) use --device cpu or fewer");
    launch(
        queue_,
        {blocks_for(rows, 1), kernels::sort_threads, std::size_t(padded) * sizeof(std::uint64_t)},
        kernels::sort_keys, keys, count, padded, k, to, out);
  }

  CudaQueue& queue_;
};

}  // namespace

std::unique_ptr<core::NeighborOps> make_neighbors(CudaQueue& queue) {
  return std::make_unique<CudaNeighbors>(queue);
}

}  // namespace whiteline::cuda
