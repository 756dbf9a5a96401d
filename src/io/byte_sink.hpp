// Bytes that are written as they are made.
#pragma once

#include <cstddef>
#include <functional>
#include <span>

namespace whiteline::io {

// Takes the next bytes; WriteBytes gives it all of them, in pieces of any size.
using ByteSink = std::function<void(std::span<const std::byte>)>;
using WriteBytes = std::function<void(const ByteSink&)>;

}  // namespace whiteline::io
