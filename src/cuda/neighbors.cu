#include "neighbors.cuh"
#include "outside.cuh"

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

#include "cuda/cuda_backend.hpp"
#include "cuda/tables.cuh"

namespace whiteline::cuda {

namespace {

constexpr std::int64_t most_products = 1 << 26;  // floats, or half as many keys, at a time
constexpr std::int64_t most_sorted = 16384;      // keys that one block sorts

class CudaNearestPass final : public core::NearestPass {
 public:
  CudaNearestPass(CudaQueue& queue, const core::NearestJob& job)
      : queue_(queue),
        products_(make_kernel_matrix(queue)),
        left_(job.left),
        right_(job.right),
        row_shift_(core::common_row_shift(left_.rows, right_.rows)),
        k_(job.k),
        others_(job.others()),
        most_(core::most_candidates(job.k, others_)),
        near_(queue, left_.rows.rows * most_),
        counts_(queue, left_.rows.rows) {
    if (job.products == NearProducts::bfloat16)
      throw Unsupported(
          "cannot find neighbours by products of bfloat16 (the GPU's are of float32) leave the "
          "choice to the device");
    std::vector<float> norms(std::size_t(right_.squared_norm.size));
    queue_.download(norms.data(), right_.squared_norm.data, norms.size() * sizeof(float));
    bound_ = formulas::float_bound(
        right_.rows.cols, std::sqrt(double(*std::max_element(norms.begin(), norms.end()))));
  }

  NearProducts products() const override { return NearProducts::float32; }

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
      launch(queue_, {unsigned(rows), kernels::select_threads}, kernels::select_near_rows,
             kernels::NearJob{keys, bound_, k_, most_, others_, near_.data() + row * most_,
                              counts_.data() + row});
    }
  }

  void finish(core::DeviceSpan<std::int32_t> candidates,
              core::DeviceSpan<std::int32_t> counts) override {
    queue_.copy(candidates.data, near_.data(), std::size_t(candidates.size) * sizeof(std::int32_t));
    queue_.copy(counts.data, counts_.data(), std::size_t(counts.size) * sizeof(std::int32_t));
  }

 private:
  CudaQueue& queue_;
  std::unique_ptr<core::KernelMatrixOps> products_;
  core::PreparedRows left_, right_;
  std::int64_t row_shift_, k_, others_, most_;
  formulas::NearBound bound_;
  Scratch<std::int32_t> near_, counts_;
};

class CudaNeighbors final : public core::NeighborOps {
 public:
  explicit CudaNeighbors(CudaQueue& queue) : queue_(queue) {}

  void centre_rows(ConstMatrixView x, MatrixView out) override {
    launch(queue_, row_lane_grid(x.rows, kernels::centre_threads), kernels::centre_rows, table(x),
           table(out));
  }

  std::unique_ptr<core::NearestPass> nearest(const core::NearestJob& job) override {
    return std::make_unique<CudaNearestPass>(queue_, job);
  }

  void rank(ConstMatrixView left, ConstMatrixView right,
            core::DeviceSpan<const std::int32_t> candidates,
            core::DeviceSpan<const std::int32_t> counts, std::int64_t most, std::int64_t k,
            core::DeviceSpan<std::uint64_t> out) override {
    const Scratch<std::uint64_t> keys(queue_, left.rows * most);
    run_rank({table(left), table(right), nullptr, candidates.data, counts.data, left.rows, most,
              core::no_common_rows, keys.data()});
    sort({keys.data(), counts.data, most, k, nullptr, out.data}, left.rows);
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
      run_rank({table(left), table(right), some, nullptr, nullptr, rows, right.rows, row_shift,
                keys.data()});
      launch(queue_, {unsigned(rows), kernels::select_threads}, kernels::select_keys,
             {keys.data(), right.rows}, k, best.data());
      sort({best.data(), nullptr, k, k, some, out.data}, rows);
    }
  }

  void nearest_outside(const core::GroupedRows& left, const core::GroupedRows& right,
                       core::ReachScale scale, core::DeviceSpan<const float> limits,
                       core::DeviceSpan<std::uint64_t> out) override {
    if (left.rows.rows == 0) return;
    const auto side = [](const core::GroupedRows& rows) {
      return kernels::GroupTable{table(rows.rows), rows.core.data, rows.group.data};
    };
    launch(queue_, {unsigned(left.rows.rows), kernels::outside_threads}, kernels::nearest_outside,
           kernels::OutsideJob{side(left), side(right), scale.directions, scale.alpha, limits.data,
                               out.data});
  }

 private:
  void run_rank(const kernels::RankJob& job) {
    launch(queue_,
           {blocks_for(job.rows * job.count, kernels::rank_threads / kernels::warp_threads),
            kernels::rank_threads},
           kernels::rank_pairs, job);
  }

  void sort(const kernels::SortJob& job, std::int64_t rows) {
    const auto padded = std::int64_t(std::bit_ceil(std::uint64_t(job.stride)));
    if (padded > most_sorted)
      throw Unsupported(
          "cannot sort so many neighbours on the GPU (16384 at most) use --device cpu or fewer");
    launch(
        queue_,
        {blocks_for(rows, 1), kernels::sort_threads, std::size_t(padded) * sizeof(std::uint64_t)},
        kernels::sort_keys, job);
  }

  CudaQueue& queue_;
};

}  // namespace

std::unique_ptr<core::NeighborOps> make_neighbors(CudaQueue& queue) {
  return std::make_unique<CudaNeighbors>(queue);
}

}  // namespace whiteline::cuda
