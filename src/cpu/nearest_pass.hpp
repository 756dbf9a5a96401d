// core::NearestPass of the CPU.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "cpu/near_lists.hpp"
#include "cpu/near_tiles.hpp"

namespace whiteline::cpu {

class CpuNearestPass final : public core::NearestPass {
 public:
  CpuNearestPass(core::ThreadPool& pool, const core::NearestJob& job);

  NearProducts products() const override {
    return rule_.squared_losses ? NearProducts::bfloat16 : NearProducts::float32;
  }
  void advance(std::int64_t begin, std::int64_t end) override;
  void finish(core::DeviceSpan<std::int32_t> candidates,
              core::DeviceSpan<std::int32_t> counts) override;

 private:
  // What one thread has found; threads take one of several in turn.
  struct Finder {
    NearLists lists;
    std::vector<NearPair> pairs;
  };

  NearSides sides(const float* limits, const float* right_limits) const;
  NearRule make_rule(const core::NearestJob& job) const;
  bool rounding_pays() const;
  std::vector<float> start_limits() const;
  void note(std::span<const NearPair> pairs, NearLists& lists) const;
  // Keys of all other rows, their rows ascending.
  void compare_with_all(std::int64_t row, std::vector<std::uint64_t>& keys) const;
  // The keys within reach of the row, their rows ascending.
  void collect(std::int64_t row, KeySorter& sorter, std::vector<std::uint64_t>& keys) const;
  Finder* borrow();
  void give_back(Finder* finder);

  core::ThreadPool& pool_;
  const VectorKernels& kernels_;
  std::int64_t row_shift_, others_;
  bool one_set_;
  std::unique_ptr<NearTiles> tiles_;
  NearRule rule_;
  Scratch packed_;
  std::vector<float> start_limits_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Finder>> finders_;  // at most one a thread
  std::vector<Finder*> free_;
};

}  // namespace whiteline::cpu
