#include "cpu/nearest_pass.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace whiteline::cpu {

namespace {

constexpr std::int64_t rows_a_chunk = 16, panels_a_chunk = 4;
constexpr std::size_t largest_tile = 16 * 64;
constexpr float no_limit = std::numeric_limits<float>::infinity();

// Rows compared with all others first, to know what is near: so many that `count` of the others
// are about `near_samples` of them, and a small part of the others.
constexpr std::int64_t near_samples = 12, most_samples = 1024, least_rows_a_sample = 16;

// Row numbers spread evenly whatever their order: multiples of the golden ratio.
std::int64_t sample_row(std::int64_t i, std::int64_t rows) {
  const auto fraction = std::uint32_t(std::uint64_t(i) * 2654435769u);
  return std::int64_t((std::uint64_t(fraction) * std::uint64_t(rows)) >> 32);
}

}  // namespace

void keep_least(std::vector<std::uint64_t>& keys, std::int64_t count) {
  assert(std::ssize(keys) >= count && count >= 1);
  if (std::ssize(keys) == count) return;
  std::nth_element(keys.begin(), keys.begin() + (count - 1), keys.end());
  keys.resize(std::size_t(count));
}

CpuNearestPass::CpuNearestPass(core::ThreadPool& pool, const core::PreparedRows& left,
                               const core::PreparedRows& right, std::int64_t count)
    : pool_(pool),
      kernels_(vector_kernels()),
      left_(left),
      panels_(pool, kernels_, right),
      count_(count),
      row_shift_(core::common_row_shift(left.rows, right.rows)),
      one_set_(left.rows.data == right.rows.data && left.rows.rows == right.rows.rows),
      start_limits_(start_limits()) {}

CpuNearestPass::Packed CpuNearestPass::pack(std::int64_t begin, std::int64_t end,
                                            Scratch& memory) const {
  const std::int64_t height = kernels_.tile_rows, depth = left_.rows.cols;
  const std::int64_t groups = (end - begin + height - 1) / height;
  float* const to = memory.at_least(groups * height * depth + VectorKernels::pack_slack);
  const Factor factor{left_.rows.data, left_.rows.stride, 1};
  for (std::int64_t group = 0; group < groups; ++group) {
    const std::int64_t row = begin + group * height;
    const int count = int(std::min(height, end - row));
    kernels_.pack(factor.some_rows(row), count, count, depth, to + group * height * depth);
  }
  return {begin, end, to};
}

template <class Found>
void CpuNearestPass::each_near(const Packed& rows, const Panels& panels, std::int64_t panel,
                               const NearSides& sides, std::vector<NearPair>& pairs,
                               Found&& found) const {
  const std::int64_t height = kernels_.tile_rows, width = kernels_.tile_columns;
  const std::int64_t depth = left_.rows.cols, column = panel * width;
  const int columns = int(std::min(width, panels.rows().rows.rows - column));
  alignas(64) float totals[largest_tile];
  const float* numbers = rows.numbers;
  for (std::int64_t row = rows.begin; row < rows.end; row += height, numbers += height * depth) {
    if (sides.right_limits && column + columns <= row + 1) continue;  // seen already
    const int count = int(std::min(height, rows.end - row));
    kernels_.accumulate(count, numbers, panels.panel(panel), depth, false, totals);
    const int near =
        kernels_.near_pairs({row, column, count, columns, totals}, sides, pairs.data());
    for (int i = 0; i < near; ++i) found(pairs[std::size_t(i)]);
  }
}

// Of each row the distance that about 2 count others are within, or no limit where a sample would
// cost more than it saves. A row that has fewer than `count` within it is found in finish().
std::vector<float> CpuNearestPass::start_limits() const {
  const ConstMatrixView all = panels_.rows().rows;
  const std::int64_t n = all.rows, samples = std::min(near_samples * n / count_ + 1, most_samples);
  std::vector<float> limits(std::size_t(left_.rows.rows), no_limit);
  if (samples * least_rows_a_sample > n) return limits;
  const double expected = double(samples) * double(count_) / double(n);
  const auto rank = std::int64_t(std::ceil(expected + 3.0 * std::sqrt(expected) + 2.0));
  if (rank >= samples) return limits;

  std::vector<float> numbers(std::size_t(samples * all.cols)), norms(std::size_t(samples), 0.0f);
  for (std::int64_t i = 0; i < samples; ++i) {
    const std::int64_t row = sample_row(i, n);
    std::copy_n(all.data + row * all.stride, all.cols, numbers.data() + i * all.cols);
    norms[std::size_t(i)] = panels_.rows().squared_norm.data[row];
  }
  const core::DeviceSpan<const float> norm_span(norms.data(), samples);
  const Panels sample(pool_, kernels_,
                      {{numbers.data(), samples, all.cols, all.cols}, norm_span, norm_span});
  const NearSides sides{left_.squared_norm.data, norms.data(), limits.data(), nullptr,
                        core::no_common_rows};
  std::vector<float> found(limits.size());
  core::parallel_for(
      pool_, left_.rows.rows, kernels_.tile_rows, [&](std::int64_t begin, std::int64_t end) {
        Scratch memory;
        const Packed rows = pack(begin, end, memory);
        std::vector<NearPair> pairs(largest_tile);
        std::vector<std::vector<float>> distances(std::size_t(end - begin));
        for (std::int64_t panel = 0; panel < sample.panels(); ++panel)
          each_near(rows, sample, panel, sides, pairs, [&](const NearPair& pair) {
            distances[std::size_t(pair.row - begin)].push_back(pair.squared_distance);
          });
        for (std::int64_t row = begin; row < end; ++row) {
          std::vector<float>& own = distances[std::size_t(row - begin)];
          std::nth_element(own.begin(), own.begin() + (rank - 1), own.end());
          found[std::size_t(row)] = own[std::size_t(rank - 1)];
        }
      });
  return found;
}

void CpuNearestPass::advance(std::int64_t begin, std::int64_t end) {
  const Packed rows = pack(begin, end, packed_);
  const std::int64_t first = one_set_ ? begin / kernels_.tile_columns : 0;
  core::parallel_for(
      pool_, panels_.panels() - first, panels_a_chunk, [&](std::int64_t from, std::int64_t to) {
        Finder* const finder = borrow();
        NearLists& lists = finder->lists;
        const NearSides sides{left_.squared_norm.data, panels_.rows().squared_norm.data,
                              lists.limits(), one_set_ ? lists.limits() : nullptr, row_shift_};
        for (std::int64_t panel = first + from; panel < first + to; ++panel)
          each_near(rows, panels_, panel, sides, finder->pairs, [&](const NearPair& pair) {
            lists.add(pair.row, pair.squared_distance, pair.column);
            if (one_set_) lists.add(pair.column, pair.squared_distance, pair.row);
          });
        give_back(finder);
      });
}

void CpuNearestPass::compare_with_all(std::int64_t row, std::vector<std::uint64_t>& keys) const {
  Scratch memory;
  const Packed packed = pack(row, row + 1, memory);
  const std::vector<float> limits(std::size_t(left_.rows.rows), no_limit);
  const NearSides sides{left_.squared_norm.data, panels_.rows().squared_norm.data, limits.data(),
                        nullptr, row_shift_};
  std::vector<NearPair> pairs(largest_tile);
  keys.clear();
  for (std::int64_t panel = 0; panel < panels_.panels(); ++panel)
    each_near(packed, panels_, panel, sides, pairs, [&](const NearPair& pair) {
      keys.push_back(formulas::near_key(pair.squared_distance, pair.column));
    });
}

void CpuNearestPass::finish(core::DeviceSpan<std::int32_t> near, core::DeviceSpan<float> bounds) {
  assert(near.size == left_.rows.rows * count_ && bounds.size == left_.rows.rows);
  core::parallel_for(
      pool_, left_.rows.rows, rows_a_chunk, [&](std::int64_t begin, std::int64_t end) {
        std::vector<std::uint64_t> all;
        for (std::int64_t row = begin; row < end; ++row) {
          all.clear();
          for (const auto& finder : finders_) {
            const auto part = finder->lists.of(row);
            all.insert(all.end(), part.begin(), part.end());
          }
          if (std::ssize(all) < count_) compare_with_all(row, all);
          keep_least(all, count_);
          bounds.data[row] = formulas::key_distance(*std::max_element(all.begin(), all.end()));
          std::int32_t* const to = near.data + row * count_;
          std::transform(all.begin(), all.end(), to, formulas::key_row);
          std::sort(to, to + count_);
        }
      });
}

CpuNearestPass::Finder* CpuNearestPass::borrow() {
  const std::lock_guard lock(mutex_);
  if (free_.empty()) {
    finders_.push_back(std::make_unique<Finder>(
        Finder{NearLists(count_, start_limits_), std::vector<NearPair>(largest_tile)}));
    return finders_.back().get();
  }
  Finder* const finder = free_.back();
  free_.pop_back();
  return finder;
}

void CpuNearestPass::give_back(Finder* finder) {
  const std::lock_guard lock(mutex_);
  free_.push_back(finder);
}

}  // namespace whiteline::cpu
