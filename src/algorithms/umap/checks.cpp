#include "algorithms/umap/checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/knn_graph.hpp"

namespace whiteline {

std::string_view name(UmapInit init) {
  constexpr std::string_view names[] = {"spectral", "pca", "random", "given"};
  return names[static_cast<int>(init)];
}

UmapInit umap_init_named(std::string_view text) {
  for (const UmapInit init : {UmapInit::spectral, UmapInit::pca, UmapInit::random, UmapInit::given})
    if (name(init) == text) return init;
  throw InvalidArgument(fmt::format(
      "there is no start `{}` (it is misspelt) write spectral, pca, random or given", text));
}

std::string_view name(UmapLayout layout) {
  constexpr std::string_view names[] = {"automatic", "serial_order", "implicit"};
  return names[static_cast<int>(layout)];
}

UmapLayout umap_layout_named(std::string_view text) {
  for (const UmapLayout layout :
       {UmapLayout::automatic, UmapLayout::serial_order, UmapLayout::implicit})
    if (name(layout) == text) return layout;
  throw InvalidArgument(fmt::format(
      "there is no layout `{}` (it is misspelt) write automatic, serial_order or implicit", text));
}

namespace umap {

void check(const UmapParams& params, const KnnGraph& graph) {
  core::check_whole(graph);
  if (graph.metric != params.metric)
    throw InvalidArgument(fmt::format(
        "cannot use the neighbours (their metric is {}, {} is asked for) compute them again",
        name(graph.metric), name(params.metric)));
  if (params.n_neighbors - 1 > graph.k)
    throw InvalidArgument(
        fmt::format("cannot take {} neighbours from the graph (it has {} of each row, n_neighbors "
                    "counts the row itself) compute it with a larger k",
                    params.n_neighbors - 1, graph.k));
}

void check(const UmapParams& params, const UmapTarget& target, std::int64_t rows) {
  require(target.categories.empty() || target.numbers.empty(),
          "cannot use the target (it holds categories and numbers) give one of them");
  const std::size_t values = target.categories.size() + target.numbers.size();
  if (values != 0 && values != std::size_t(rows))
    throw InvalidArgument(
        fmt::format("cannot use the target (it has {} values for {} spectra) give one a spectrum",
                    values, rows));
  require(std::all_of(target.numbers.begin(), target.numbers.end(),
                      [](float value) { return std::isfinite(value); }),
          "cannot use the target (it holds NaN or infinity) leave those spectra out");
  if (params.init == UmapInit::given)
    require(params.start.size() == std::size_t(rows * params.n_components) &&
                std::all_of(params.start.begin(), params.start.end(),
                            [](float value) { return std::isfinite(value); }),
            "cannot use the start (it is not n_components finite numbers a spectrum) correct it");
}

}  // namespace umap

}  // namespace whiteline
