#include "cpu/near_tiles.hpp"

#include <algorithm>
#include <cmath>

namespace whiteline::cpu {

namespace {

constexpr std::int64_t rows_a_chunk = 64;

double largest_root(core::DeviceSpan<const float> squares) {
  const float* const end = squares.data + squares.size;
  return squares.size > 0 ? std::sqrt(double(*std::max_element(squares.data, end))) : 0.0;
}

}  // namespace

RoundedRows::RoundedRows(core::ThreadPool& pool, const VectorKernels& kernels, ConstMatrixView rows)
    : squared_norms_(std::size_t(rows.rows)), squared_losses_(std::size_t(rows.rows)) {
  const std::int64_t depth = (rows.cols + 1) / 2;
  float* const words = memory_.at_least(rows.rows * depth + 1);
  words_ = {words, rows.rows, depth, depth};
  core::parallel_for(pool, rows.rows, rows_a_chunk, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      const RoundedNorms norms =
          kernels.round_row(rows.data + row * rows.stride, rows.cols, words + row * depth);
      squared_norms_[std::size_t(row)] = norms.squared_norm;
      squared_losses_[std::size_t(row)] = norms.squared_loss;
    }
  });
}

core::PreparedRows RoundedRows::get() const {
  const core::DeviceSpan<const float> norms(squared_norms_.data(), std::ssize(squared_norms_));
  return {words_, norms, norms};
}

formulas::NearBound RoundedRows::bound(std::int64_t channels) const {
  double share = 0.0;  // squared
  for (std::size_t row = 0; row < squared_norms_.size(); ++row)
    if (squared_norms_[row] > 0.0f)
      share = std::max(share, double(squared_losses_[row]) / double(squared_norms_[row]));
  return formulas::bfloat16_bound(
      channels, largest_root(get().squared_norm),
      largest_root({squared_losses_.data(), std::ssize(squared_losses_)}), std::sqrt(share));
}

NearTiles::NearTiles(core::ThreadPool& pool, const VectorKernels& kernels,
                     const core::NearestJob& job, bool rounded)
    : kernels_(kernels), left_(job.left) {
  core::PreparedRows right = job.right;
  if (rounded) {
    right_rounded_ = std::make_shared<RoundedRows>(pool, kernels, job.right.rows);
    left_rounded_ = job.one_set() ? right_rounded_
                                  : std::make_shared<RoundedRows>(pool, kernels, job.left.rows);
    left_ = left_rounded_->get();
    right = right_rounded_->get();
  }
  panels_ = std::make_unique<Panels>(pool, kernels, right);
  const std::int64_t channels = job.right.rows.cols;
  bound_ = rounded ? right_rounded_->bound(channels)
                   : formulas::float_bound(channels, largest_root(right.squared_norm));
}

NearTiles::Packed NearTiles::pack(std::int64_t begin, std::int64_t end, Scratch& memory) const {
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

}  // namespace whiteline::cpu
