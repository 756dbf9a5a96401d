// simt.hpp: CUDA kernels as plain C++. Each GPU thread is a fiber; the fibers of a block share one
// OS thread and blocks run one after another, in an order drawn from the schedule seed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>

struct uint3 {
  unsigned x, y, z;
};
struct dim3 {
  unsigned x, y, z;
  constexpr dim3(unsigned x_ = 1, unsigned y_ = 1, unsigned z_ = 1) : x(x_), y(y_), z(z_) {}
};

namespace simt {

struct Error : std::exception {  // a broken rule of CUDA, with file:line
  char text[256] = {};
  const char* what() const noexcept override { return text; }
};
struct Site {
  const char* file;
  int line;
};

// --- for the runtime --------------------------------------------------------------------------
constexpr std::size_t default_shared_limit = 48 * 1024;
constexpr std::size_t opt_in_shared_limit = 227 * 1024;  // compute capability 9.0

struct Shape {
  dim3 grid, block;
  std::size_t dynamic_shared = 0;
  std::size_t shared_limit = default_shared_limit;  // static + dynamic
};
using Body = void (*)(void* arguments);

bool valid(const Shape& shape);
void run_grid(const Shape& shape, Body body, void* arguments);  // throws Error
void set_schedule_seed(std::uint64_t seed);                     // 0: threads in index order

// --- for the race detector --------------------------------------------------------------------
struct Position {  // of the running fiber; plain data, so that reading it costs a load
  bool in_kernel;
  uint3 thread, block;
  dim3 block_dim, grid_dim;
  unsigned index;  // linear thread number in the block
  std::uint32_t launch, serial,
      barrier;  // launch number, block number over all launches, barriers passed
  const char *stacks, *stacks_end, *shared, *shared_end;
};
extern thread_local constinit Position position;
extern void (*on_block_start)(unsigned warps);
extern void (*on_syncwarp)(unsigned warp, unsigned mask);

// --- for kernels ------------------------------------------------------------------------------
// Constant for the whole life of a GPU thread, which is why the compiler may keep them in
// registers.
[[gnu::const]] uint3 thread_index();
[[gnu::const]] uint3 block_index();
[[gnu::const]] dim3 block_dim();
[[gnu::const]] dim3 grid_dim();

void* shared(const void* identity,
             std::size_t bytes);  // the block's array of that name, 0xFF at first
[[gnu::const]] void* dynamic_shared();
void syncthreads(Site site);
void syncwarp(unsigned mask, Site site);
// Meets the other lanes of `mask` and returns what each brought, by lane. What a lane outside the
// mask brought is undefined: all bits set (a NaN), and unreadable under MemorySanitizer.
const std::uint64_t* meet(unsigned mask, std::uint64_t value, Site site);
unsigned ballot(unsigned mask, bool predicate, Site site);
void atomic_pause();  // lets other fibers run now and then, so that a spin-wait ends
void yield();
[[noreturn]] void fail(const char* problem, Site site);

}  // namespace simt
