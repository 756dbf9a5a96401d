#include "kernel_matrix.cuh"

#include <algorithm>

#include "cuda/cuda_backend.hpp"
#include "cuda/tiles.cuh"

namespace whiteline::cuda {

namespace {

// The rows as they are: tiles read them in place.
class RowsInPlace final : public core::PackedRows {
 public:
  explicit RowsInPlace(const core::PreparedRows& rows) : rows(rows) {}
  const core::PreparedRows rows;
};

class CudaKernelMatrix final : public core::KernelMatrixOps {
 public:
  explicit CudaKernelMatrix(CudaQueue& queue) : queue_(queue) {}

  void prepare(ConstMatrixView x, core::DeviceSpan<const std::int32_t> order, bool normalise,
               core::DeviceSpan<const float> mean, MatrixView out,
               core::DeviceSpan<float> squared_norm, core::DeviceSpan<float> mean_dot) override {
    const std::int32_t* rows = order.size > 0 ? order.data : nullptr;
    const float* centre = mean.size > 0 ? mean.data : nullptr;
    launch(queue_, row_lane_grid(out.rows, kernels::prepare_threads), kernels::prepare, table(x),
           rows, normalise, centre, table(out), squared_norm.data, mean_dot.data);
  }

  void kernel(formulas::KernelConstants function, const core::PreparedRows& left,
              const core::PreparedRows& right, MatrixView out) override {
    const kernels::KernelJob job = make_job(function, left, right, out);
    if (fills_the_chip(tile_count<kernels::LargeTile>(job)))
      run<kernels::LargeTile>(job);
    else if (fills_the_chip(tile_count<kernels::MediumTile>(job)))
      run<kernels::MediumTile>(job);
    else
      run<kernels::SmallTile>(job);
  }

  void kernel_symmetric(formulas::KernelConstants function, const core::PreparedRows& rows,
                        core::IndexRange part, MatrixView out) override {
    // The rows of the part, from its diagonal on.
    const std::int64_t first = part.begin, columns = out.cols - first;
    const kernels::KernelJob job =
        make_job(function, some(rows, part), some(rows, {first, out.cols}),
                 out.some_rows(first, part.size()).some_cols(first, columns));
    if (fills_the_chip(tile_count<kernels::LargeTile>(job) / 2))
      run_symmetric<kernels::LargeTile>(job);
    else if (fills_the_chip(tile_count<kernels::MediumTile>(job) / 2))
      run_symmetric<kernels::MediumTile>(job);
    else
      run_symmetric<kernels::SmallTile>(job);
  }

  std::unique_ptr<core::PackedRows> pack(const core::PreparedRows& rows) override {
    return std::make_unique<RowsInPlace>(rows);
  }

  void kernel_rows(formulas::KernelConstants function, const core::PackedRows& packed,
                   core::DeviceSpan<const std::int32_t> which, core::IndexRange columns,
                   core::DeviceSpan<float* const> out) override {
    const core::PreparedRows& all = static_cast<const RowsInPlace&>(packed).rows;
    const kernels::Prepared left = prepared(all), right = prepared(some(all, columns));
    const kernels::KernelRowsJob job{function,   left,     right,      columns.begin,
                                     which.data, out.data, which.size, left.rows.has_quads()};
    if (fills_the_chip(tile_count<kernels::MediumTile>(job)))
      run<kernels::MediumTile>(job);
    else
      run<kernels::SmallTile>(job);
  }

  void transform(formulas::KernelConstants function, ConstMatrixView products,
                 core::DeviceSpan<const float> squared_norm, core::DeviceSpan<const float> mean_dot,
                 core::IndexRange part, MatrixView out) override {
    const auto rows = unsigned(std::min(part.size(), most_grid_y));
    launch(
        queue_,
        {{blocks_for(out.cols, 4 * kernels::transform_threads), rows}, kernels::transform_threads},
        kernels::transform_products, function, table(products), squared_norm.data, mean_dot.data,
        part.begin, part.end, table(out), table(products).has_quads() && table(out).has_quads());
  }

 private:
  static core::PreparedRows some(const core::PreparedRows& rows, core::IndexRange range) {
    return {rows.rows.some_rows(range.begin, range.size()),
            rows.squared_norm.part(range.begin, range.size()),
            rows.mean_dot.part(range.begin, range.size())};
  }

  bool fills_the_chip(std::int64_t blocks) const { return blocks >= queue_.multiprocessors(); }

  static kernels::KernelJob make_job(formulas::KernelConstants function,
                                     const core::PreparedRows& left,
                                     const core::PreparedRows& right, MatrixView out) {
    kernels::KernelJob job{function,
                           prepared(left),
                           prepared(right),
                           core::common_row_shift(left.rows, right.rows),
                           table(out),
                           false,
                           false};
    job.reads_quads = job.left.rows.has_quads() && job.right.rows.has_quads();
    job.out_has_quads = job.out.has_quads();
    return job;
  }

  template <class Tile, class Job>
  void run(const Job& job) {
    launch(queue_,
           {blocks_for(tile_count<Tile>(job), 1), Tile::threads,
            Tile::parked_bytes(job.right.rows.cols)},
           kernels::kernel_tiles<Tile, Job>, job);
  }

  template <class Tile>
  void run_symmetric(const kernels::KernelJob& job) {
    const std::int64_t blocks =
        kernels::trapezoid_blocks(tiles(job.out.rows, Tile::size), tiles(job.out.cols, Tile::size));
    static_assert(core::symmetric_step % Tile::size == 0);
    launch(queue_, {blocks_for(blocks, 1), Tile::threads, Tile::parked_bytes(job.left.rows.cols)},
           kernels::symmetric_kernel_tiles<Tile>, job);
  }

  CudaQueue& queue_;
};

}  // namespace

std::unique_ptr<core::KernelMatrixOps> make_kernel_matrix(CudaQueue& queue) {
  return std::make_unique<CudaKernelMatrix>(queue);
}

}  // namespace whiteline::cuda
