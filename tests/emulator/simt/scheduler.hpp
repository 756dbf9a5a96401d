// Runs the blocks of a launch one after another, the fibers of a block in turns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "fiber.hpp"
#include "sanitizers.hpp"

namespace simt {

class Scheduler {
 public:
  Scheduler();
  ~Scheduler();

  void run_grid(const Shape& shape, Body body, void* arguments);
  void seed(std::uint64_t value) { random_ = value; }

  void* shared(const void* identity, std::size_t bytes);
  void* dynamic_shared() const;
  void syncthreads(Site site);
  const std::uint64_t* meet(unsigned mask, std::uint64_t value, Site site, bool orders_memory);
  bool exists(unsigned lane) const { return current_->index / 32 * 32 + lane < threads_; }
  void pause();
  void yield();
  // Ends the launch with an error; the fiber never goes on, so nothing on its stack may own memory.
  [[noreturn]] void abandon(const char* problem, Site site);

 private:
  struct SharedArray {
    const void* identity;
    char* begin;
  };

  void map(unsigned threads);
  void unmap();
  void start_block(const Shape& shape, uint3 block);
  void run_block(const Shape& shape, uint3 block);
  void release_barrier();
  bool others_wait(const Fiber* lanes, unsigned lane, unsigned mask, Site site);
  void resume(Fiber& fiber);
  void suspend();
  void shuffle(std::vector<unsigned>& order);
  void refuse(const char* format, ...) __attribute__((format(printf, 2, 3)));
  bool failed() const { return error_.text[0] != 0; }
  static void fiber_main();

  std::vector<Fiber> fibers_;
  std::vector<SharedArray> shared_;
  std::vector<unsigned> order_;
  Fiber* current_ = nullptr;
  unsigned threads_ = 0;
  char* memory_ = nullptr;  // fiber stacks, then the arena of shared memory
  std::size_t memory_bytes_ = 0;
  char* arena_ = nullptr;
  std::size_t arena_used_ = 0, shared_bytes_ = 0, shared_limit_ = 0;
  Body body_ = nullptr;
  void* arguments_ = nullptr;
  void* stack_pointer_ = nullptr;
  std::uint64_t random_;
  unsigned pauses_ = 0;
  Error error_;  // a pending one has text; fixed size, as an abandoned fiber can free nothing
  Stack host_stack_;
  void* sanitizer_stack_ = nullptr;
};

Scheduler& scheduler();  // of the calling OS thread

}  // namespace simt
