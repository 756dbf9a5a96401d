// What AddressSanitizer and MemorySanitizer are told about the emulated GPU's memory and stacks.
// Without them these functions do nothing.
#pragma once

#include <cstddef>

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define SIMT_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#elif __has_feature(memory_sanitizer)
#define SIMT_MSAN
#include <sanitizer/msan_interface.h>
#endif

namespace simt {

// Any access is an error from here on (AddressSanitizer).
inline void forbid([[maybe_unused]] void* begin, [[maybe_unused]] std::size_t bytes) {
#if defined(SIMT_ASAN)
  ASAN_POISON_MEMORY_REGION(begin, bytes);
#endif
}

inline void allow([[maybe_unused]] void* begin, [[maybe_unused]] std::size_t bytes) {
#if defined(SIMT_ASAN)
  ASAN_UNPOISON_MEMORY_REGION(begin, bytes);
#endif
}

// Using what is read there before it is written is an error (MemorySanitizer).
inline void forget([[maybe_unused]] void* begin, [[maybe_unused]] std::size_t bytes) {
#if defined(SIMT_MSAN)
  __msan_poison(begin, bytes);
#endif
}

struct Stack {
  const void* begin = nullptr;
  std::size_t bytes = 0;
};

// Around every switch of stacks: leave() before, with the stack to come; arrive() after, on it.
// `saved` belongs to the stack that is left.
inline void leave([[maybe_unused]] void** saved, [[maybe_unused]] Stack next) {
#if defined(SIMT_ASAN)
  __sanitizer_start_switch_fiber(saved, next.begin, next.bytes);
#endif
}
inline void arrive([[maybe_unused]] void* saved, [[maybe_unused]] Stack* previous = nullptr) {
#if defined(SIMT_ASAN)
  __sanitizer_finish_switch_fiber(saved, previous ? &previous->begin : nullptr,
                                  previous ? &previous->bytes : nullptr);
#endif
}

#if defined(SIMT_MSAN)
inline constexpr bool reads_are_checked = true;  // that something was written there before
#else
inline constexpr bool reads_are_checked = false;
#endif

#if defined(SIMT_ASAN) || defined(SIMT_MSAN)
inline constexpr std::size_t stack_bytes = 256 * 1024;  // the sanitizers make frames larger
#else
inline constexpr std::size_t stack_bytes = 64 * 1024;
#endif

}  // namespace simt
