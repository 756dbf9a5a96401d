#include "cuda/staging.hpp"

#include <algorithm>
#include <cstring>

namespace whiteline::cuda {

namespace {

constexpr std::size_t block_bytes = std::size_t{4} << 20;
constexpr std::size_t alignment = 256;  // bytes, of the pieces in a block

std::size_t padded(std::size_t bytes) { return (bytes + alignment - 1) / alignment * alignment; }

PinnedMemory make_pinned(std::size_t bytes) {
  void* address = nullptr;
  check(cudaMallocHost(&address, bytes));
  return PinnedMemory(address);
}

Event make_event() {
  cudaEvent_t event = nullptr;
  check(cudaEventCreateWithFlags(&event, cudaEventDisableTiming));
  return Event(event);
}

}  // namespace

Staging::Block& Staging::made(std::size_t number) {
  Block& block = blocks_[number];
  if (!block.memory) block.memory = make_pinned(block_bytes);
  if (!block.copied) block.copied = make_event();
  return block;
}

// The current block, or the other one, emptied, when it is full.
Staging::Block& Staging::block_with_room() {
  if (blocks_[current_].used >= block_bytes) {
    current_ = (current_ + 1) % blocks_.size();
    Block& next = blocks_[current_];
    if (next.used > 0) check(cudaEventSynchronize(next.copied.get()));
    next.used = 0;
  }
  return made(current_);
}

void Staging::copy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind,
                   const Block& block) {
  check(cudaMemcpyAsync(to, from, bytes, kind, stream_));
  const cudaError_t recorded = cudaEventRecord(block.copied.get(), stream_);
  if (recorded == cudaSuccess) return;
  ignore(cudaStreamSynchronize(stream_));  // nothing else would wait for this copy
  check(recorded);
}

void Staging::upload(void* device, const void* host, std::size_t bytes) {
  for (std::size_t sent = 0; sent < bytes;) {
    Block& block = block_with_room();
    const std::size_t piece = std::min(bytes - sent, block_bytes - block.used);
    char* const staged = block.data() + block.used;
    std::memcpy(staged, static_cast<const char*>(host) + sent, piece);
    block.used += padded(piece);
    copy(static_cast<char*>(device) + sent, staged, piece, cudaMemcpyHostToDevice, block);
    sent += piece;
  }
}

void Staging::upload_lines(void* device, std::int64_t device_step, const void* host,
                           std::int64_t host_step, std::int64_t lines, std::int64_t length) {
  if (device_step == length && (host_step == length || lines <= 1))
    return upload(device, host, static_cast<std::size_t>(lines * length));
  const auto bytes = static_cast<std::size_t>(length), step = static_cast<std::size_t>(device_step);
  for (std::int64_t sent = 0; sent < lines;) {
    char* const to = static_cast<char*>(device) + sent * device_step;
    const char* const from = static_cast<const char*>(host) + sent * host_step;
    if (step > block_bytes) {
      upload(to, from, bytes);
      ++sent;
      continue;
    }
    Block& block = block_with_room();
    const auto room = static_cast<std::int64_t>((block_bytes - block.used) / step);
    if (room == 0) {
      block.used = block_bytes;  // the next one, then
      continue;
    }
    const std::int64_t count = std::min(room, lines - sent);
    char* const staged = block.data() + block.used;
    for (std::int64_t i = 0; i < count; ++i) {
      std::memcpy(staged + i * device_step, from + i * host_step, bytes);
      std::memset(staged + i * device_step + length, 0, step - bytes);
    }
    const std::size_t all = static_cast<std::size_t>(count) * step;
    block.used += padded(all);
    copy(to, staged, all, cudaMemcpyHostToDevice, block);
    sent += count;
  }
}

// Piece k goes through block k mod 2 and is read while piece k + 1 is copied.
void Staging::download(void* host, const void* device, std::size_t bytes) {
  std::size_t asked = 0, arrived = 0;
  for (std::size_t turn = 0; arrived < bytes; ++turn) {
    if (asked < bytes) {
      Block& block = made(turn % blocks_.size());
      const std::size_t piece = std::min(bytes - asked, block_bytes);
      block.used = block_bytes;
      copy(block.data(), static_cast<const char*>(device) + asked, piece, cudaMemcpyDeviceToHost,
           block);
      asked += piece;
    }
    if (turn == 0) continue;
    Block& before = blocks_[(turn - 1) % blocks_.size()];
    check(cudaEventSynchronize(before.copied.get()));
    const std::size_t piece = std::min(bytes - arrived, block_bytes);
    std::memcpy(static_cast<char*>(host) + arrived, before.data(), piece);
    before.used = 0;
    arrived += piece;
  }
}

}  // namespace whiteline::cuda
