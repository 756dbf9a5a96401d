#include "cpu/panels.hpp"

#include <algorithm>
#include <cassert>
#include <vector>

namespace whiteline::cpu {

namespace {

constexpr std::int64_t panels_a_task = 4;
constexpr std::int64_t left_floats = 96 * 1024;  // of packed rows at a time: stay in a cache
constexpr std::int64_t largest_height = 16, largest_tile = largest_height * 64;

std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

}  // namespace

Panels::Panels(core::ThreadPool& pool, const VectorKernels& kernels, const core::PreparedRows& rows)
    : rows_(rows),
      panels_(ceil_div(rows.rows.rows, kernels.tile_columns)),
      panel_floats_(kernels.tile_columns * rows.rows.cols),
      packed_(memory_.at_least(panels_ * panel_floats_ + VectorKernels::pack_slack)) {
  const std::int64_t width = kernels.tile_columns;
  const Factor factor{rows.rows.data, rows.rows.stride, 1};
  pool.run(panels_, [&](std::int64_t panel) {
    const int used = int(std::min(width, rows.rows.rows - panel * width));
    kernels.pack(factor.some_rows(panel * width), used, int(width), rows.rows.cols,
                 packed_ + panel * panel_floats_);
  });
}

// Some of the wanted rows, packed as groups of tile_rows.
struct RowMultiplier::Job {
  const formulas::KernelConstants& function;
  const Panels& panels;
  const std::int32_t* which;
  core::IndexRange columns;
  float* const* out;
  std::int64_t rows, groups, depth;
  float* left;
  std::vector<float> squared_norm, mean_dot;  // of the rows, in their order here

  std::int64_t group_rows(std::int64_t group, std::int64_t height) const {
    return std::min(height, rows - group * height);
  }
};

// [group][channel][row]
void RowMultiplier::pack_left(const Job& job) {
  const ConstMatrixView& rows = job.panels.rows().rows;
  const std::int64_t height = kernels_.tile_rows;
  pool_.run(job.groups, [&](std::int64_t group) {
    const std::int64_t count = job.group_rows(group, height);
    float* const to = job.left + group * height * job.depth;
    const float* from[largest_height];
    for (std::int64_t i = 0; i < count; ++i)
      from[i] = rows.data + job.which[group * height + i] * rows.stride;
    for (std::int64_t k = 0; k < job.depth; ++k)
      for (std::int64_t i = 0; i < count; ++i) to[k * count + i] = from[i][k];
  });
}

void RowMultiplier::finish(const Job& job, const Tile& tile) {
  const core::PreparedRows& all = job.panels.rows();
  const std::int64_t begin = std::max(job.columns.begin, tile.column);
  const std::int64_t end = std::min(job.columns.end, tile.column + tile.columns);
  const float* totals = tile.totals + (begin - tile.column);
  for (std::int64_t row = tile.row; row < tile.row + tile.rows; ++row) {
    // The row's part of the result alone, so that its number and the first column's are 0.
    const KernelSides sides{&job.squared_norm[std::size_t(row)], &job.mean_dot[std::size_t(row)],
                            all.squared_norm.data + begin, all.mean_dot.data + begin,
                            job.which[row] - begin};
    kernels_.kernel_row(job.function, sides, 0, end - begin, totals, job.out[row] + begin);
    totals += kernels_.tile_columns;
  }
}

void RowMultiplier::multiply(const Job& job, std::int64_t panel) {
  const std::int64_t height = kernels_.tile_rows, width = kernels_.tile_columns;
  const std::int64_t column = panel * width;
  const int columns = int(std::min(width, job.panels.rows().rows.rows - column));
  alignas(64) float totals[largest_tile];
  for (std::int64_t group = 0; group < job.groups; ++group) {
    const int rows = int(job.group_rows(group, height));
    kernels_.accumulate(rows, job.left + group * height * job.depth, job.panels.panel(panel),
                        job.depth, false, totals);
    finish(job, {group * height, column, rows, columns, totals});
  }
}

void RowMultiplier::run(const formulas::KernelConstants& function, const Panels& panels,
                        core::DeviceSpan<const std::int32_t> which, core::IndexRange columns,
                        core::DeviceSpan<float* const> out) {
  assert(which.size == out.size);
  const std::int64_t height = kernels_.tile_rows, depth = panels.rows().rows.cols;
  const std::int64_t group_floats = std::max<std::int64_t>(height * depth, 1);
  const std::int64_t most = std::max<std::int64_t>(left_floats / group_floats, 1) * height;
  for (std::int64_t first = 0; first < which.size; first += most) {
    const std::int64_t rows = std::min(most, which.size - first);
    const std::int64_t groups = ceil_div(rows, height);
    Job job{function,
            panels,
            which.data + first,
            columns,
            out.data + first,
            rows,
            groups,
            depth,
            left_.at_least(groups * group_floats),
            {},
            {}};
    for (std::int64_t i = 0; i < rows; ++i) {
      job.squared_norm.push_back(panels.rows().squared_norm.data[job.which[i]]);
      job.mean_dot.push_back(panels.rows().mean_dot.data[job.which[i]]);
    }
    pack_left(job);
    const std::int64_t first_panel = columns.begin / kernels_.tile_columns;
    const std::int64_t last_panel = ceil_div(columns.end, kernels_.tile_columns);
    core::parallel_for(pool_, last_panel - first_panel, panels_a_task,
                       [&](std::int64_t begin, std::int64_t end) {
                         for (std::int64_t p = begin; p < end; ++p) multiply(job, first_panel + p);
                       });
  }
}

}  // namespace whiteline::cpu
