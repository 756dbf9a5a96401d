#include "core/backend.hpp"

#include "core/ops/ops.hpp"

namespace whiteline::core {

Queue::~Queue() = default;
bool Queue::load(const HostView&, MatrixView) { return false; }
Backend::~Backend() = default;

}  // namespace whiteline::core
