// What a method needs against what it may use, before anything is taken.
#pragma once

#include <whiteline/context.hpp>
#include <whiteline/error.hpp>

#include <string_view>

namespace whiteline::core {

// Throws OutOfMemory: "cannot <what> (needs 3.20 GiB, 2.00 GiB may be used) <advice>".
[[noreturn]] WHITELINE_EXPORT void refuse_memory(double bytes, double limit, std::string_view what,
                                                 std::string_view advice);
// Where the context may not use as many bytes.
WHITELINE_EXPORT void check_memory(const Context& ctx, double bytes, std::string_view what,
                                   std::string_view advice);

}  // namespace whiteline::core
