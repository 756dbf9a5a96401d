// What is asked for, and what came out.
#include <whiteline/neighbors.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace whiteline {

std::string_view name(Metric metric) {
  switch (metric) {
    case Metric::euclidean:
      return "euclidean";
    case Metric::cosine:
      return "cosine";
    case Metric::correlation:
      return "correlation";
  }
  return "";
}

Metric metric_named(std::string_view text) {
  for (const Metric metric : {Metric::euclidean, Metric::cosine, Metric::correlation})
    if (name(metric) == text) return metric;
  throw InvalidArgument(fmt::format(
      "there is no metric `{}` (it is misspelt) write euclidean, cosine or correlation", text));
}

std::string_view name(NearProducts products) {
  switch (products) {
    case NearProducts::automatic:
      return "automatic";
    case NearProducts::float32:
      return "float32";
    case NearProducts::bfloat16:
      return "bfloat16";
  }
  return "";
}

KnnGraph KnnGraph::trimmed(std::int64_t smaller_k) const {
  if (smaller_k < 1 || smaller_k > k)
    throw InvalidArgument(
        fmt::format("cannot take {} neighbours from the graph (it has {} of each row) compute it "
                    "with a larger k",
                    smaller_k, k));
  KnnGraph out{rows, smaller_k, metric, {}, {}, data_hash, report};
  out.distances.resize(std::size_t(rows * smaller_k));
  out.indices.resize(out.distances.size());
  for (std::int64_t row = 0; row < rows; ++row) {
    std::copy_n(distances.begin() + row * k, smaller_k, out.distances.begin() + row * smaller_k);
    std::copy_n(indices.begin() + row * k, smaller_k, out.indices.begin() + row * smaller_k);
  }
  return out;
}

}  // namespace whiteline
