// Barriers of a block and meetings of a warp's lanes, with what CUDA forbids there.
#include <cstring>

#include "scheduler.hpp"

namespace simt {

void (*on_syncwarp)(unsigned, unsigned) = nullptr;

namespace {

bool same(Site a, Site b) { return a.line == b.line && std::strcmp(a.file, b.file) == 0; }

}  // namespace

void Scheduler::syncthreads(Site site) {
  current_->state = State::barrier;
  current_->site = site;
  suspend();
}

// Called when no fiber can run: either all wait at one barrier, or a rule is broken.
void Scheduler::release_barrier() {
  unsigned waiting = 0, done = 0;
  const Fiber* first = nullptr;
  for (unsigned i = 0; i < threads_; ++i) {
    const Fiber& fiber = fibers_[i];
    done += fiber.state == State::done;
    if (fiber.state == State::collective)
      return refuse(
          "synccheck: deadlock at the warp collective %s:%d, mask %08x (a lane of the mask exited "
          "or waits elsewhere)",
          fiber.site.file, fiber.site.line, fiber.mask);
    if (fiber.state != State::barrier) continue;
    ++waiting;
    if (!first) first = &fiber;
    if (!same(fiber.site, first->site))
      return refuse(
          "synccheck: threads of one block wait at different __syncthreads, %s:%d and %s:%d",
          first->site.file, first->site.line, fiber.site.file, fiber.site.line);
  }
  if (done)
    return refuse("synccheck: %u threads exited before __syncthreads at %s:%d", done,
                  first->site.file, first->site.line);
  for (unsigned i = 0; i < waiting; ++i) fibers_[i].state = State::ready;
  ++position.barrier;
}

// Whether every other lane of the mask waits for this one.
bool Scheduler::others_wait(const Fiber* lanes, unsigned lane, unsigned mask, Site site) {
  bool all = true;
  for (unsigned l = 0; l < 32; ++l) {
    if (l == lane || !(mask >> l & 1)) continue;
    const Fiber& other = lanes[l];
    if (other.state != State::collective || !(other.mask >> lane & 1)) {
      all = false;  // not here yet
    } else if (other.mask != mask) {
      abandon("synccheck: lanes disagree on the mask", site);
    } else if (!same(other.site, site)) {
      abandon("synccheck: lanes of one mask meet at different collectives, one", site);
    }
  }
  return all;
}

const std::uint64_t* Scheduler::meet(unsigned mask, std::uint64_t value, Site site,
                                     bool orders_memory) {
  Fiber& self = *current_;
  const unsigned warp = self.index / 32, lane = self.index % 32;
  Fiber* lanes = &fibers_[warp * 32];
  if (const unsigned here = threads_ - warp * 32; here < 32) mask &= (1u << here) - 1;
  if (!(mask >> lane & 1)) abandon("synccheck: calling lane not in the mask", site);
  const bool last = others_wait(lanes, lane, mask, site);
  self.mask = mask;
  self.site = site;
  self.value = value;
  if (!last) {
    self.state = State::collective;
    suspend();
    return self.received;
  }
  std::uint64_t values[32];
  std::memset(values, 0xFF, sizeof values);
  forget(values, sizeof values);
  for (unsigned l = 0; l < 32; ++l)
    if (mask >> l & 1) values[l] = lanes[l].value;
  for (unsigned l = 0; l < 32; ++l) {
    if (!(mask >> l & 1)) continue;
    std::memcpy(lanes[l].received, values, sizeof values);
    lanes[l].state = State::ready;
  }
  if (orders_memory && on_syncwarp) on_syncwarp(warp, mask);
  return self.received;
}

}  // namespace simt
