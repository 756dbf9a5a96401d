// The version of the library: of the headers at compile time, of the binary at run time.
#pragma once

#include <whiteline/error.hpp>

#define WHITELINE_VERSION "0.1.0"

namespace whiteline {

WHITELINE_EXPORT const char* version();   // "0.1.0"
WHITELINE_EXPORT const char* build_id();  // hash of the backend contract this binary was built with

}  // namespace whiteline
