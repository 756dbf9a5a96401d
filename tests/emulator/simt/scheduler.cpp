#include "scheduler.hpp"

#include <sys/mman.h>

#include <atomic>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <numeric>
#include <utility>

namespace simt {

thread_local constinit Position position{};
void (*on_block_start)(unsigned) = nullptr;

namespace {

constexpr std::size_t arena_bytes = 256 * 1024;  // holds opt_in_shared_limit and the red zones
constexpr std::size_t red_zone = 64;
constexpr int rounds_without_progress = 200'000;

std::atomic<std::uint64_t> schedule_seed{0};
std::atomic<std::uint32_t> launches{0}, blocks_started{0};

std::size_t padded(std::size_t bytes) {
  return (bytes + red_zone - 1) / red_zone * red_zone + red_zone;
}

}  // namespace

Scheduler& scheduler() {
  static thread_local Scheduler instance;
  return instance;
}

void set_schedule_seed(std::uint64_t seed) {
  schedule_seed = seed ? seed * 2 + 1 : 0;
  scheduler().seed(schedule_seed);
}

Scheduler::Scheduler() : random_(schedule_seed) {}
Scheduler::~Scheduler() { unmap(); }

// --- memory -----------------------------------------------------------------------------------
void Scheduler::map(unsigned threads) {
  const std::size_t bytes = threads * stack_bytes + arena_bytes;
  if (memory_bytes_ >= bytes) return;
  unmap();
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  memory_ = static_cast<char*>(memory);
  memory_bytes_ = bytes;
  arena_ = memory_ + bytes - arena_bytes;
  std::memset(arena_, 0xFF, arena_bytes);
  forbid(arena_, arena_bytes);
  arena_used_ = 0;
  fibers_.assign(threads, Fiber{});
  for (unsigned i = 0; i < threads; ++i) {
    fibers_[i].index = i;
    fibers_[i].prepare(memory_ + i * stack_bytes, &fiber_main);
  }
}

void Scheduler::unmap() {
  if (!memory_) return;
  allow(memory_, memory_bytes_);
  munmap(memory_, memory_bytes_);
  memory_ = nullptr;
  memory_bytes_ = 0;
}

void* Scheduler::shared(const void* identity, std::size_t bytes) {
  for (const SharedArray& array : shared_)
    if (array.identity == identity) return array.begin;
  shared_bytes_ += bytes;
  if (shared_bytes_ > shared_limit_)
    abandon("shared memory: more than the launch allows", {__FILE__, __LINE__});
  char* begin = arena_ + arena_used_;
  arena_used_ += padded(bytes);
  allow(begin, bytes);
  forget(begin, bytes);
  shared_.push_back({identity, begin});
  return begin;
}

void* Scheduler::dynamic_shared() const { return arena_ + red_zone; }

// --- fibers -----------------------------------------------------------------------------------
void Scheduler::resume(Fiber& fiber) {
  current_ = &fiber;
  position.thread = fiber.thread;
  position.index = fiber.index;
  position.in_kernel = true;
  leave(&sanitizer_stack_, {fiber.stack, stack_bytes});
  simt_switch(&stack_pointer_, fiber.stack_pointer);
  arrive(sanitizer_stack_);
  position.in_kernel = false;
}

void Scheduler::suspend() {
  Fiber& fiber = *current_;
  leave(&fiber.sanitizer_stack, host_stack_);
  simt_switch(&fiber.stack_pointer, stack_pointer_);
  arrive(fiber.sanitizer_stack, &host_stack_);
}

void Scheduler::fiber_main() {
  Scheduler& self = scheduler();
  arrive(nullptr, &self.host_stack_);
  for (;;) {
    self.body_(self.arguments_);
    self.current_->state = State::done;
    self.suspend();
  }
}

void Scheduler::refuse(const char* format, ...) {
  va_list values;
  va_start(values, format);
  const int used = std::vsnprintf(error_.text, sizeof error_.text, format, values);
  va_end(values);
  if (used < 0 || used >= static_cast<int>(sizeof error_.text)) return;
  std::snprintf(error_.text + used, sizeof error_.text - std::size_t(used), " [block %u,%u,%u]",
                position.block.x, position.block.y, position.block.z);
}

void Scheduler::abandon(const char* problem, Site site) {
  refuse("%s at %s:%d", problem, site.file, site.line);
  suspend();
  std::abort();
}

void Scheduler::yield() {
  current_->yielded = true;
  suspend();
}

void Scheduler::pause() {
  if (++pauses_ % 32 == 0) yield();
}

// --- grid and block ---------------------------------------------------------------------------
void Scheduler::shuffle(std::vector<unsigned>& order) {
  if (!random_) return;
  for (std::size_t i = order.size() - 1; i > 0; --i) {
    random_ = random_ * 6364136223846793005u + 1442695040888963407u;
    std::swap(order[i], order[(random_ >> 33) % (i + 1)]);
  }
}

void Scheduler::run_grid(const Shape& shape, Body body, void* arguments) {
  body_ = body;
  arguments_ = arguments;
  position.launch = ++launches;
  position.block_dim = shape.block;
  position.grid_dim = shape.grid;
  std::vector<unsigned> blocks(std::size_t{shape.grid.x} * shape.grid.y * shape.grid.z);
  std::iota(blocks.begin(), blocks.end(), 0u);
  shuffle(blocks);
  for (unsigned b : blocks)
    run_block(shape,
              {b % shape.grid.x, b / shape.grid.x % shape.grid.y, b / shape.grid.x / shape.grid.y});
}

void Scheduler::start_block(const Shape& shape, uint3 block) {
  threads_ = shape.block.x * shape.block.y * shape.block.z;
  map(threads_);
  allow(arena_, arena_used_);
  std::memset(arena_, 0xFF, arena_used_);  // only what the block before used
  forbid(arena_, arena_used_);
  shared_.clear();
  shared_limit_ = shape.shared_limit;
  shared_bytes_ = shape.dynamic_shared;
  arena_used_ = red_zone + padded(shape.dynamic_shared);
  allow(arena_ + red_zone, shape.dynamic_shared);
  forget(arena_ + red_zone, shape.dynamic_shared);
  position.block = block;
  position.serial = ++blocks_started;
  position.barrier = 0;
  position.stacks = memory_;
  position.stacks_end = position.shared = arena_;
  position.shared_end = arena_ + arena_bytes;
  for (unsigned i = 0; i < threads_; ++i) {
    fibers_[i].state = State::ready;
    fibers_[i].thread = {i % shape.block.x, i / shape.block.x % shape.block.y,
                         i / shape.block.x / shape.block.y};
  }
  order_.resize(threads_);
  std::iota(order_.begin(), order_.end(), 0u);
  if (on_block_start) on_block_start((threads_ + 31) / 32);
}

void Scheduler::run_block(const Shape& shape, uint3 block) {
  start_block(shape, block);
  int idle_rounds = 0;
  for (unsigned left = threads_; left && !failed();) {
    bool ran = false, progress = false;
    shuffle(order_);
    for (unsigned i : order_) {
      Fiber& fiber = fibers_[i];
      if (fiber.state != State::ready) continue;
      ran = true;
      resume(fiber);
      progress |= !std::exchange(fiber.yielded, false);
      if (fiber.state == State::done) --left;
      if (failed()) break;
    }
    if (!ran) release_barrier();
    idle_rounds = progress || !ran ? 0 : idle_rounds + 1;
    if (idle_rounds > rounds_without_progress)
      refuse("livelock: threads only spin on atomics (waiting for another block?)");
  }
  if (!failed()) return;
  unmap();  // the fibers left behind cannot be used again
  throw std::exchange(error_, {});
}

}  // namespace simt
