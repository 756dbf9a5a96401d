#include "algorithms/umap/supervised.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace whiteline::umap {

namespace {

// Entries above 0, each row divided by its largest.
SparseRows of_largest(const SparseRows& matrix) {
  SparseRows out{matrix.rows, {0}, {}, {}};
  for (std::int64_t row = 0; row < matrix.rows; ++row) {
    float largest = 0.0f;
    SparseView(matrix).for_row(
        row, [&](std::int32_t, float weight) { largest = std::max(largest, weight); });
    SparseView(matrix).for_row(row, [&](std::int32_t column, float weight) {
      if (!(weight > 0.0f)) return;
      out.columns.push_back(column);
      out.weights.push_back(weight / largest);
    });
    out.offsets.push_back(std::ssize(out.columns));
  }
  return out;
}

void weaken_between(const std::vector<std::int32_t>& categories, double target_weight,
                    SparseRows& graph) {
  const double far = target_weight < 1.0 ? 2.5 / (1.0 - target_weight) : 1e12;
  const double unknown = std::exp(-1.0), different = std::exp(-far);
  for (std::int64_t row = 0; row < graph.rows; ++row)
    for (std::int64_t e = graph.offsets[std::size_t(row)]; e < graph.offsets[std::size_t(row) + 1];
         ++e) {
      const std::int32_t a = categories[std::size_t(row)];
      const std::int32_t b = categories[std::size_t(graph.columns[std::size_t(e)])];
      const double factor = a < 0 || b < 0 ? unknown : a != b ? different : 1.0;
      float& weight = graph.weights[std::size_t(e)];
      weight = float(double(weight) * factor);
    }
}

// The directed graph of the numbers, columns ascending.
SparseRows graph_of_numbers(const Context& ctx, const UmapParams& params,
                            const std::vector<float>& numbers, core::ThreadPool& pool) {
  const auto rows = std::int64_t(numbers.size());
  const std::int64_t wanted =
      params.target_n_neighbors == -1 ? params.n_neighbors : params.target_n_neighbors;
  const std::int64_t n_neighbors = std::min(wanted, rows);
  const Matrix values = Matrix::from_host(ctx, HostView(numbers.data(), rows, 1));
  const KnnGraph near = knn_graph(ctx, {.k = n_neighbors - 1, .progress = params.progress}, values);
  const double nowhere = std::numeric_limits<double>::infinity();
  return transposed(transposed(memberships(near, n_neighbors, 1.0, nowhere, pool).matrix));
}

float half_of_smallest(const std::vector<float>& weights) {
  float least = 1.0f;
  for (const float weight : weights)
    if (weight > 0.0f) least = std::min(least, weight);
  return 0.5f * least;
}

// Of both graphs' entries, an absent one counting as half the smallest there is.
SparseRows intersection(const SparseRows& left, const SparseRows& right, double mix) {
  const float no_left = std::max(half_of_smallest(left.weights), 1e-8f);
  const float no_right = std::clamp(half_of_smallest(right.weights), 1e-8f, 1e-4f);
  SparseRows out{left.rows, {0}, {}, {}};
  for (std::int64_t row = 0; row < left.rows; ++row) {
    merge_rows(left, right, std::size_t(row), [&](std::int32_t column, float a, float b) {
      const double l = double(a > 0.0f ? a : no_left), r = double(b > 0.0f ? b : no_right);
      out.columns.push_back(column);
      out.weights.push_back(mix < 0.5 ? float(l * std::pow(r, mix / (1.0 - mix)))
                                      : float(std::pow(l, (1.0 - mix) / mix) * r));
    });
    out.offsets.push_back(std::ssize(out.columns));
  }
  return out;
}

}  // namespace

FuzzyGraph supervised(const Context& ctx, const UmapParams& params, FuzzyGraph graph,
                      const UmapTarget& target, core::ThreadPool& pool) {
  if (target.categories.empty() && target.numbers.empty()) return graph;
  SparseRows changed{graph.rows, std::move(graph.offsets), std::move(graph.columns),
                     std::move(graph.weights)};
  if (!target.categories.empty())
    weaken_between(target.categories, params.target_weight, changed);
  else
    changed = intersection(changed, graph_of_numbers(ctx, params, target.numbers, pool),
                           params.target_weight);
  SparseRows joined = fuzzy_union(of_largest(changed), 1.0, pool);
  graph.offsets = std::move(joined.offsets);
  graph.columns = std::move(joined.columns);
  graph.weights = std::move(joined.weights);
  return graph;
}

}  // namespace whiteline::umap
