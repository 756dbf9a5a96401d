#include "core/ops/kernel_matrix.hpp"

#include <algorithm>
#include <cassert>

#include "cpu/cpu_backend.hpp"
#include "cpu/gemm.hpp"
#include "cpu/panels.hpp"

namespace whiteline::cpu {

namespace {

constexpr std::int64_t rows_a_chunk = 32;  // prepared by one thread at a time

class CpuKernelMatrix final : public core::KernelMatrixOps {
 public:
  explicit CpuKernelMatrix(core::ThreadPool& pool)
      : multiplier_(pool), row_multiplier_(pool, multiplier_.kernels()) {}

  void prepare(ConstMatrixView x, core::DeviceSpan<const std::int32_t> order, bool normalise,
               core::DeviceSpan<const float> mean, MatrixView out,
               core::DeviceSpan<float> squared_norm, core::DeviceSpan<float> mean_dot) override {
    assert(out.cols == x.cols && (mean.size == 0 || mean.size == x.cols));
    assert(out.rows == (order.size > 0 ? order.size : x.rows));
    assert(squared_norm.size == out.rows && mean_dot.size == out.rows);
    const VectorKernels& kernels = multiplier_.kernels();
    const float* const centre = mean.size > 0 ? mean.data : nullptr;
    const auto prepare_rows = [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t row = begin; row < end; ++row) {
        const std::int64_t from = order.size > 0 ? order.data[row] : row;
        float* const to = out.data + row * out.stride;
        PreparedNorms norms{};
        if (from < 0) {
          std::fill(to, to + out.cols, 0.0f);
        } else {
          const float* const values = x.data + from * x.stride;
          const double inverse =
              normalise ? formulas::inverse_norm(kernels.row_sum(RowSum::squares, values, x.cols))
                        : 1.0;
          norms = kernels.prepare_row(values, x.cols, normalise, inverse, centre, to);
        }
        squared_norm.data[row] = float(norms.squared_norm);
        mean_dot.data[row] = float(norms.mean_dot);
      }
    };
    core::parallel_for(multiplier_.pool(), out.rows, rows_a_chunk, prepare_rows);
  }

  void kernel(formulas::KernelConstants function, const core::PreparedRows& left,
              const core::PreparedRows& right, MatrixView out) override {
    fill(function, left, right, {0, left.rows.rows}, out, false);
  }

  void kernel_symmetric(formulas::KernelConstants function, const core::PreparedRows& rows,
                        core::IndexRange part, MatrixView out) override {
    assert(part.begin % core::symmetric_step == 0 || part.begin == out.rows);
    assert(part.end % core::symmetric_step == 0 || part.end == out.rows);
    fill(function, rows, rows, part, out, true);
    const std::int64_t blocks = (out.rows - part.begin + symmetric_block - 1) / symmetric_block;
    multiplier_.pool().run(blocks, [&](std::int64_t block) {
      const std::int64_t row = part.begin + block * symmetric_block;
      const std::int64_t count = std::min(symmetric_block, out.rows - row);
      for (std::int64_t column = part.begin; column < std::min(row, part.end);
           column += symmetric_block)
        multiplier_.kernels().transpose(out.data + column * out.stride + row, out.stride,
                                        symmetric_block, count,
                                        out.data + row * out.stride + column, out.stride);
    });
  }

  void transform(formulas::KernelConstants function, ConstMatrixView products,
                 core::DeviceSpan<const float> squared_norm, core::DeviceSpan<const float> mean_dot,
                 core::IndexRange part, MatrixView out) override {
    assert(products.rows == products.cols && out.rows == products.rows && out.cols == out.rows);
    const KernelSides sides{squared_norm.data, mean_dot.data, squared_norm.data, mean_dot.data, 0};
    const auto transform_rows = [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t row = part.begin + begin; row < part.begin + end; ++row)
        multiplier_.kernels().kernel_row(function, sides, row, products.cols,
                                         products.data + row * products.stride,
                                         out.data + row * out.stride);
    };
    core::parallel_for(multiplier_.pool(), part.size(), rows_a_chunk, transform_rows);
  }

  std::unique_ptr<core::PackedRows> pack(const core::PreparedRows& rows) override {
    return std::make_unique<Panels>(multiplier_.pool(), multiplier_.kernels(), rows);
  }

  void kernel_rows(formulas::KernelConstants function, const core::PackedRows& packed,
                   core::DeviceSpan<const std::int32_t> which, core::IndexRange columns,
                   core::DeviceSpan<float* const> out) override {
    row_multiplier_.run(function, static_cast<const Panels&>(packed), which, columns, out);
  }

 private:
  // Rows `part` of the result; `upper`: of those, from column part.begin on, what is not below the
  // diagonal blocks.
  void fill(const formulas::KernelConstants& function, const core::PreparedRows& left,
            const core::PreparedRows& right, core::IndexRange part, MatrixView out, bool upper) {
    assert(out.rows == left.rows.rows && out.cols == right.rows.rows);
    assert(left.rows.cols == right.rows.cols);
    const std::int64_t column = upper ? part.begin : 0;
    const ConstMatrixView rows = left.rows.some_rows(part.begin, part.size());
    const ConstMatrixView columns = right.rows.some_rows(column, out.cols - column);
    const KernelSides sides{left.squared_norm.data + part.begin, left.mean_dot.data + part.begin,
                            right.squared_norm.data + column, right.mean_dot.data + column,
                            core::common_row_shift(rows, columns)};
    const MatrixView to = out.some_rows(part.begin, part.size()).some_cols(column, columns.rows);
    const Product product{.rows = rows.rows,
                          .columns = columns.rows,
                          .depth = rows.cols,
                          .left = {rows.data, rows.stride, 1},
                          .right = {columns.data, columns.stride, 1},
                          .out = to,
                          .upper = upper};
    multiplier_.run(product, [&](const Tile& tile) {
      multiplier_.kernels().kernel_tile(tile, function, sides, to.data, to.stride);
    });
  }

  Multiplier multiplier_;
  RowMultiplier row_multiplier_;
};

}  // namespace

std::unique_ptr<core::KernelMatrixOps> make_kernel_matrix(core::ThreadPool& pool) {
  return std::make_unique<CpuKernelMatrix>(pool);
}

}  // namespace whiteline::cpu
