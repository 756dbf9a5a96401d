#include "core/memory_plan.hpp"

#include <fmt/format.h>

namespace whiteline::core {

void refuse_memory(double bytes, double limit, std::string_view what, std::string_view advice) {
  throw OutOfMemory(fmt::format("cannot {} (needs {:.2f} GiB, {:.2f} GiB may be used) {}", what,
                                bytes / 0x1p30, limit / 0x1p30, advice));
}

void check_memory(const Context& ctx, double bytes, std::string_view what,
                  std::string_view advice) {
  const double limit = double(ctx.memory_limit());
  if (bytes > limit) refuse_memory(bytes, limit, what, advice);
}

}  // namespace whiteline::core
