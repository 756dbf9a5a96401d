// The interface of simt.hpp, over the calling OS thread's scheduler.
#include "simt.hpp"

#include <cstring>

#include "scheduler.hpp"

namespace simt {

namespace {

constexpr unsigned max_threads = 1024;

}  // namespace

bool valid(const Shape& s) {
  const std::uint64_t threads = std::uint64_t{s.block.x} * s.block.y * s.block.z;
  return threads > 0 && threads <= max_threads && s.block.z <= 64 && s.grid.x > 0 && s.grid.y > 0 &&
         s.grid.z > 0 && s.grid.x <= 0x7fffffff && s.grid.y <= 65535 && s.grid.z <= 65535 &&
         s.dynamic_shared <= s.shared_limit && s.shared_limit <= opt_in_shared_limit;
}

void run_grid(const Shape& shape, Body body, void* arguments) {
  if (!valid(shape)) {
    Error error;
    std::strcpy(error.text, "invalid launch configuration");
    throw error;
  }
  scheduler().run_grid(shape, body, arguments);
}

uint3 thread_index() { return position.thread; }
uint3 block_index() { return position.block; }
dim3 block_dim() { return position.block_dim; }
dim3 grid_dim() { return position.grid_dim; }

void* shared(const void* identity, std::size_t bytes) {
  return scheduler().shared(identity, bytes);
}
void* dynamic_shared() { return scheduler().dynamic_shared(); }
void syncthreads(Site site) { scheduler().syncthreads(site); }
void syncwarp(unsigned mask, Site site) { scheduler().meet(mask, 0, site, true); }
const std::uint64_t* meet(unsigned mask, std::uint64_t value, Site site) {
  return scheduler().meet(mask, value, site, false);
}
unsigned ballot(unsigned mask, bool predicate, Site site) {
  const std::uint64_t* votes = scheduler().meet(mask, predicate, site, false);
  unsigned result = 0;
  for (unsigned lane = 0; lane < 32 && scheduler().exists(lane); ++lane)
    if (mask >> lane & 1 && votes[lane]) result |= 1u << lane;
  return result;
}
void atomic_pause() { scheduler().pause(); }
void yield() { scheduler().yield(); }
void fail(const char* problem, Site site) { scheduler().abandon(problem, site); }

}  // namespace simt
