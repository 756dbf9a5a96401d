#include "network_pool.cuh"

#include "cuda/network_ops.cuh"

namespace whiteline::cuda {

namespace {

kernels::Pool device_pool(const core::PoolWindow& window, std::int64_t positions,
                          std::int64_t outputs) {
  return {window.kind == core::Pooling::max,
          int(window.size),
          int(window.stride),
          int(window.left),
          int(positions),
          int(outputs)};
}

constexpr std::int64_t many_positions = 32;  // for one thread

}  // namespace

void CudaNetwork::pool_forward(core::ConstFeatureMap x, const core::PoolWindow& window,
                               core::FeatureMap y) {
  const kernels::Pool pool = device_pool(window, x.positions, y.positions);
  const auto out = table(y.values);
  if (!pool.max && y.positions == 1 && window.size == x.positions && x.positions > many_positions)
    launch(queue_, column_grid(out.cols, std::min(out.rows, most_grid_y)), kernels::mean_positions,
           table(x.values), int(x.positions), out);
  else
    each_cell(kernels::PoolForward{pool, table(x.values), out}, out.rows, out.cols);
}

void CudaNetwork::pool_backward(core::ConstFeatureMap x, const core::PoolWindow& window,
                                core::ConstFeatureMap dy, core::FeatureMap dx, core::Into into) {
  each_cell(kernels::PoolBackward{device_pool(window, x.positions, dy.positions), table(x.values),
                                  table(dy.values), table(dx.values), into == core::Into::add},
            dx.values.rows, dx.features());
}

}  // namespace whiteline::cuda
