// Embeddings in files.
#include "io/files.hpp"
#include "support/random_table.hpp"

namespace whiteline::test::umap_model_test {
namespace {

struct Example {
  Context ctx{"cpu", {.threads = 1}};
  Table table = normal_table(40, 12, 1);
  UmapModel model;

  Example() {
    UmapParams params;
    params.n_neighbors = 6;
    params.n_epochs = 30;
    params.metric = Metric::cosine;
    params.disconnection_distance = 1.9;
    params.b = 0.9;
    model = umap_fit(ctx, params, upload(table)).model;
    model.pipeline = Pipeline({Normalise{Normalise::Kind::max}}, EnergyAxis{500.0, 0.5, 12}, 12);
    model.provenance = R"({"source":"drawn"})";
  }
  Matrix upload(const Table& x) const {
    return Matrix::from_host(ctx, HostView(x.values.data(), x.rows, x.cols));
  }
};

std::string written(const UmapModel& model) {
  const TemporaryFolder folder;
  write_umap_model(folder / "map.safetensors", model);
  return read_text(folder / "map.safetensors");
}

UmapModel parsed(const std::string& text) {
  const TemporaryFolder folder;
  write_text(folder / "map.safetensors", text);
  return read_umap_model(folder / "map.safetensors");
}

TEST(UmapModelFile, GivesBackTheModelItsBytesAndItsTransforms) {
  const Example example;
  const std::string text = written(example.model);
  const UmapModel model = parsed(text);
  EXPECT_EQ(written(model), text);
  EXPECT_EQ(model.embedding, example.model.embedding);
  EXPECT_EQ(model.spectra, example.model.spectra);
  EXPECT_EQ(model.curve.a, example.model.curve.a);
  EXPECT_EQ(model.mean_distance, example.model.mean_distance);
  EXPECT_EQ(model.params.n_neighbors, 6);
  EXPECT_EQ(model.params.metric, Metric::cosine);
  EXPECT_EQ(model.params.disconnection_distance, 1.9);
  EXPECT_EQ(model.params.b, 0.9);
  EXPECT_FALSE(model.params.a);
  EXPECT_EQ(model.pipeline.to_json(), example.model.pipeline.to_json());
  EXPECT_EQ(model.provenance, example.model.provenance);
  const Matrix others = example.upload(normal_table(9, 12, 2));
  EXPECT_EQ(umap_transform(example.ctx, model, others),
            umap_transform(example.ctx, example.model, others));
}

TEST(UmapModelFile, KeepsAnEmbeddingOfNeighboursAlone) {
  const Example example;
  const KnnGraph graph = knn_graph(example.ctx, {.k = 5}, example.upload(example.table));
  const UmapModel fitted = umap_fit(example.ctx, {.n_neighbors = 6, .n_epochs = 10}, graph).model;
  const UmapModel model = parsed(written(fitted));
  EXPECT_EQ(model.embedding, fitted.embedding);
  EXPECT_TRUE(model.spectra.empty());
  EXPECT_EQ(model.params.disconnection_distance, std::numeric_limits<double>::infinity());
  EXPECT_THROW(umap_transform(example.ctx, model, example.upload(example.table)), InvalidArgument);
}

TEST(UmapModelFile, RefusesModelsThatDoNotHangTogether) {
  const UmapModel whole = Example().model;
  const auto refused = [&](auto&& damage) {
    UmapModel model = whole;
    damage(model);
    return message_of<InvalidArgument>([&] { written(model); });
  };
  refused([](UmapModel& m) { m.embedding.pop_back(); });
  refused([](UmapModel& m) { m.spectra.pop_back(); });
  refused([](UmapModel& m) { m.rows = 20; });
  refused([](UmapModel& m) { m.channels = 6; });
  refused([](UmapModel& m) { m.params.n_components = 9; });
  refused([](UmapModel& m) { m.params.min_dist = -1.0; });
  refused([](UmapModel& m) { m.curve.a = 0.0; });
  refused([](UmapModel& m) { m.mean_distance = std::nan(""); });
  refused([](UmapModel& m) { m.embedding[3] = std::nanf(""); });
  refused([](UmapModel& m) { m.spectra[3] = std::nanf(""); });
  EXPECT_NE(refused([](UmapModel& m) { m.provenance = "{"; }).find("provenance"),
            std::string::npos);
  EXPECT_NE(refused([](UmapModel& m) {
              m.pipeline = Pipeline({Crop{500.0, 503.0}}, EnergyAxis{500.0, 0.5, 12}, 12);
            }).find("preparation"),
            std::string::npos);
  UmapModel nowhere = whole;  // a row without neighbours
  nowhere.embedding[6] = nowhere.embedding[7] = std::nanf("");
  EXPECT_TRUE(std::isnan(parsed(written(nowhere)).embedding[7]));
}

TEST(UmapModelFile, SaysWhatKindOfFileItIs) {
  const Example example;
  const TemporaryFolder folder;
  write_umap_model(folder / "map", example.model);
  write_knn_graph(folder / "graph",
                  knn_graph(example.ctx, {.k = 3}, example.upload(example.table)));
  write_text(folder / "text", "svm_type c_svc\n");
  write_text(folder / "cut", read_text(folder / "map").substr(0, 100));
  EXPECT_EQ(model_format(folder / "map"), "whiteline-umap");
  EXPECT_EQ(model_format(folder / "graph"), "whiteline-knn-graph");
  EXPECT_EQ(model_format(folder / "text"), "");
  EXPECT_EQ(model_format(folder / "cut"), "");
  EXPECT_THROW(model_format(folder / "missing"), ReadError);
  EXPECT_THROW(read_umap_model(folder / "graph"), FormatError);
  EXPECT_THROW(read_model(folder / "map"), FormatError);
}

TEST(UmapModelFile, TellsDamageAndWhereItLies) {
  const std::string text = written(Example().model);
  for (std::size_t size = 1; size < text.size(); size += 97) {
    try {
      parsed(text.substr(0, size));
      ADD_FAILURE() << size;
    } catch (const FormatError& error) {
      EXPECT_NE(error.path().find("map.safetensors"), std::string::npos);
      EXPECT_LE(error.offset(), size);
    }
  }
  for (std::size_t at = 0; at < text.size(); at += 61) {
    std::string damaged = text;
    damaged[at] = char(damaged[at] ^ 4);
    EXPECT_THROW(parsed(damaged), Error) << at;
  }
}

}  // namespace
}  // namespace whiteline::test::umap_model_test
