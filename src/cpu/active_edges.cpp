#include "cpu/active_edges.hpp"

#include <fmt/format.h>
#include <whiteline/error.hpp>

#include <algorithm>
#include <atomic>
#include <functional>

namespace whiteline::cpu {

namespace {

constexpr double most_epochs = 16;       // listed at a time
constexpr double most_listed = 1 << 25;  // edges in all lists, about
constexpr std::int64_t rows_a_chunk = 64;

std::size_t at(std::int64_t index) { return static_cast<std::size_t>(index); }

}  // namespace

ActiveEdges::ActiveEdges(core::ThreadPool& pool, const VectorKernels& kernels,
                         const core::LayoutGraph& graph, const std::uint32_t* keys,
                         const core::LayoutParams& params)
    : pool_(pool),
      kernels_(kernels),
      graph_(graph),
      keys_(keys),
      seed_(params.seed),
      epochs_(params.epochs),
      stride_((graph.rows() + kernels.layout_rows - 1) / kernels.layout_rows * kernels.layout_rows),
      phase_(at(graph.neighbors.size)),
      chunks_(at((graph.rows() + rows_a_chunk - 1) / rows_a_chunk)),
      workers_(at(pool.threads())) {
  find_phases();
  double an_epoch = 0.0;  // active edges
  for (std::int64_t e = 0; e < graph.activity.size; ++e)
    an_epoch += double(graph.activity.data[e]) * 0x1p-32;
  epochs_at_once_ = int(std::clamp(most_listed / std::max(an_epoch, 1.0), 1.0, most_epochs));
}

std::int64_t ActiveEdges::last_row(std::int64_t chunk) const {
  return std::min((chunk + 1) * rows_a_chunk, rows());
}

LayoutEdges ActiveEdges::edges(std::int64_t row) const {
  const std::int64_t first = graph_.offsets.data[row];
  return {graph_.neighbors.data + first, graph_.activity.data + first, phase_.data() + first,
          graph_.offsets.data[row + 1] - first};
}

void ActiveEdges::find_phases() {
  core::parallel_for(pool_, rows(), rows_a_chunk, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      const std::uint32_t own = keys_ ? keys_[row] : std::uint32_t(row);
      for (std::int64_t e = graph_.offsets.data[row]; e < graph_.offsets.data[row + 1]; ++e) {
        const auto other = std::uint32_t(graph_.neighbors.data[e]);
        phase_[at(e)] = formulas::edge_phase(seed_, own, other, keys_ != nullptr);
      }
    }
  });
}

ActiveRows ActiveEdges::in_epoch(std::int32_t epoch) {
  if (epoch < begin_ || epoch >= end_) list(epoch);
  const std::int64_t place = epoch - begin_, begin = place * stride_;
  const std::uint32_t* const row = row_.data() + begin;
  return {active_rows_[at(place)],
          {kernels_.layout_rows, row, keys_ ? key_.data() + begin : row,
           sorted_first_.data() + begin, sorted_count_.data() + begin, neighbors_.data()}};
}

void ActiveEdges::list(std::int32_t first_epoch) {
  begin_ = first_epoch;
  end_ = std::min(first_epoch + epochs_at_once_, epochs_);
  const std::int64_t epochs = end_ - begin_, chunks = std::ssize(chunks_);
  for (auto* by_row : {&first_, &count_}) by_row->resize(at(epochs * rows()));
  for (auto* sorted : {&row_, &sorted_first_, &sorted_count_}) sorted->resize(at(epochs * stride_));
  if (keys_) key_.resize(at(epochs * stride_));
  active_rows_.resize(at(epochs));
  std::atomic<std::int64_t> next{0};
  const auto work = [&](std::int64_t worker) {
    for (std::int64_t chunk; (chunk = next.fetch_add(1)) < chunks;)
      list_chunk(chunk, workers_[at(worker)]);
  };
  pool_.run(std::min<std::int64_t>(pool_.threads(), chunks), std::cref(work));
  std::int64_t total = 0;
  for (Chunk& chunk : chunks_) {
    chunk.begin = total;
    total += std::ssize(chunk.neighbors);
  }
  if (total >= std::int64_t(1) << 31)
    throw Unsupported(
        fmt::format("cannot lay out {} edges in one epoch (at most 2^31 - 1 are possible) take "
                    "fewer neighbours",
                    total));
  neighbors_.resize(at(std::max<std::int64_t>(total, 1)));
  pool_.run(chunks, [&](std::int64_t chunk) { join(chunk); });
  pool_.run(epochs, [&](std::int64_t epoch) { sort_rows(epoch); });
}

// Neighbors of the chunk's rows, epoch by epoch; first_ counts from the chunk's first neighbor.
void ActiveEdges::list_chunk(std::int64_t chunk, Worker& worker) {
  const std::int64_t epochs = end_ - begin_, begin = chunk * rows_a_chunk, end = last_row(chunk);
  const std::int64_t room =
      graph_.offsets.data[end] - graph_.offsets.data[begin] + VectorKernels::pack_slack;
  if (std::ssize(worker.memory) < room * epochs) worker.memory.resize(at(room * epochs));
  worker.counts.assign(at(epochs), 0);
  worker.lists.clear();
  for (std::int64_t e = 0; e < epochs; ++e) worker.lists.push_back(&worker.memory[at(e * room)]);
  for (std::int64_t row = begin; row < end; ++row) {
    for (std::int64_t e = 0; e < epochs; ++e)
      first_[at(e * rows() + row)] = std::uint32_t(worker.counts[at(e)]);
    kernels_.active_edges(edges(row), std::uint32_t(begin_), int(epochs), worker.lists.data(),
                          worker.counts.data());
    for (std::int64_t e = 0; e < epochs; ++e)
      count_[at(e * rows() + row)] =
          std::uint32_t(worker.counts[at(e)]) - first_[at(e * rows() + row)];
  }
  std::vector<std::int32_t>& neighbors = chunks_[at(chunk)].neighbors;
  neighbors.clear();
  for (std::int64_t e = 0; e < epochs; ++e) {
    for (std::int64_t row = begin; row < end; ++row)
      first_[at(e * rows() + row)] += std::uint32_t(neighbors.size());
    neighbors.insert(neighbors.end(), worker.lists[at(e)],
                     worker.lists[at(e)] + worker.counts[at(e)]);
  }
}

// Puts the chunk's neighbors among all.
void ActiveEdges::join(std::int64_t chunk) {
  const Chunk& from = chunks_[at(chunk)];
  std::copy(from.neighbors.begin(), from.neighbors.end(), neighbors_.begin() + from.begin);
  for (std::int64_t e = 0; e < end_ - begin_; ++e)
    for (std::int64_t row = chunk * rows_a_chunk; row < last_row(chunk); ++row)
      first_[at(e * rows() + row)] += std::uint32_t(from.begin);
}

// Most active edges first, so that rows side by side end together and no busy row comes late.
void ActiveEdges::sort_rows(std::int64_t epoch) {
  const std::uint32_t* const first = first_.data() + epoch * rows();
  const std::uint32_t* const count = count_.data() + epoch * rows();
  const std::uint32_t most = rows() > 0 ? *std::max_element(count, count + rows()) : 0;
  std::vector<std::int64_t> place(at(most) + 2, 0);  // of the next row with m edges: most - m
  for (std::int64_t row = 0; row < rows(); ++row) ++place[most - count[row] + 1];
  for (std::size_t m = 1; m < place.size(); ++m) place[m] += place[m - 1];
  active_rows_[at(epoch)] = place[most];
  const std::int64_t begin = epoch * stride_;
  for (std::int64_t row = 0; row < rows(); ++row) {
    const std::int64_t to = begin + place[most - count[row]]++;
    row_[at(to)] = std::uint32_t(row);
    sorted_first_[at(to)] = first[row];
    sorted_count_[at(to)] = count[row];
    if (keys_) key_[at(to)] = keys_[row];
  }
  for (std::int64_t to = begin + rows(); to < begin + stride_; ++to) {
    row_[at(to)] = sorted_first_[at(to)] = sorted_count_[at(to)] = 0;
    if (keys_) key_[at(to)] = 0;
  }
}

}  // namespace whiteline::cpu
