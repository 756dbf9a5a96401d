// How a long computation reports, and how a caller stops it.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include <whiteline/error.hpp>

namespace whiteline {

struct ProgressEvent {
  std::string_view stage;  // what is being done, for example "train"
  std::uint64_t done;      // units finished
  std::uint64_t total;     // units in all; 0 when that is not known
};

// Called from the thread that called the library, at least every 50 ms of work. Returning false
// stops the computation, which then throws Cancelled and leaves its arguments unchanged.
using Progress = std::function<bool(const ProgressEvent&)>;

// Reports one event; throws Cancelled when the callback says so. An empty callback is no callback.
WHITELINE_EXPORT void report(const Progress& progress, std::string_view stage, std::uint64_t done,
                             std::uint64_t total);

}  // namespace whiteline
