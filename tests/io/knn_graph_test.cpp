// Neighbours in files.
#include "io/files.hpp"
#include "support/random_table.hpp"

namespace whiteline::test::knn_graph_test {
namespace {

Matrix upload(const Context& ctx, const Table& x) {
  return Matrix::from_host(ctx, HostView(x.values.data(), x.rows, x.cols));
}

struct Example {
  Context ctx{"cpu", {.threads = 1}};
  Table table = normal_table(40, 12, 1);
  Matrix x = upload(ctx, table);
  KnnGraph graph = knn_graph(ctx, {.k = 5, .metric = Metric::cosine}, x);
};

std::string written(const KnnGraph& graph) {
  const TemporaryFolder folder;
  write_knn_graph(folder / "graph.safetensors", graph);
  return read_text(folder / "graph.safetensors");
}

KnnGraph parsed(const std::string& text) {
  const TemporaryFolder folder;
  write_text(folder / "graph.safetensors", text);
  return read_knn_graph(folder / "graph.safetensors");
}

TEST(KnnGraphFile, GivesBackTheGraphAndItsBytes) {
  const Example example;
  const std::string text = written(example.graph);
  const KnnGraph graph = parsed(text);
  EXPECT_EQ(graph.rows, 40);
  EXPECT_EQ(graph.k, 5);
  EXPECT_EQ(graph.metric, Metric::cosine);
  EXPECT_EQ(graph.distances, example.graph.distances);
  EXPECT_EQ(graph.indices, example.graph.indices);
  EXPECT_EQ(graph.data_hash, example.graph.data_hash);
  EXPECT_EQ(written(graph), text);
  check_graph(example.ctx, graph, Metric::cosine, example.x);
  check_graph(example.ctx, graph.trimmed(3), Metric::cosine, example.x);
}

TEST(KnnGraphFile, IsRefusedForOtherRowsAndMetrics) {
  const Example example;
  const auto refused = [&](const KnnGraph& graph, Metric metric, const Table& rows) {
    return message_of<InvalidArgument>(
        [&] { check_graph(example.ctx, graph, metric, upload(example.ctx, rows)); });
  };
  Table changed = example.table;
  changed(17, 3) += 1e-4f;
  EXPECT_NE(refused(example.graph, Metric::cosine, changed).find("other rows"), std::string::npos);
  refused(example.graph, Metric::euclidean, example.table);
  refused(example.graph, Metric::cosine, normal_table(39, 12, 1));
  std::swap_ranges(changed.values.begin(), changed.values.begin() + 12,
                   changed.values.begin() + 12);
  refused(example.graph, Metric::cosine, changed);
  const KnnGraph found = knn_query(example.ctx, {.k = 5}, example.x, example.x);
  EXPECT_NE(refused(found, Metric::euclidean, example.table).find("queries"), std::string::npos);
  EXPECT_THROW(written(found), InvalidArgument);
}

TEST(KnnGraphFile, TellsDamageFromAGraph) {
  const Example example;
  const std::string text = written(example.graph);
  for (const std::size_t at : {std::size_t(30), text.size() / 2, text.size() - 1}) {
    std::string damaged = text;
    damaged[at] = char(damaged[at] ^ 4);
    EXPECT_THROW(parsed(damaged), FormatError) << at;
    EXPECT_THROW(parsed(text.substr(0, at)), FormatError) << at;
  }
  KnnGraph graph = example.graph;
  graph.indices[7] = 40;
  EXPECT_THROW(written(graph), InvalidArgument);
  graph.indices[7] = 1;  // row 1 itself
  EXPECT_THROW(written(graph), InvalidArgument);
  graph = example.graph;
  std::swap(graph.distances[10], graph.distances[14]);
  EXPECT_THROW(written(graph), InvalidArgument);
  graph = example.graph;
  graph.indices.pop_back();
  EXPECT_THROW(written(graph), InvalidArgument);
}

}  // namespace
}  // namespace whiteline::test::knn_graph_test
