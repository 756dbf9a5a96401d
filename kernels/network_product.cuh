// Products for networks, a tile of the result by one block. A side is given as lines of numbers:
// the rows of a table, or what a convolution sees as such (network_conv1d.cuh).
#pragma once

#include "kernel_tile.cuh"
#include "network_quads.cuh"

namespace whiteline::kernels {

// Lines: line(n).quad(at) as quad_of, zeros where there is no line n.
struct TableLines {
  Table<const float> table;
  bool quads;  // table.has_quads()

  struct Line {
    const float* data;
    int size;
    bool quads;
    __device__ Quad quad(int at) const { return quad_of(data, at, size, quads); }
  };
  __device__ Line line(std::int64_t n) const {
    return n < table.rows ? Line{table.row(n), int(table.cols), quads} : Line{nullptr, 0, false};
  }
};

// Brings a side to shared memory as [depth][row] where the tile's rows are lines, along which depth
// runs.
template <class T, class Lines>
class RowLines {
 public:
  __device__ RowLines(const Lines& lines, std::int64_t first_row) {
#pragma unroll
    for (int i = 0; i < T::quads; ++i) line_[i] = lines.line(first_row + Place::row(i));
  }
  __device__ void load(std::int64_t depth) {
#pragma unroll
    for (int i = 0; i < T::quads; ++i) held_[i] = line_[i].quad(int(depth) + Place::channel(i));
  }
  __device__ void store(float (&to)[T::depth][T::row_floats]) const {
#pragma unroll
    for (int i = 0; i < T::quads; ++i)
#pragma unroll
      for (int c = 0; c < 4; ++c) to[Place::channel(i) + c][Place::row(i)] = held_[i].value[c];
  }

 private:
  using Place = TurnedQuads<T>;
  typename Lines::Line line_[T::quads];
  Quad held_[T::quads];
};

// The same where depth runs from line to line, and the tile's rows along them.
template <class T, class Lines>
class DepthLines {
 public:
  __device__ DepthLines(const Lines& lines, std::int64_t first_row)
      : lines_(lines), first_row_(int(first_row)) {}
  __device__ void load(std::int64_t depth) {
#pragma unroll
    for (int i = 0; i < T::quads; ++i)
      held_[i] = lines_.line(depth + line(i)).quad(first_row_ + row(i));
  }
  __device__ void store(float (&to)[T::depth][T::row_floats]) const {
#pragma unroll
    for (int i = 0; i < T::quads; ++i) *reinterpret_cast<Quad*>(&to[line(i)][row(i)]) = held_[i];
  }

 private:
  static constexpr int across = T::size / 4;  // Quads of a line
  __device__ static int line(int i) { return (i * T::threads + int(threadIdx.x)) / across; }
  __device__ static int row(int i) { return (i * T::threads + int(threadIdx.x)) % across * 4; }
  const Lines& lines_;
  int first_row_;
  Quad held_[T::quads];
};

// A side, and how it lies.
template <class Lines>
struct ByRow {
  Lines lines;
  template <class T>
  using Loader = RowLines<T, Lines>;
};
template <class Lines>
struct ByDepth {
  Lines lines;
  template <class T>
  using Loader = DepthLines<T, Lines>;
};

// rows x columns sums of products along `depth`.
struct ProductShape {
  std::int64_t rows, columns, depth;
  int part_stages;  // of T::depth that a block sums up; blockIdx.y numbers the parts of the depth
};

// The sums of one slice, the threads of one threadIdx.y: each takes a run of the part's stages. All
// threads of the block come along.
template <class T, int slices, class Left, class Right>
__device__ void slice_product(const Left& left, std::int64_t row, const Right& right,
                              std::int64_t column, const ProductShape& shape, Stages<T>& stages,
                              Sums<T>& sums) {
  const std::int64_t all = (shape.depth + T::depth - 1) / T::depth;
  const std::int64_t begin = std::int64_t(blockIdx.y) * shape.part_stages;
  const int part = all - begin < shape.part_stages ? int(all - begin) : shape.part_stages;
  const int each = (part + slices - 1) / slices, before = int(threadIdx.y) * each;
  const int own = part - before < each ? part - before : each;  // may be negative
  const std::int64_t first = begin + before;
  const typename T::Place at = T::place();
  typename Left::template Loader<T> left_loader(left.lines, row);
  typename Right::template Loader<T> right_loader(right.lines, column);
  const auto load = [&](int stage) {
    left_loader.load((first + stage) * T::depth);
    right_loader.load((first + stage) * T::depth);
  };
  const auto store = [&](int place) {
    left_loader.store(stages.left[place]);
    right_loader.store(stages.right[place]);
  };
  clear(sums);
  if (own > 0) {
    load(0);
    store(0);
  }
  __syncthreads();
  for (int s = 0; s < each; ++s) {
    if (s + 1 < own) load(s + 1);
    if (s < own) multiply_stage<T>(stages.left[s % 2], stages.right[s % 2], at, sums);
    if (s + 1 < own) store((s + 1) % 2);
    __syncthreads();
  }
}

// Sums of the first slice become those of all, added in order. All threads of the block come along.
template <class T, int slices>
__device__ void add_slices(Stages<T> (&stages)[slices], Sums<T>& sums) {
  static_assert(sizeof(Stages<T>) >= sizeof(Sums<T>) * T::threads);
  if (threadIdx.y > 0) park(sums, reinterpret_cast<Quad*>(&stages[threadIdx.y]));
  __syncthreads();
  if (threadIdx.y > 0) return;
  for (int s = 1; s < slices; ++s) {
    Sums<T> other;
    clear(other);
    add_parked(reinterpret_cast<const Quad*>(&stages[s]), false, other);
#pragma unroll
    for (int i = 0; i < T::per_thread; ++i)
#pragma unroll
      for (int j = 0; j < T::per_thread; ++j) sums.value[i][j] += other.value[i][j];
  }
}

// finish.ready() (network_sums.cuh) gives what takes the sums: take(row, column, count, quad) for
// count = 1 .. 4 columns. Blocks of T::threads x slices.
template <class T, int slices, class Left, class Right, class Finish>
__global__ void __launch_bounds__(T::threads* slices, 512 / (T::threads * slices))
    product(Left left, Right right, ProductShape shape, Finish finish) {
  WL_SHARED(Stages<T>, stages, [slices]);
  const TileIndex tile = banded_tile(blockIdx.x, (shape.rows + T::size - 1) / T::size,
                                     (shape.columns + T::size - 1) / T::size);
  const std::int64_t first_row = tile.row * T::size, first_column = tile.column * T::size;
  Sums<T> sums;
  slice_product<T, slices>(left, first_row, right, first_column, shape, stages[threadIdx.y], sums);
  if constexpr (slices > 1) add_slices<T, slices>(stages, sums);
  if (threadIdx.y > 0) return;
  const auto ready = finish.ready();
  const typename T::Place at = T::place();
#pragma unroll
  for (int i = 0; i < T::per_thread; ++i) {
    const std::int64_t row = first_row + at.row + T::offset(i);
    if (row >= shape.rows) continue;
#pragma unroll
    for (int j = 0; j < T::per_thread; j += 4) {
      const std::int64_t column = first_column + at.column + T::offset(j);
      if (column >= shape.columns) continue;
      Quad quad;
#pragma unroll
      for (int c = 0; c < 4; ++c) quad.value[c] = sums.value[i][j + c];
      ready.take(row, column, shape.columns - column < 4 ? int(shape.columns - column) : 4, quad);
    }
  }
}

}  // namespace whiteline::kernels
