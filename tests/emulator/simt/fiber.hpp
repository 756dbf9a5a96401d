// A GPU thread: a stack of its own on the OS thread that runs its block.
#pragma once

#include <cstddef>
#include <cstdint>

#include "simt.hpp"

// Saves the callee-saved registers, swaps stacks, restores. x86-64, System V.
extern "C" void simt_switch(void** save, void* load);

namespace simt {

enum class State : std::uint8_t { ready, barrier, collective, done };

struct Fiber {
  void* stack_pointer = nullptr;
  char* stack = nullptr;
  uint3 thread{};
  unsigned index = 0;
  State state = State::done;
  bool yielded = false;
  Site site{"?", 0};
  unsigned mask = 0;             // lanes this one waits for
  std::uint64_t value = 0;       // what it brings
  std::uint64_t received[32]{};  // what all lanes brought, copied when the last one arrives
  void* sanitizer_stack = nullptr;

  // Makes it begin at `entry`, which never returns, when it is first switched to.
  void prepare(char* stack_begin, void (*entry)());
};

}  // namespace simt
