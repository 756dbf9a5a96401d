#include "core/finite.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/buffer.hpp"
#include "core/ops/ops.hpp"

namespace whiteline::core {

std::vector<std::int32_t> first_non_finite(const Context& ctx, ConstMatrixView x) {
  Buffer<std::int32_t> columns(ctx, x.rows);
  need(ctx.queue().ops().reduce, "reduce").first_non_finite(x, columns.span());
  return columns.to_host();
}

void throw_non_finite(std::int64_t row, std::int64_t channel) {
  throw InvalidArgument(fmt::format(
      "cannot use the spectra (channel {} of row {} is NaN or infinite) repair or leave "
      "out this spectrum",
      channel, row));
}

void refuse_non_finite(const Context& ctx, ConstMatrixView x) {
  const std::vector<std::int32_t> columns = first_non_finite(ctx, x);
  const auto bad = std::find_if(columns.begin(), columns.end(), [](auto c) { return c >= 0; });
  if (bad != columns.end()) throw_non_finite(bad - columns.begin(), *bad);
}

}  // namespace whiteline::core
