// Exact neighbours. Operations are those of one triangle of products.
#include <whiteline/neighbors.hpp>

#include <fmt/format.h>

#include "core/backend.hpp"
#include "core/ops/ops.hpp"
#include "support.hpp"

namespace whiteline::bench {
namespace {

const Cases neighbors([](const Context& ctx) {
  if (!ctx.queue().ops().neighbors) return;
  for (const std::int64_t k : {15, 300})
    add("knn_graph", ctx, fmt::format("7187x700,k={}", k), [=, &ctx](benchmark::State& state) {
      const double rows = 7187.0, channels = 700.0;
      const Matrix x = random_matrix(ctx, 7187, 700, 1);
      time(state, ctx, [&] { knn_graph(ctx, {.k = k}, x); });
      count_flops(state, ctx, rows * rows * channels);
    });
});

}  // namespace
}  // namespace whiteline::bench
