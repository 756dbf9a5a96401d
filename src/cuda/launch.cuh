// The only way to start a kernel.
#pragma once

#include <cstdint>
#include <limits>
#include <type_traits>

#include "cuda/check.hpp"
#include "cuda/cuda_queue.hpp"
#include "host_device.hpp"

namespace whiteline::cuda {

constexpr std::int64_t most_grid_y = 65535;              // blocks of a grid's second dimension
constexpr std::size_t default_shared_bytes = 48 * 1024;  // more than that a kernel must ask for

struct Grid {
  dim3 blocks, threads;
  std::size_t shared_bytes;  // dynamic
  CallSite where;

  Grid(dim3 blocks, dim3 threads, std::size_t shared_bytes = 0,
       CallSite where = CallSite::current())
      : blocks(blocks), threads(threads), shared_bytes(shared_bytes), where(where) {}
};

// Blocks that hold `count` elements, `per_block` each; at most what one dimension of a grid takes.
inline unsigned blocks_for(std::int64_t count, std::int64_t per_block) {
  const std::int64_t blocks = (count + per_block - 1) / per_block;
  require(blocks <= std::numeric_limits<std::int32_t>::max(),
          "cannot start the work on the GPU (it needs more than 2^31 - 1 blocks) split the data");
  return static_cast<unsigned>(blocks);
}

// Enqueues kernel(arguments...): launch(queue, {blocks, threads}, kernel, arguments...). A grid
// without blocks is nothing to do.
template <class... Parameters>
void launch(CudaQueue& queue, const Grid& grid, void (*kernel)(Parameters...),
            std::type_identity_t<Parameters>... arguments) {
  if (grid.blocks.x == 0 || grid.blocks.y == 0 || grid.blocks.z == 0) return;
  const cudaStream_t stream = queue.stream();
  if (grid.shared_bytes > default_shared_bytes)
    check(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                               static_cast<int>(grid.shared_bytes)),
          grid.where);
  WL_LAUNCH(kernel, grid.blocks, grid.threads, grid.shared_bytes, stream, arguments...);
  check(cudaGetLastError(), grid.where);
}

}  // namespace whiteline::cuda
