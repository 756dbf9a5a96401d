#include "cpu/nearest_pass.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <limits>

namespace whiteline::cpu {

namespace {

constexpr std::int64_t rows_a_chunk = 16, panels_a_chunk = 4;
constexpr std::size_t pairs_ahead = 8;  // whose places are fetched
constexpr float no_limit = std::numeric_limits<float>::infinity();

// Rows compared with all others first, to know what is near: so many that the k nearest of the
// others are about `near_samples` of them, and a small part of the others.
constexpr std::int64_t near_samples = 12, most_samples = 1024, least_rows_a_sample = 16;

// Rows by which rounding to bfloat16 is tried, and how many others make it worth while: below,
// rounding costs more than the products; to compare one more row exactly costs about as much as
// rounding saves over `saving_pairs` of them.
constexpr std::int64_t trial_rows = 32, least_rows_to_round = 512, saving_pairs = 8;

// Row numbers spread evenly whatever their order: multiples of the golden ratio.
std::int64_t sample_row(std::int64_t i, std::int64_t rows) {
  const auto fraction = std::uint32_t(std::uint64_t(i) * 2654435769u);
  return std::int64_t((std::uint64_t(fraction) * std::uint64_t(rows)) >> 32);
}

}  // namespace

CpuNearestPass::CpuNearestPass(core::ThreadPool& pool, const core::NearestJob& job)
    : pool_(pool),
      kernels_(vector_kernels()),
      row_shift_(core::common_row_shift(job.left.rows, job.right.rows)),
      others_(job.others()),
      one_set_(job.one_set()) {
  const bool may_round =
      kernels_.isa >= Isa::avx512_bf16 && job.right.rows.rows >= least_rows_to_round;
  const bool rounds = job.products == NearProducts::bfloat16 ||
                      (job.products == NearProducts::automatic && may_round);
  tiles_ = std::make_unique<NearTiles>(pool, kernels_, job, rounds);
  rule_ = make_rule(job);
  if (job.products == NearProducts::automatic && rounds && !rounding_pays()) {
    tiles_.reset();
    tiles_ = std::make_unique<NearTiles>(pool, kernels_, job, false);
    rule_ = make_rule(job);
  }
  start_limits_ = start_limits();
}

NearRule CpuNearestPass::make_rule(const core::NearestJob& job) const {
  return {job.k, core::most_candidates(job.k, job.others()), tiles_->bound(),
          tiles_->left().squared_norm.data, tiles_->left_squared_losses()};
}

NearSides CpuNearestPass::sides(const float* limits, const float* right_limits) const {
  return {tiles_->left().squared_norm.data, tiles_->right().squared_norm.data, limits, right_limits,
          row_shift_};
}

// Whether rounding leaves few rows to compare exactly that are not wanted.
bool CpuNearestPass::rounding_pays() const {
  const std::int64_t rows = tiles_->left().rows.rows;
  const std::int64_t trials = std::min(trial_rows, rows);
  std::vector<std::int64_t> found(static_cast<std::size_t>(trials));
  pool_.run(trials, [&](std::int64_t i) {
    const std::int64_t row = sample_row(i, rows);
    KeySorter sorter(kernels_);
    std::vector<std::uint64_t> keys;
    compare_with_all(row, keys);
    found[std::size_t(i)] = keep_up_to(keys, rule_.reach(row, sorter.nth_distance(keys, rule_.k)));
  });
  std::int64_t to_compare = 0;  // exactly, beside what is wanted
  for (const std::int64_t count : found)
    to_compare += count < rule_.most || rule_.most == others_ ? count - rule_.k : others_;
  return to_compare / trials < others_ / saving_pairs;
}

// Of each row the distance that about 2 k others are within, or no limit where a sample would cost
// more than it saves. What lies beyond and is needed is found in finish().
std::vector<float> CpuNearestPass::start_limits() const {
  const ConstMatrixView all = tiles_->right().rows;
  const std::int64_t rows = tiles_->left().rows.rows, n = all.rows;
  const std::int64_t wanted = rule_.k + rule_.k / 4;
  const std::int64_t samples = std::min(near_samples * n / wanted + 1, most_samples);
  std::vector<float> limits(std::size_t(rows), no_limit);
  if (samples * least_rows_a_sample > n) return limits;
  const double expected = double(samples) * double(wanted) / double(n);
  const auto rank = std::int64_t(std::ceil(expected + 3.0 * std::sqrt(expected) + 2.0));
  if (rank >= samples) return limits;

  std::vector<float> numbers(std::size_t(samples * all.cols)), norms(std::size_t(samples), 0.0f);
  for (std::int64_t i = 0; i < samples; ++i) {
    const std::int64_t row = sample_row(i, n);
    std::copy_n(all.data + row * all.stride, all.cols, numbers.data() + i * all.cols);
    norms[std::size_t(i)] = tiles_->right().squared_norm.data[row];
  }
  const core::DeviceSpan<const float> norm_span(norms.data(), samples);
  const Panels sample(pool_, kernels_,
                      {{numbers.data(), samples, all.cols, all.cols}, norm_span, norm_span});
  const NearSides compared{tiles_->left().squared_norm.data, norms.data(), limits.data(), nullptr,
                           core::no_common_rows};
  std::vector<float> found(limits.size());
  core::parallel_for(pool_, rows, kernels_.tile_rows, [&](std::int64_t begin, std::int64_t end) {
    Scratch memory;
    const NearTiles::Packed packed = tiles_->pack(begin, end, memory);
    std::vector<NearPair> pairs(NearTiles::largest_tile);
    std::vector<float> distances(std::size_t((end - begin) * samples));
    for (std::int64_t panel = 0; panel < sample.panels(); ++panel)
      tiles_->each_near(packed, sample, panel, compared, pairs,
                        [&](std::span<const NearPair> near) {
                          for (const NearPair& pair : near)
                            distances[std::size_t((pair.row - begin) * samples + pair.column)] =
                                pair.squared_distance;
                        });
    for (std::int64_t row = begin; row < end; ++row)
      found[std::size_t(row)] =
          kernels_.nth_smallest(&distances[std::size_t((row - begin) * samples)], samples, rank);
  });
  return found;
}

void CpuNearestPass::note(std::span<const NearPair> pairs, NearLists& lists) const {
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const NearPair& pair = pairs[i];
    if (one_set_ && i + pairs_ahead < pairs.size()) lists.expect(pairs[i + pairs_ahead].column);
    lists.add(pair.row, pair.squared_distance, pair.column);
    if (one_set_) lists.add(pair.column, pair.squared_distance, pair.row);
  }
}

void CpuNearestPass::advance(std::int64_t begin, std::int64_t end) {
  const NearTiles::Packed rows = tiles_->pack(begin, end, packed_);
  const std::int64_t first = one_set_ ? begin / kernels_.tile_columns : 0;
  core::parallel_for(pool_, tiles_->panels().panels() - first, panels_a_chunk,
                     [&](std::int64_t from, std::int64_t to) {
                       Finder* const finder = borrow();
                       const float* const limits = finder->lists.limits();
                       const NearSides compared = sides(limits, one_set_ ? limits : nullptr);
                       for (std::int64_t panel = first + from; panel < first + to; ++panel)
                         tiles_->each_near(
                             rows, tiles_->panels(), panel, compared, finder->pairs,
                             [&](std::span<const NearPair> near) { note(near, finder->lists); });
                       give_back(finder);
                     });
}

void CpuNearestPass::compare_with_all(std::int64_t row, std::vector<std::uint64_t>& keys) const {
  Scratch memory;
  const NearTiles::Packed packed = tiles_->pack(row, row + 1, memory);
  const std::vector<float> limits(std::size_t(tiles_->left().rows.rows), no_limit);
  std::vector<NearPair> pairs(NearTiles::largest_tile);
  keys.clear();
  for (std::int64_t panel = 0; panel < tiles_->panels().panels(); ++panel)
    tiles_->each_near(packed, tiles_->panels(), panel, sides(limits.data(), nullptr), pairs,
                      [&](std::span<const NearPair> near) {
                        for (const NearPair& pair : near)
                          keys.push_back(formulas::near_key(pair.squared_distance, pair.column));
                      });
}

void CpuNearestPass::collect(std::int64_t row, KeySorter& sorter,
                             std::vector<std::uint64_t>& keys) const {
  float limit = start_limits_[std::size_t(row)];
  keys.clear();
  for (const auto& finder : finders_) {
    const auto part = finder->lists.of(row);
    keys.insert(keys.end(), part.begin(), part.end());
    limit = std::min(limit, finder->lists.limits()[row]);
  }
  const auto reach = [&] { return rule_.reach(row, sorter.nth_distance(keys, rule_.k)); };
  float within = std::ssize(keys) < rule_.k ? no_limit : reach();
  if (within > limit || std::ssize(keys) < rule_.k) {  // some that count were left out
    compare_with_all(row, keys);
    within = reach();
  }
  keys.resize(std::size_t(keep_up_to(keys, within)));
  for (std::uint64_t& key : keys) key = std::rotl(key, 32);  // the row first
  sorter.sort_by_upper_half(keys);
  for (std::uint64_t& key : keys) key = std::rotl(key, 32);
}

void CpuNearestPass::finish(core::DeviceSpan<std::int32_t> candidates,
                            core::DeviceSpan<std::int32_t> counts) {
  const std::int64_t rows = tiles_->left().rows.rows, most = rule_.most;
  assert(candidates.size == rows * most && counts.size == rows);
  core::parallel_for(pool_, rows, rows_a_chunk, [&](std::int64_t begin, std::int64_t end) {
    KeySorter sorter(kernels_);
    std::vector<std::uint64_t> keys;
    for (std::int64_t row = begin; row < end; ++row) {
      collect(row, sorter, keys);
      const bool complete = std::ssize(keys) < most || most == others_;
      counts.data[row] = complete ? std::int32_t(keys.size()) : 0;
      if (complete)
        std::transform(keys.begin(), keys.end(), candidates.data + row * most, formulas::key_row);
    }
  });
}

CpuNearestPass::Finder* CpuNearestPass::borrow() {
  const std::lock_guard lock(mutex_);
  if (free_.empty()) {
    finders_.push_back(
        std::make_unique<Finder>(Finder{NearLists(rule_, kernels_, start_limits_),
                                        std::vector<NearPair>(NearTiles::largest_tile)}));
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
