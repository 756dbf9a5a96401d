// Products of matrices, tile by tile, with whatever has to follow done while a tile is hot.
#pragma once

#include <cstdint>
#include <functional>

#include <whiteline/matrix.hpp>

#include "core/parallel.hpp"
#include "cpu/scratch.hpp"
#include "cpu/vector_kernels.hpp"

namespace whiteline::cpu {

constexpr std::int64_t symmetric_block = 32;

// total(i, j) = sum over k of left(i, k) right(j, k): `right` holds columns of the product as rows.
struct Product {
  std::int64_t rows, columns, depth;
  Factor left, right;
  MatrixView out{};    // where tiles will be written, as a hint; may be empty
  bool upper = false;  // leave out tiles wholly below the diagonal blocks of symmetric_block
};

// Takes a tile when its totals are complete; called by several threads at once, for tiles that do
// not overlap.
using FinishTile = std::function<void(const Tile&)>;

// Computes products on a thread pool; every element is the same chain of FMAs whatever the
// instruction set, the number of threads or the place of the element. Keeps its scratch memory, at
// most 40 MiB and 1 MiB a thread, for the next call. One thread uses a Multiplier at a time.
class WHITELINE_EXPORT Multiplier {
 public:
  explicit Multiplier(core::ThreadPool& pool, Isa isa = cpu::isa());

  const VectorKernels& kernels() const { return kernels_; }
  core::ThreadPool& pool() const { return pool_; }

  void run(const Product& product, const FinishTile& finish);

 private:
  struct Plan;
  enum class Unpacked { none, left, right };
  Plan make_plan(const Product& product);
  void run_columns(const Product& product, Plan& plan, std::int64_t end_column,
                   const FinishTile& finish);
  void pack_group(const Product& product, const Plan& plan, std::int64_t group);
  void pack_right(const Product& product, const Plan& plan);
  void pack_and_multiply(const Product& product, const Plan& plan, std::int64_t groups,
                         const FinishTile& finish);
  void multiply(const Product& product, const Plan& plan, std::int64_t first_group,
                const FinishTile& finish);
  void run_tile(const Product& product, const Plan& plan, std::int64_t group, std::int64_t panel,
                Unpacked unpacked, const FinishTile& finish);
  bool packs_on_the_way(const Product& product, const Plan& plan, std::int64_t group) const;
  void each(const Plan& plan, std::int64_t chunks, const std::function<void(std::int64_t)>& body);

  core::ThreadPool& pool_;
  const VectorKernels& kernels_;
  Scratch left_, right_, totals_;
};

}  // namespace whiteline::cpu
