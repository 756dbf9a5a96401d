// Which edges of a layout are active, and which rows move side by side.
#pragma once

#include <cstdint>
#include <vector>

#include "core/ops/layout.hpp"
#include "core/parallel.hpp"
#include "cpu/vector_kernels.hpp"

namespace whiteline::cpu {

// Rows with active edges in one epoch, in an order in which neighbours have about as many of them.
struct ActiveRows {
  std::int64_t count;  // filled up to a multiple of VectorKernels::layout_rows with idle rows
  LayoutRows first;    // the first of them
};

class ActiveEdges {
 public:
  // `keys` null: a row's number. Refers to the graph's memory.
  ActiveEdges(core::ThreadPool& pool, const VectorKernels& kernels, const core::LayoutGraph& graph,
              const std::uint32_t* keys, const core::LayoutParams& params);

  // Valid until the next call. Less than 2^31 edges are active.
  ActiveRows in_epoch(std::int32_t epoch);

 private:
  // Consecutive rows that one thread lists: the neighbors of each epoch, row by row.
  struct Chunk {
    std::vector<std::int32_t> neighbors;
    std::int64_t begin;  // in neighbors_
  };
  // Room of one thread.
  struct Worker {
    std::vector<std::int32_t> memory;
    std::vector<std::int32_t*> lists;
    std::vector<std::int32_t> counts;
  };

  void find_phases();
  void list(std::int32_t first_epoch);
  void list_chunk(std::int64_t chunk, Worker& worker);
  void join(std::int64_t chunk);
  void sort_rows(std::int64_t epoch);
  LayoutEdges edges(std::int64_t row) const;
  std::int64_t rows() const { return graph_.rows(); }
  std::int64_t last_row(std::int64_t chunk) const;

  core::ThreadPool& pool_;
  const VectorKernels& kernels_;
  core::LayoutGraph graph_;
  const std::uint32_t* keys_;
  std::uint64_t seed_;
  std::int32_t epochs_;               // of the whole layout
  std::int32_t begin_ = 0, end_ = 0;  // epochs that are listed
  int epochs_at_once_ = 1;
  std::int64_t stride_;                       // rows, filled up
  std::vector<std::uint32_t> phase_;          // of each edge
  std::vector<std::uint32_t> first_, count_;  // by epoch and row: of its edges in neighbors_
  std::vector<std::int32_t> neighbors_;
  // By epoch, in the order of ActiveRows.
  std::vector<std::uint32_t> row_, key_, sorted_first_, sorted_count_;
  std::vector<std::int64_t> active_rows_;
  std::vector<Chunk> chunks_;
  std::vector<Worker> workers_;
};

}  // namespace whiteline::cpu
