#include "core/backend.hpp"

#include "core/ops/ops.hpp"

namespace whiteline::core {

Queue::~Queue() = default;
Backend::~Backend() = default;

}  // namespace whiteline::core
