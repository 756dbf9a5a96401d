#include "fiber.hpp"

#include "sanitizers.hpp"

asm(R"(
.text
.globl simt_switch
.type simt_switch,@function
simt_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp,(%rdi)
  movq %rsi,%rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size simt_switch,.-simt_switch
)");

namespace simt {

void Fiber::prepare(char* stack_begin, void (*entry)()) {
  stack = stack_begin;
  void** top = reinterpret_cast<void**>(stack_begin + stack_bytes);
  *--top = nullptr;  // keeps the stack 16-byte aligned at the entry
  *--top = reinterpret_cast<void*>(entry);
  for (int saved = 0; saved < 6; ++saved) *--top = nullptr;
  stack_pointer = top;
}

}  // namespace simt
