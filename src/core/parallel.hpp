// The only way to use CPU threads. Work is cut into chunks whose number does not depend on the
// number of threads; each chunk writes its own place, so results are the same bits for any count.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include <whiteline/error.hpp>

namespace whiteline::core {

// Threads to use when the caller does not say: OMP_NUM_THREADS if it is a number > 0, else the
// processors this process may run on.
WHITELINE_EXPORT int default_threads();

class WHITELINE_EXPORT ThreadPool {
 public:
  explicit ThreadPool(int threads);  // the caller is one of them; 0: default_threads()
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const;

  // Calls body(chunk) for chunk = 0 .. chunks - 1, each once, in any order, and waits. Chunks are
  // handed out in ascending order. Of several exceptions the lowest chunk's is rethrown, and chunks
  // not yet begun are left out. A call from inside a body runs its chunks inline.
  void run(std::int64_t chunks, const std::function<void(std::int64_t)>& body);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// body(begin, end) over consecutive ranges of at most `grain` elements of [0, size).
template <class Body>
void parallel_for(ThreadPool& pool, std::int64_t size, std::int64_t grain, Body&& body) {
  const auto run_chunk = [&](std::int64_t chunk) {
    const std::int64_t begin = chunk * grain;
    body(begin, begin + grain < size ? begin + grain : size);
  };
  pool.run((size + grain - 1) / grain, std::cref(run_chunk));  // by reference: no allocation
}

}  // namespace whiteline::core
