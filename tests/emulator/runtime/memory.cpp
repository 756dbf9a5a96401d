// Device memory between guard pages, pinned host memory, memory pools, copies.
#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "../simt/sanitizers.hpp"
#include "device.hpp"

namespace emulator {

namespace {

constexpr std::size_t page = 4096;

// Null: no room.
char* map_memory(std::size_t bytes, Pool* pool) {
  Device& d = device();
  if (bytes > d.total || d.used + bytes > d.total) return nullptr;
  const std::size_t mapped = (bytes + page) / page * page;
  void* const map = mmap(nullptr, mapped + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (map == MAP_FAILED) return nullptr;
  char* const begin = static_cast<char*>(map) + page;  // a guard page on either side
  mprotect(begin, mapped, PROT_READ | PROT_WRITE);
  std::memset(begin, 0xFF, mapped);
  simt::forbid(begin + bytes, mapped - bytes);
  simt::forget(begin, bytes);
  if (!d.draining) mprotect(begin, mapped, PROT_NONE);
  d.memory.push_back({begin, bytes, mapped, pool, false});
  d.used += bytes;
  if (pool) pool->used += bytes;
  return begin;
}

void forget_pool(Pool* pool) {
  if (!pool->destroyed || pool->used > 0) return;
  take(device().pools, pool);
  delete pool;
}

// That begins at `address`; null if there is none.
Allocation* find(const void* address) {
  for (Allocation& a : device().memory)
    if (a.begin == address) return &a;
  return nullptr;
}

bool unmap_memory(void* address) {
  Device& d = device();
  const Allocation* const found = find(address);
  if (!found) return false;
  const Allocation freed = *found;
  d.memory.erase(d.memory.begin() + (found - d.memory.data()));
  d.used -= freed.bytes;
  simt::allow(freed.begin, freed.mapped);
  munmap(freed.begin - page, freed.mapped + 2 * page);
  if (freed.pool) {
    freed.pool->used -= freed.bytes;
    forget_pool(freed.pool);
  }
  return true;
}

bool known_pool(cudaMemPool_t pool) {
  const auto& pools = device().pools;
  return std::find(pools.begin(), pools.end(), pool) != pools.end() && !pool->destroyed;
}

}  // namespace

void protect_all(bool readable) {
  for (const Allocation& a : device().memory)
    mprotect(a.begin, a.mapped, readable ? PROT_READ | PROT_WRITE : PROT_NONE);
}

bool on_device(const void* address, std::size_t bytes) {
  const auto* begin = static_cast<const char*>(address);
  const auto& memory = device().memory;
  return std::any_of(memory.begin(), memory.end(), [=](const Allocation& a) {
    return begin >= a.begin && begin + bytes <= a.begin + a.bytes && !a.freed;
  });
}

}  // namespace emulator

using namespace emulator;

cudaError_t cudaMemGetInfo(std::size_t* free, std::size_t* total) {
  Call call;
  if (call.error) return call.error;
  *free = device().total - std::min(device().total, device().used);
  *total = device().total;
  return cudaSuccess;
}

cudaError_t cudaMalloc(void** address, std::size_t bytes) {
  Call call;
  if (call.error) return call.error;
  char* const begin = map_memory(bytes, nullptr);
  if (!begin) return remember(cudaErrorMemoryAllocation);
  *address = begin;
  return cudaSuccess;
}

cudaError_t cudaFree(void* address) {
  const std::lock_guard lock(device().mutex);
  if (!address) return cudaSuccess;
  drain_all();  // the real call waits for the device too
  return unmap_memory(address) ? device().sticky : remember(cudaErrorInvalidValue);
}

// --- pools ------------------------------------------------------------------------------------
cudaError_t cudaMemPoolCreate(cudaMemPool_t* pool, const cudaMemPoolProps* properties) {
  Call call;
  if (call.error) return call.error;
  if (properties->location.type != cudaMemLocationTypeDevice || properties->location.id < 0 ||
      properties->location.id >= device().count)
    return remember(cudaErrorInvalidValue);
  device().pools.push_back(*pool = new Pool);
  return cudaSuccess;
}

cudaError_t cudaMemPoolDestroy(cudaMemPool_t pool) {
  const std::lock_guard lock(device().mutex);
  if (!known_pool(pool)) return remember(cudaErrorInvalidValue);
  pool->destroyed = true;
  forget_pool(pool);
  return device().sticky;
}

cudaError_t cudaMemPoolSetAttribute(cudaMemPool_t pool, cudaMemPoolAttr attribute, void*) {
  Call call;
  if (call.error) return call.error;
  const bool right = known_pool(pool) && attribute == cudaMemPoolAttrReleaseThreshold;
  return remember(right ? cudaSuccess : cudaErrorInvalidValue);
}

cudaError_t cudaMemPoolGetAttribute(cudaMemPool_t pool, cudaMemPoolAttr, void* value) {
  Call call;
  if (call.error) return call.error;
  if (!known_pool(pool)) return remember(cudaErrorInvalidValue);
  const std::uint64_t bytes = pool->used;  // nothing is held in reserve
  std::memcpy(value, &bytes, sizeof bytes);
  return cudaSuccess;
}

cudaError_t cudaMallocFromPoolAsync(void** address, std::size_t bytes, cudaMemPool_t pool,
                                    cudaStream_t stream) {
  Call call;
  if (call.error) return call.error;
  if (!known_pool(pool) || bytes == 0) return remember(cudaErrorInvalidValue);
  if (!known(stream)) return remember(cudaErrorInvalidResourceHandle);
  if (const cudaError_t refused = refuse_captured(stream)) return refused;  // unlike a GPU
  char* begin = map_memory(bytes, pool);
  if (!begin) {  // what the stream frees before can be used
    drain(queue_of(stream));
    begin = map_memory(bytes, pool);
  }
  if (!begin) return remember(cudaErrorMemoryAllocation);
  *address = begin;
  return cudaSuccess;
}

cudaError_t cudaFreeAsync(void* address, cudaStream_t stream) {
  const std::lock_guard lock(device().mutex);
  if (!known(stream)) return remember(cudaErrorInvalidResourceHandle);
  Allocation* const found = find(address);
  if (!found || found->freed) return remember(cudaErrorInvalidValue);
  found->freed = true;
  add(
      stream, [=] { unmap_memory(address); }, true);
  return device().sticky;
}

// --- host memory and copies -------------------------------------------------------------------
cudaError_t cudaMallocHost(void** address, std::size_t bytes) {
  Call call;
  if (call.error) return call.error;
  *address = std::malloc(bytes);
  if (!*address) return remember(cudaErrorMemoryAllocation);
  device().host_memory.push_back(*address);
  return cudaSuccess;
}

cudaError_t cudaFreeHost(void* address) {
  const std::lock_guard lock(device().mutex);
  if (!take(device().host_memory, address)) return remember(cudaErrorInvalidValue);
  std::free(address);
  return device().sticky;
}

cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind,
                            cudaStream_t stream) {
  Call call;
  if (call.error) return call.error;
  const bool to_device = kind != cudaMemcpyDeviceToHost,
             from_device = kind != cudaMemcpyHostToDevice;
  if (bytes && (on_device(to, bytes) != to_device || on_device(from, bytes) != from_device))
    return remember(cudaErrorInvalidValue);
  if (!known(stream)) return remember(cudaErrorInvalidResourceHandle);
  add(stream, [=] { std::memcpy(to, from, bytes); });
  return cudaSuccess;
}

cudaError_t cudaMemsetAsync(void* address, int byte, std::size_t bytes, cudaStream_t stream) {
  Call call;
  if (call.error) return call.error;
  if (bytes && !on_device(address, bytes)) return remember(cudaErrorInvalidValue);
  if (!usable_here(stream)) return remember(cudaErrorInvalidResourceHandle);
  add(stream, [=] { std::memset(address, byte, bytes); });
  return cudaSuccess;
}
