// The nearest spectra of each spectrum: exact, in a stated order, the same bits on every device and
// for any number of threads.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <whiteline/matrix.hpp>
#include <whiteline/progress.hpp>

namespace whiteline {

// euclidean    |x - y|
// cosine       1 - x.y / (|x| |y|), in [0, 2]
// correlation  cosine of the spectra minus their own means
// A spectrum without a direction (all zeros; for correlation one that does not vary) is at distance
// 1 from every other.
enum class Metric { euclidean, cosine, correlation };
WHITELINE_EXPORT std::string_view name(Metric metric);        // "cosine"
WHITELINE_EXPORT Metric metric_named(std::string_view name);  // throws InvalidArgument

// What finds the candidates that are compared: products of float32, or of the numbers rounded to
// bfloat16, in which some processors multiply twice as fast. The neighbours are the same: rounding
// decides only how many rows are compared once more.
enum class NearProducts { automatic, float32, bfloat16 };
WHITELINE_EXPORT std::string_view name(NearProducts products);  // "bfloat16"

struct KnnParams {
  std::int64_t k = 15;  // neighbours of each row, itself not counted; 1 <= k < rows
  Metric metric = Metric::euclidean;
  NearProducts products = NearProducts::automatic;
  Progress progress;  // stage "neighbours", of rows
};

struct KnnReport {
  NearProducts products = NearProducts::float32;  // that were taken
  double candidates = 0.0;       // a row, that were shown to hold its neighbours and then ranked
  std::int64_t rows_redone = 0;  // too many were as near as those: compared with all
  double seconds = 0.0;
};

// Neighbours in the order of (squared distance, row number). The squared distance is a float32 sum
// in a fixed order (kernels/formulas/distance.hpp) of differences of the spectra, for cosine and
// correlation divided by their norms first: cosine = half of it.
struct WHITELINE_EXPORT KnnGraph {
  std::int64_t rows = 0, k = 0;
  Metric metric = Metric::euclidean;
  std::vector<float> distances;       // rows x k, ascending
  std::vector<std::int32_t> indices;  // rows x k; the row itself is not among them
  // Of the metric and the rows it was made from. 0: not known, or a graph of queries.
  std::uint64_t data_hash = 0;
  KnnReport report;

  // The same graph with fewer neighbours. Throws InvalidArgument for more than there are.
  KnnGraph trimmed(std::int64_t smaller_k) const;
};

// The k nearest rows of each row of x. Throws InvalidArgument for k outside its range, NaN or
// infinity (row and channel named), or rows whose squared norm exceeds 1e30; OutOfMemory before
// anything is taken; Unsupported for products that the device does not have; Cancelled.
WHITELINE_EXPORT KnnGraph knn_graph(const Context& ctx, const KnnParams& params, const Matrix& x);

// The k nearest rows of x for each row of `queries`, which may be rows of x: they are compared with
// all of x. k <= rows of x.
WHITELINE_EXPORT KnnGraph knn_query(const Context& ctx, const KnnParams& params, const Matrix& x,
                                    const Matrix& queries);

// Throws InvalidArgument unless `graph` was made from x by knn_graph, for this metric.
WHITELINE_EXPORT void check_graph(const Context& ctx, const KnnGraph& graph, Metric metric,
                                  const Matrix& x);

}  // namespace whiteline
