#include "load.cuh"

#include <algorithm>

#include "cuda/cuda_backend.hpp"
#include "cuda/tables.cuh"

namespace whiteline::cuda {

namespace {

// run(raw as a pointer to the numbers' type).
template <class Run>
void with_numbers(NumberType type, const void* raw, const Run& run) {
  switch (type) {
    case NumberType::u8:
      return run(static_cast<const std::uint8_t*>(raw));
    case NumberType::i8:
      return run(static_cast<const std::int8_t*>(raw));
    case NumberType::u16:
      return run(static_cast<const std::uint16_t*>(raw));
    case NumberType::i16:
      return run(static_cast<const std::int16_t*>(raw));
    case NumberType::u32:
      return run(static_cast<const std::uint32_t*>(raw));
    case NumberType::i32:
      return run(static_cast<const std::int32_t*>(raw));
    case NumberType::f32:
      return run(static_cast<const float*>(raw));
    case NumberType::f64:
      return run(static_cast<const double*>(raw));
  }
}

}  // namespace

void load_rows(CudaQueue& queue, NumberType type, const void* raw, MatrixView out) {
  const dim3 blocks(blocks_for(out.cols, kernels::load_threads),
                    unsigned(std::min(out.rows, most_grid_y)));
  with_numbers(type, raw, [&]<class Number>(const Number* numbers) {
    launch(queue, {blocks, kernels::load_threads}, kernels::load_rows<Number>, numbers, table(out));
  });
}

void load_columns(CudaQueue& queue, NumberType type, const void* raw, MatrixView out) {
  const std::int64_t tiles_down = (out.rows + kernels::load_tile - 1) / kernels::load_tile;
  const dim3 blocks(blocks_for(out.cols, kernels::load_tile),
                    unsigned(std::min(tiles_down, most_grid_y)));
  with_numbers(type, raw, [&]<class Number>(const Number* numbers) {
    launch(queue, {blocks, {kernels::load_tile, kernels::load_tile_rows}},
           kernels::load_columns<Number>, numbers, table(out));
  });
}

}  // namespace whiteline::cuda
