#include "algorithms/hdbscan/exact_search.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "core/ops/ops.hpp"

namespace whiteline::hdbscan_parts {

namespace {

// Rows of a group that are compared first, to know how light its edges are.
constexpr std::int64_t rows_in_sample = 32;
constexpr double step_products = 3e8;  // multiply-adds of a thread between looks at the callback
constexpr float distance_without_direction = 1.0f;

// Evenly spread, `rows_in_sample` of each group at most. `which` is not in the order of groups.
std::vector<std::int32_t> sample(const std::vector<std::int32_t>& which,
                                 const std::vector<std::int32_t>& group_of_each,
                                 std::size_t groups) {
  std::vector<std::int64_t> count(groups, 0), seen(groups, 0);
  for (const std::int32_t g : group_of_each) ++count[std::size_t(g)];
  std::vector<std::int32_t> chosen;
  for (std::size_t i = 0; i < which.size(); ++i) {
    const std::size_t g = std::size_t(group_of_each[i]);
    const std::int64_t step = (count[g] + rows_in_sample - 1) / rows_in_sample;
    if (seen[g]++ % step == 0) chosen.push_back(which[i]);
  }
  return chosen;
}

}  // namespace

// Rows of one side of the comparison, on the device.
struct ExactSearch::Side {
  Matrix memory;
  core::Buffer<float> norms, zeros;  // that gathering gives too
  core::Buffer<float> core;
  core::Buffer<std::int32_t> group;
  ConstMatrixView rows;

  // `which`: numbers of the view's rows.
  Side(const ExactSearch& search, const Groups& groups, const std::vector<std::int32_t>& which) {
    std::vector<float> cores;
    std::vector<std::int32_t> numbers;
    for (const std::int32_t i : which) {
      const std::size_t row = std::size_t(search.number(i));
      cores.push_back(search.reachability_.core[row]);
      numbers.push_back(groups.group[row]);
    }
    const Context& ctx = search.ctx_;
    core = core::Buffer<float>(ctx, std::span<const float>(cores));
    group = core::Buffer<std::int32_t>(ctx, std::span<const std::int32_t>(numbers));
    rows = search.rows_.view();
    if (std::ssize(which) == rows.rows) return;
    const auto count = std::ssize(which);
    const core::Buffer<std::int32_t> order(ctx, std::span<const std::int32_t>(which));
    memory = Matrix(ctx, count, rows.cols);
    norms = core::Buffer<float>(ctx, count);
    zeros = core::Buffer<float>(ctx, count);
    core::need(ctx.queue().ops().kernel_matrix, "kernel_matrix")
        .prepare(rows, order.span(), false, {}, memory.view(), norms.span(), zeros.span());
    rows = std::as_const(memory).view();
  }
  core::GroupedRows get() const { return {rows, core.span(), group.span()}; }
};

std::vector<std::int32_t> ExactSearch::hopeful(const Groups& groups) const {
  std::vector<std::int32_t> which;
  for (std::int32_t i = 0; i < rows_.view().rows; ++i) {
    const std::size_t row = std::size_t(number(i)), g = std::size_t(groups.group[row]);
    if (groups.asked[g] && groups.unseen[row] < groups.best[g].reach) which.push_back(i);
  }
  return which;
}

void ExactSearch::compare(const std::vector<std::int32_t>& which, Groups& groups) const {
  float largest = 0.0f;
  for (const std::int32_t i : which)
    largest =
        std::max(largest, groups.best[std::size_t(groups.group[std::size_t(number(i))])].reach);
  std::vector<std::int32_t> others;
  for (std::int32_t i = 0; i < rows_.view().rows; ++i)
    if (reachability_.core[std::size_t(number(i))] < largest) others.push_back(i);
  if (which.empty() || others.empty()) return;
  const Side right(*this, groups, others);
  const double products = double(others.size()) * double(rows_.view().cols + 32);
  const auto step =
      std::max<std::size_t>(std::size_t(step_products * ctx_.threads() / products), 64);
  for (std::size_t begin = 0; begin < which.size(); begin += step) {
    report(progress_, "edges between groups", begin, which.size());
    const std::vector<std::int32_t> part(
        which.begin() + std::ptrdiff_t(begin),
        which.begin() + std::ptrdiff_t(std::min(begin + step, which.size())));
    const Side left(*this, groups, part);
    std::vector<float> limits;
    for (const std::int32_t i : part)
      limits.push_back(groups.best[std::size_t(groups.group[std::size_t(number(i))])].reach);
    const core::Buffer<float> limit(ctx_, std::span<const float>(limits));
    core::Buffer<std::uint64_t> found(ctx_, std::ssize(part));
    core::need(ctx_.queue().ops().neighbors, "neighbors")
        .nearest_outside(left.get(), right.get(), {directions_, reachability_.alpha}, limit.span(),
                         found.span());
    const std::vector<std::uint64_t> keys = found.to_host();
    for (std::size_t i = 0; i < part.size(); ++i) {
      if (~keys[i] == 0) continue;
      const std::int32_t row = number(part[i]),
                         other = number(others[std::size_t(formulas::key_row(keys[i]))]);
      Edge& best = groups.best[std::size_t(groups.group[std::size_t(row)])];
      best = std::min(best, edge_of(formulas::key_distance(keys[i]), row, other));
    }
  }
}

// They are at one distance from all others, so that only core distances count: the densest row of
// each group does for all.
void ExactSearch::offer_rows_without_direction(Groups& groups) const {
  if (rows_.without().empty()) return;
  constexpr std::int32_t none = -1;
  const auto group = [&](std::int32_t row) { return std::size_t(groups.group[std::size_t(row)]); };
  const auto core = [&](std::int32_t row) { return reachability_.core[std::size_t(row)]; };
  std::vector<std::int32_t> densest(groups.best.size(), none), first(groups.best.size(), none);
  for (std::int32_t row = 0; row < std::ssize(groups.group); ++row) {
    std::int32_t& own = densest[group(row)];
    if (own == none || core(row) < core(own)) own = row;
  }
  for (const std::int32_t row : rows_.without())
    if (first[group(row)] == none) first[group(row)] = row;
  for (const std::int32_t row : first)
    for (const std::int32_t other : densest) {
      if (row == none || group(row) == group(other)) continue;
      const Edge edge =
          edge_of(reachability_.reach(row, other, distance_without_direction), row, other);
      for (const std::int32_t end : {row, other}) {
        Edge& best = groups.best[group(end)];
        best = std::min(best, edge);
      }
    }
}

void ExactSearch::improve(Groups& groups) {
  offer_rows_without_direction(groups);
  const std::vector<std::int32_t> all = hopeful(groups);
  std::vector<std::int32_t> group_of_each;
  for (const std::int32_t i : all) group_of_each.push_back(groups.group[std::size_t(number(i))]);
  compare(sample(all, group_of_each, groups.best.size()), groups);
  compare(hopeful(groups), groups);
}

}  // namespace whiteline::hdbscan_parts
