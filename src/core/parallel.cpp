#include "core/parallel.hpp"

#include <sched.h>

#include <atomic>
#include <charconv>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <limits>
#include <mutex>
#include <thread>
#include <vector>

namespace whiteline::core {

namespace {

thread_local bool inside_pool = false;

// One call of run().
struct Job {
  const std::function<void(std::int64_t)>& body;
  std::int64_t chunks;
  std::atomic<std::int64_t> next{0};
  std::mutex mutex;  // of the two below
  std::int64_t failed_chunk = std::numeric_limits<std::int64_t>::max();
  std::exception_ptr failure;

  void work() {
    inside_pool = true;
    for (std::int64_t chunk; (chunk = next.fetch_add(1)) < chunks;) {
      try {
        body(chunk);
      } catch (...) {
        std::lock_guard lock(mutex);
        if (chunk < failed_chunk) {
          failed_chunk = chunk;
          failure = std::current_exception();
        }
        next.store(chunks);
      }
    }
    inside_pool = false;
  }
};

}  // namespace

int default_threads() {
  if (const char* text = std::getenv("OMP_NUM_THREADS")) {
    int threads = 0;
    const auto [end, error] = std::from_chars(text, text + std::strlen(text), threads);
    if (error == std::errc() && threads > 0) return threads;
  }
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
  const unsigned cores = std::thread::hardware_concurrency();
  return cores ? static_cast<int>(cores) : 1;
}

struct ThreadPool::State {
  std::mutex mutex;
  std::condition_variable wake, idle;
  Job* job = nullptr;
  std::uint64_t generation = 0;  // of the job; a worker takes part in each one once
  int busy = 0;                  // workers in the present job
  bool stop = false;
  std::vector<std::thread> workers;

  void loop() {
    std::uint64_t seen = 0;
    std::unique_lock lock(mutex);
    for (;;) {
      wake.wait(lock, [&] { return stop || (job && generation != seen); });
      if (stop) return;
      seen = generation;
      Job* mine = job;
      ++busy;
      lock.unlock();
      mine->work();
      lock.lock();
      if (--busy == 0) idle.notify_all();
    }
  }
};

ThreadPool::ThreadPool(int threads) : state_(std::make_unique<State>()) {
  if (threads <= 0) threads = default_threads();
  for (int i = 1; i < threads; ++i) state_->workers.emplace_back([this] { state_->loop(); });
}

ThreadPool::~ThreadPool() {
  {
    std::lock_guard lock(state_->mutex);
    state_->stop = true;
  }
  state_->wake.notify_all();
  for (std::thread& worker : state_->workers) worker.join();
}

int ThreadPool::threads() const { return static_cast<int>(state_->workers.size()) + 1; }

void ThreadPool::run(std::int64_t chunks, const std::function<void(std::int64_t)>& body) {
  if (chunks <= 0) return;
  if (inside_pool || state_->workers.empty() || chunks == 1) {
    for (std::int64_t chunk = 0; chunk < chunks; ++chunk) body(chunk);
    return;
  }
  Job job{body, chunks};
  {
    std::lock_guard lock(state_->mutex);
    state_->job = &job;
    ++state_->generation;
  }
  state_->wake.notify_all();
  job.work();
  {
    std::unique_lock lock(state_->mutex);
    state_->job = nullptr;  // late workers find nothing
    state_->idle.wait(lock, [&] { return state_->busy == 0; });
  }
  if (job.failure) std::rethrow_exception(job.failure);
}

}  // namespace whiteline::core
