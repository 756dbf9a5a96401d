#include "cpu/gemm.hpp"

#include <algorithm>

namespace whiteline::cpu {

namespace {

constexpr std::int64_t depth_chunk = 8 * formulas::dot_block;  // deeper products run in pieces
constexpr std::int64_t row_chunk = 2016;           // rows of left factor packed at a time
constexpr std::int64_t deep_columns = 2048;        // of the totals kept between pieces
constexpr std::int64_t right_floats = 160 * 1024;  // of right factor a thread: stays in its cache
constexpr std::int64_t panels_together = 8;        // packed side by side
constexpr std::int64_t rows_together = 8;
constexpr std::int64_t groups_together = 4;  // of the left factor: meet panel after panel
constexpr std::int64_t largest_tile = 16 * 64;
constexpr double small_product = 1e5;  // multiply-adds not worth waking threads for

// Is all that begins at `row` below the diagonal blocks of the columns before `end_column`?
bool below(std::int64_t row, std::int64_t end_column) {
  return end_column <= row / symmetric_block * symmetric_block;
}

std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

// Brings the tile's place in memory closer while the tile is computed. Inline: g++ 12 drops calls
// of functions that only prefetch.
[[gnu::always_inline]] inline void prefetch(const Product& product, const Tile& tile) {
  if (!product.out.data) return;
  for (int i = 0; i < tile.rows; ++i)
    for (int j = 0; j < tile.columns; j += 16)
      __builtin_prefetch(product.out.data + (tile.row + i) * product.out.stride + tile.column + j,
                         1);
}

}  // namespace

// One round: rows [row, row + rows) times columns [column, column + columns), depth
// [begin, begin + depth). Sizes of the round, then those of the whole plan.
struct Multiplier::Plan {
  std::int64_t row, rows, column, columns, begin, depth;
  std::int64_t groups, panels;  // tiles down and across
  std::int64_t group_size;      // floats of a packed group of rows
  bool first, last;             // piece of the depth

  std::int64_t row_chunk, column_chunk, depth_chunk;
  std::int64_t kept_columns, kept_panels;  // whose totals wait for deeper pieces
  float *left, *right, *totals;            // totals: null where there is one piece
  bool small;
  bool by_rows;      // a task takes groups_together groups through all panels of a round
  bool left_packed;  // by_rows: its first task packs a group just before it is used
};

Multiplier::Multiplier(core::ThreadPool& pool, Isa isa)
    : pool_(pool), kernels_(vector_kernels(isa)) {}

void Multiplier::each(const Plan& plan, std::int64_t chunks,
                      const std::function<void(std::int64_t)>& body) {
  if (!plan.small) return pool_.run(chunks, body);
  for (std::int64_t chunk = 0; chunk < chunks; ++chunk) body(chunk);
}

void Multiplier::pack_group(const Product& product, const Plan& plan, std::int64_t group) {
  const std::int64_t height = kernels_.tile_rows;
  const int used = int(std::min(height, plan.rows - group * height));
  kernels_.pack(product.left.some_rows(plan.row + group * height).deeper(plan.begin), used, used,
                plan.depth, plan.left + group * plan.group_size);
}

void Multiplier::pack_right(const Product& product, const Plan& plan) {
  const std::int64_t width = kernels_.tile_columns;
  // Columns that lie side by side are read some rows at a time for several panels.
  const bool side_by_side = product.right.row_step == 1;
  const std::int64_t step = side_by_side ? rows_together : std::max<std::int64_t>(plan.depth, 1);
  const std::int64_t together = side_by_side ? panels_together : 1;
  each(plan, ceil_div(plan.panels, together), [&](std::int64_t task) {
    const std::int64_t end = std::min(plan.panels, (task + 1) * together);
    for (std::int64_t k = 0; k < plan.depth; k += step)
      for (std::int64_t panel = task * together; panel < end; ++panel)
        kernels_.pack(product.right.some_rows(plan.column + panel * width).deeper(plan.begin + k),
                      int(std::min(width, plan.columns - panel * width)), int(width),
                      std::min(step, plan.depth - k),
                      plan.right + (panel * plan.depth + k) * width);
  });
}

// One tile, and the packing of the factor that is not packed yet.
void Multiplier::run_tile(const Product& product, const Plan& plan, std::int64_t group,
                          std::int64_t panel, Unpacked unpacked, const FinishTile& finish) {
  const std::int64_t height = kernels_.tile_rows, width = kernels_.tile_columns;
  alignas(64) float hot[largest_tile];
  Tile tile{plan.row + group * height, plan.column + panel * width,
            int(std::min(height, plan.rows - group * height)),
            int(std::min(width, plan.columns - panel * width)), hot};
  if (product.upper && below(tile.row, tile.column + tile.columns)) return;
  float* totals = hot;
  if (plan.totals)
    totals = plan.totals +
             (group * plan.kept_panels + (plan.column % plan.kept_columns) / width + panel) *
                 height * width;
  if (plan.last) prefetch(product, tile);
  float* const left = plan.left + group * plan.group_size;
  float* const right = plan.right + panel * width * plan.depth;
  if (unpacked == Unpacked::left) {
    const Factor from = product.left.some_rows(tile.row).deeper(plan.begin);
    kernels_.accumulate_packing_left(from.data, from.row_step, right, plan.depth, !plan.first, left,
                                     totals);
  } else if (unpacked == Unpacked::right) {
    const Factor from = product.right.some_rows(tile.column).deeper(plan.begin);
    kernels_.accumulate_packing_right(left, from.data, from.depth_step, plan.depth, !plan.first,
                                      right, totals);
  } else {
    kernels_.accumulate(tile.rows, left, right, plan.depth, !plan.first, totals);
  }
  tile.totals = totals;
  if (plan.last) finish(tile);
}

// Does the group become packed while it is multiplied with the first panel? Where its rows lie end
// to end in memory and none is missing.
bool Multiplier::packs_on_the_way(const Product& product, const Plan& plan,
                                  std::int64_t group) const {
  return product.left.depth_step == 1 && !product.upper &&
         plan.rows - group * kernels_.tile_rows >= kernels_.tile_rows;
}

// Right panels that lie side by side in memory are packed while the first group is multiplied with
// them, and meet `groups` while they are near; a last one that is not full is packed before.
void Multiplier::pack_and_multiply(const Product& product, const Plan& plan, std::int64_t groups,
                                   const FinishTile& finish) {
  const std::int64_t width = kernels_.tile_columns;
  if (!plan.left_packed)
    each(plan, groups, [&](std::int64_t group) { pack_group(product, plan, group); });
  each(plan, plan.panels, [&](std::int64_t panel) {
    const int used = int(std::min(width, plan.columns - panel * width));
    const bool full = used == width;
    if (!full)
      kernels_.pack(product.right.some_rows(plan.column + panel * width).deeper(plan.begin), used,
                    int(width), plan.depth, plan.right + panel * plan.depth * width);
    for (std::int64_t group = 0; group < groups; ++group)
      run_tile(product, plan, group, panel, full && group == 0 ? Unpacked::right : Unpacked::none,
               finish);
  });
}

void Multiplier::multiply(const Product& product, const Plan& plan, std::int64_t first_group,
                          const FinishTile& finish) {
  const std::int64_t groups = plan.groups - first_group;
  const std::int64_t down = plan.by_rows ? groups_together : 1;  // groups and panels a task
  const std::int64_t across = plan.by_rows ? plan.panels : 2;
  const std::int64_t tasks_across = ceil_div(plan.panels, across);
  each(plan, ceil_div(groups, down) * tasks_across, [&](std::int64_t task) {
    const std::int64_t begin = first_group + task / tasks_across * down;
    const std::int64_t end = std::min(plan.groups, begin + down);
    const std::int64_t first_panel = task % tasks_across * across;
    for (std::int64_t panel = first_panel; panel < std::min(plan.panels, first_panel + across);
         ++panel)
      for (std::int64_t group = begin; group < end; ++group) {
        Unpacked unpacked = Unpacked::none;
        if (!plan.left_packed && panel == 0) {
          if (packs_on_the_way(product, plan, group))
            unpacked = Unpacked::left;
          else
            pack_group(product, plan, group);
        }
        run_tile(product, plan, group, panel, unpacked, finish);
      }
  });
}

Multiplier::Plan Multiplier::make_plan(const Product& product) {
  const std::int64_t height = kernels_.tile_rows, width = kernels_.tile_columns;
  Plan plan{};
  plan.small =
      double(product.rows) * double(product.columns) * double(product.depth) < small_product;
  plan.depth_chunk = std::min(product.depth, depth_chunk);
  const bool deep = product.depth > plan.depth_chunk;
  plan.row_chunk = std::min(product.rows, ceil_div(row_chunk, height) * height);
  const std::int64_t wanted =
      right_floats * pool_.threads() / std::max<std::int64_t>(plan.depth_chunk * width, 1);
  plan.column_chunk = std::max<std::int64_t>(wanted, 1) * width;
  plan.kept_columns = deep ? ceil_div(deep_columns, width) * width : product.columns;
  plan.column_chunk = std::min(plan.column_chunk, plan.kept_columns);
  plan.kept_panels = ceil_div(plan.kept_columns, width);
  const std::int64_t groups = ceil_div(plan.row_chunk, height);
  const std::int64_t panels = ceil_div(plan.column_chunk, width);
  constexpr std::int64_t slack = VectorKernels::pack_slack;
  plan.left = left_.at_least(groups * (height * plan.depth_chunk + slack));
  plan.right = right_.at_least(panels * width * plan.depth_chunk + slack);
  plan.totals = deep ? totals_.at_least(groups * plan.kept_panels * height * width) : nullptr;
  return plan;
}

void Multiplier::run_columns(const Product& product, Plan& plan, std::int64_t end_column,
                             const FinishTile& finish) {
  for (; plan.column < end_column; plan.column += plan.columns) {
    plan.columns = std::min(plan.column_chunk, end_column - plan.column);
    plan.panels = ceil_div(plan.columns, kernels_.tile_columns);
    if (product.upper && below(plan.row, plan.column + plan.columns)) continue;
    if (product.right.row_step == 1 && plan.rows >= kernels_.tile_rows && !product.upper) {
      const std::int64_t first = std::min(plan.groups, groups_together);
      pack_and_multiply(product, plan, first, finish);
      multiply(product, plan, first, finish);
    } else {
      pack_right(product, plan);
      multiply(product, plan, 0, finish);
    }
    plan.left_packed = true;
  }
}

void Multiplier::run(const Product& product, const FinishTile& finish) {
  if (product.rows <= 0 || product.columns <= 0) return;
  Plan plan = make_plan(product);
  for (std::int64_t kept = 0; kept < product.columns; kept += plan.kept_columns)
    for (plan.row = 0; plan.row < product.rows; plan.row += plan.row_chunk) {
      plan.rows = std::min(plan.row_chunk, product.rows - plan.row);
      plan.groups = ceil_div(plan.rows, kernels_.tile_rows);
      plan.begin = 0;
      do {
        plan.depth = std::min(plan.depth_chunk, product.depth - plan.begin);
        plan.group_size = kernels_.tile_rows * plan.depth + VectorKernels::pack_slack;
        plan.first = plan.begin == 0;
        plan.last = plan.begin + plan.depth >= product.depth;
        plan.by_rows =
            ceil_div(plan.groups, groups_together) >= 4 * pool_.threads() || pool_.threads() == 1;
        plan.left_packed = !plan.by_rows;
        if (plan.left_packed)
          each(plan, plan.groups, [&](std::int64_t group) { pack_group(product, plan, group); });
        plan.column = kept;
        run_columns(product, plan, std::min(product.columns, kept + plan.kept_columns), finish);
        plan.begin += plan.depth;
      } while (plan.begin < product.depth);
    }
}

}  // namespace whiteline::cpu
