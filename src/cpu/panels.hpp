// Rows packed once for many products with a few of them at a time: core::PackedRows of the CPU.
#pragma once

#include <cstdint>

#include "core/ops/kernel_matrix.hpp"
#include "core/parallel.hpp"
#include "cpu/scratch.hpp"
#include "cpu/vector_kernels.hpp"

namespace whiteline::cpu {

// Rows as panels [panel][channel][tile_columns], the last one filled up with zeros.
class Panels final : public core::PackedRows {
 public:
  Panels(core::ThreadPool& pool, const VectorKernels& kernels, const core::PreparedRows& rows);

  const core::PreparedRows& rows() const { return rows_; }
  std::int64_t panels() const { return panels_; }
  const float* panel(std::int64_t index) const { return packed_ + index * panel_floats_; }

 private:
  core::PreparedRows rows_;
  std::int64_t panels_, panel_floats_;
  Scratch memory_;
  float* packed_;
};

// Kernel rows by number. Keeps its scratch memory for the next call; for one thread at a time.
class RowMultiplier {
 public:
  RowMultiplier(core::ThreadPool& pool, const VectorKernels& kernels)
      : pool_(pool), kernels_(kernels) {}

  // core::KernelMatrixOps::kernel_rows.
  void run(const formulas::KernelConstants& function, const Panels& panels,
           core::DeviceSpan<const std::int32_t> which, core::IndexRange columns,
           core::DeviceSpan<float* const> out);

 private:
  struct Job;
  void pack_left(const Job& job);
  void multiply(const Job& job, std::int64_t panel);
  void finish(const Job& job, const Tile& tile);

  core::ThreadPool& pool_;
  const VectorKernels& kernels_;
  Scratch left_;
};

}  // namespace whiteline::cpu
