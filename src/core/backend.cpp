#include "core/backend.hpp"

#include "core/ops/ops.hpp"

namespace whiteline::core {

Recording::~Recording() = default;
Queue::~Queue() = default;
bool Queue::load(const HostView&, MatrixView) { return false; }
std::unique_ptr<Recording> Queue::record(const std::function<void()>&) { return nullptr; }
Backend::~Backend() = default;

}  // namespace whiteline::core
