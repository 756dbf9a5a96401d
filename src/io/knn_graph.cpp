#include "io/knn_graph.hpp"

#include <charconv>

#include "core/knn_graph.hpp"
#include "io/tensors.hpp"

namespace whiteline::io {

namespace {

constexpr SealedFormat graph_format{"whiteline-knn-graph", "graph", "1", "1"};

// Throws InvalidArgument unless it is a graph as knn_graph gives it.
void check(const KnnGraph& graph) {
  require(graph.data_hash != 0,
          "cannot keep the graph (its rows are not known: it is one of queries, or not of "
          "knn_graph) compute it with knn_graph");
  core::check_whole(graph);
}

std::uint64_t hash_of(const Json& json) {
  const auto text = json.get<std::string>();
  std::uint64_t hash = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), hash, 16);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size())
    throw JsonProblem("`data_hash` is no hexadecimal number");
  return hash;
}

}  // namespace

KnnGraph parse_knn_graph(Cursor file) {
  const Sealed sealed = parse_sealed(file, graph_format);
  return described_by(file, graph_format, [&] {
    const Json json = parse_json(sealed.description);
    KnnGraph graph;
    graph.rows = whole<std::int64_t>(json.at("rows"));
    graph.k = whole<std::int64_t>(json.at("k"));
    graph.metric = metric_named(json.at("metric").get<std::string>());
    graph.data_hash = hash_of(json.at("data_hash"));
    graph.distances = numbers_of<float>(file, sealed.contents, "distances");
    graph.indices = numbers_of<std::int32_t>(file, sealed.contents, "indices");
    check(graph);
    return graph;
  });
}

void write_knn_graph(AtomicFile& file, const KnnGraph& graph) {
  check(graph);
  const Json json = {{"rows", graph.rows},
                     {"k", graph.k},
                     {"metric", name(graph.metric)},
                     {"data_hash", fmt::format("{:016x}", graph.data_hash)}};
  const std::vector<std::uint64_t> shape = {std::uint64_t(graph.rows), std::uint64_t(graph.k)};
  write_sealed(
      file, graph_format, graph_format.last_version, json.dump(),
      {tensor_of("distances", graph.distances, shape), tensor_of("indices", graph.indices, shape)});
}

}  // namespace whiteline::io
