#include "cpu/gemm.hpp"

#include <algorithm>
#include <new>

namespace whiteline::cpu {

namespace {

constexpr std::int64_t depth_chunk = 16 * formulas::dot_block;  // deeper products run in pieces
constexpr std::int64_t row_chunk = 2016;                        // rows of packed left factor
constexpr std::int64_t right_floats = std::int64_t(1) << 22;    // of packed right factor
constexpr std::int64_t groups_a_task = 4;                       // row groups that share a panel
constexpr std::int64_t panels_a_task = 16;
constexpr double small_product = 1e5;  // multiply-adds not worth waking threads for

// Is all that begins at `row` below the diagonal blocks of the columns before `end_column`?
bool below(std::int64_t row, std::int64_t end_column) {
  return end_column <= row / symmetric_block * symmetric_block;
}

std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

}  // namespace

// One round: rows [row, row + rows) times columns [column, column + columns), depth
// [begin, begin + depth).
struct Multiplier::Plan {
  std::int64_t row, rows, column, columns, begin, depth;
  std::int64_t groups, panels;   // tiles down and across
  std::int64_t group_size;       // floats of a packed group of rows
  float *left, *right, *totals;  // totals: null where a tile begins and ends in this round
  bool first, last, small;
};

float* Multiplier::Scratch::at_least(std::int64_t size) {
  if (size > size_) {
    memory_.reset();
    size_ = 0;
    const std::size_t bytes = (std::size_t(size) * sizeof(float) + 63) / 64 * 64;
    memory_.reset(static_cast<float*>(std::aligned_alloc(64, bytes)));
    if (!memory_)
      throw OutOfMemory(
          "cannot take scratch memory (the system refuses) close other "
          "programs");
    size_ = size;
  }
  return memory_.get();
}

Multiplier::Multiplier(core::ThreadPool& pool, Isa isa)
    : pool_(pool), kernels_(vector_kernels(isa)) {}

void Multiplier::each(const Plan& plan, std::int64_t chunks,
                      const std::function<void(std::int64_t)>& body) {
  if (!plan.small) return pool_.run(chunks, body);
  for (std::int64_t chunk = 0; chunk < chunks; ++chunk) body(chunk);
}

void Multiplier::pack_left(const Product& product, const Plan& plan) {
  const std::int64_t height = kernels_.tile_rows;
  each(plan, plan.groups, [&](std::int64_t group) {
    const int used = int(std::min(height, plan.rows - group * height));
    kernels_.pack(product.left.some_rows(plan.row + group * height).deeper(plan.begin), used, used,
                  plan.depth, plan.left + group * plan.group_size);
  });
}

void Multiplier::pack_right(const Product& product, const Plan& plan) {
  const std::int64_t width = kernels_.tile_columns;
  each(plan, plan.panels, [&](std::int64_t panel) {
    const int used = int(std::min(width, plan.columns - panel * width));
    kernels_.pack(product.right.some_rows(plan.column + panel * width).deeper(plan.begin), used,
                  int(width), plan.depth, plan.right + panel * width * plan.depth);
  });
}

void Multiplier::multiply(const Product& product, const Plan& plan, const FinishTile& finish) {
  const std::int64_t height = kernels_.tile_rows, width = kernels_.tile_columns;
  const std::int64_t across =
      product.whole_rows ? plan.panels : std::min(plan.panels, panels_a_task);
  const std::int64_t tasks_across = ceil_div(plan.panels, across);
  each(plan, ceil_div(plan.groups, groups_a_task) * tasks_across, [&](std::int64_t task) {
    const std::int64_t first_group = task / tasks_across * groups_a_task;
    const std::int64_t end_group = std::min(plan.groups, first_group + groups_a_task);
    const std::int64_t first_panel = task % tasks_across * across;
    const std::int64_t end_panel = std::min(plan.panels, first_panel + across);
    alignas(64) float hot[16 * 64];
    for (std::int64_t panel = first_panel; panel < end_panel; ++panel)
      for (std::int64_t group = first_group; group < end_group; ++group) {
        Tile tile{plan.row + group * height, plan.column + panel * width,
                  int(std::min(height, plan.rows - group * height)),
                  int(std::min(width, plan.columns - panel * width)), nullptr};
        if (product.upper && below(tile.row, tile.column + tile.columns)) continue;
        float* const totals =
            plan.totals ? plan.totals + (group * plan.panels + panel) * height * width : hot;
        kernels_.accumulate(tile.rows, plan.left + group * plan.group_size,
                            plan.right + panel * width * plan.depth, plan.depth, !plan.first,
                            totals);
        tile.totals = totals;
        if (plan.last) finish(tile);
      }
  });
}

void Multiplier::run(const Product& product, const FinishTile& finish) {
  const std::int64_t height = kernels_.tile_rows, width = kernels_.tile_columns;
  const std::int64_t depth = std::min(product.depth, depth_chunk);
  const std::int64_t rows = std::min(product.rows, ceil_div(row_chunk, height) * height);
  const std::int64_t columns = std::min(
      product.columns,
      std::max<std::int64_t>(1, right_floats / std::max<std::int64_t>(depth, 1) / width) * width);
  if (rows <= 0 || columns <= 0) return;
  Plan plan{};
  plan.small = double(product.rows) * double(product.columns) * double(depth) < small_product;
  const std::int64_t groups = ceil_div(rows, height), panels = ceil_div(columns, width);
  plan.left = left_.at_least(groups * (height * depth + VectorKernels::pack_slack));
  plan.right = right_.at_least(panels * width * depth + VectorKernels::pack_slack);
  const bool deep = product.depth > depth;
  plan.totals = deep ? totals_.at_least(groups * panels * height * width) : nullptr;
  for (plan.column = 0; plan.column < product.columns; plan.column += columns) {
    plan.columns = std::min(columns, product.columns - plan.column);
    plan.panels = ceil_div(plan.columns, width);
    for (plan.row = 0; plan.row < product.rows; plan.row += rows) {
      plan.rows = std::min(rows, product.rows - plan.row);
      plan.groups = ceil_div(plan.rows, height);
      if (product.upper && below(plan.row, plan.column + plan.columns)) break;
      for (plan.begin = 0; plan.begin < product.depth || plan.begin == 0; plan.begin += depth) {
        plan.depth = std::min(depth, product.depth - plan.begin);
        plan.group_size = height * plan.depth + VectorKernels::pack_slack;
        plan.first = plan.begin == 0;
        plan.last = plan.begin + plan.depth >= product.depth;
        if (deep || plan.row == 0) pack_right(product, plan);
        pack_left(product, plan);
        multiply(product, plan, finish);
        if (depth == 0) break;
      }
    }
  }
}

}  // namespace whiteline::cpu
