// core::NearestPass of the CPU.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "core/ops/neighbors.hpp"
#include "core/parallel.hpp"
#include "cpu/near_lists.hpp"
#include "cpu/panels.hpp"

namespace whiteline::cpu {

// Leaves the `count` smallest, in no order.
void keep_least(std::vector<std::uint64_t>& keys, std::int64_t count);

class CpuNearestPass final : public core::NearestPass {
 public:
  CpuNearestPass(core::ThreadPool& pool, const core::PreparedRows& left,
                 const core::PreparedRows& right, std::int64_t count);

  void advance(std::int64_t begin, std::int64_t end) override;
  void finish(core::DeviceSpan<std::int32_t> near, core::DeviceSpan<float> bounds) override;

 private:
  // What one thread has found; threads take one of several in turn.
  struct Finder {
    NearLists lists;
    std::vector<NearPair> pairs;
  };
  // Rows [begin, end) of the left side as groups of tile_rows, [group][channel][row].
  struct Packed {
    std::int64_t begin, end;
    const float* numbers;
  };

  Packed pack(std::int64_t begin, std::int64_t end, Scratch& memory) const;
  // found(pair) for the near pairs of these rows and a panel.
  template <class Found>
  void each_near(const Packed& rows, const Panels& panels, std::int64_t panel,
                 const NearSides& sides, std::vector<NearPair>& pairs, Found&& found) const;
  std::vector<float> start_limits() const;
  // Keys of all other rows.
  void compare_with_all(std::int64_t row, std::vector<std::uint64_t>& keys) const;
  Finder* borrow();
  void give_back(Finder* finder);

  core::ThreadPool& pool_;
  const VectorKernels& kernels_;
  core::PreparedRows left_;
  Panels panels_;  // of the right side
  std::int64_t count_, row_shift_;
  bool one_set_;
  Scratch packed_;
  std::vector<float> start_limits_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Finder>> finders_;  // at most one a thread
  std::vector<Finder*> free_;
};

}  // namespace whiteline::cpu
