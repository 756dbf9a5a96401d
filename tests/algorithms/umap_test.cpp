#include <gtest/gtest.h>
#include <whiteline/umap.hpp>

#include <cmath>
#include <cstring>
#include <limits>
#include <set>

#include "support/ops_backends.hpp"
#include "support/random_table.hpp"

namespace whiteline::test {
namespace {

// `groups` clouds of `each` rows, far apart.
Table clouds(std::int64_t groups, std::int64_t each, unsigned seed = 1, float apart = 40.0f) {
  Table x = normal_table(groups * each, 5, seed);
  for (std::int64_t row = 0; row < x.rows; ++row) {
    const std::int64_t group = row / each;
    x(row, group % 5) += apart * float(1 + group / 5);
  }
  return x;
}

Matrix upload(const Context& ctx, const Table& x) {
  return Matrix::from_host(ctx, HostView(x.values.data(), x.rows, x.cols));
}

UmapFit fit_of(const Context& ctx, const Table& x, UmapParams params = {},
               const UmapTarget& target = {}) {
  if (params.n_epochs == 0) params.n_epochs = 50;
  return umap_fit(ctx, params, upload(ctx, x), target);
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0);
}

double distance(const std::vector<float>& embedding, std::int64_t a, std::int64_t b) {
  return std::hypot(embedding[at(2 * a)] - embedding[at(2 * b)],
                    embedding[at(2 * a + 1)] - embedding[at(2 * b + 1)]);
}

// Share of rows whose nearest row in the embedding is of their own group.
double purity(const std::vector<float>& embedding, std::int64_t each) {
  const std::int64_t rows = std::ssize(embedding) / 2;
  std::int64_t own = 0;
  for (std::int64_t row = 0; row < rows; ++row) {
    std::int64_t nearest = -1;
    for (std::int64_t other = 0; other < rows; ++other)
      if (other != row &&
          (nearest < 0 || distance(embedding, row, other) < distance(embedding, row, nearest)))
        nearest = other;
    own += nearest / each == row / each;
  }
  return double(own) / double(rows);
}

void expect_finite(const std::vector<float>& embedding) {
  for (const float value : embedding) ASSERT_TRUE(std::isfinite(value));
}

class UmapTest : public OpsTest<&core::Ops::layout> {};
INSTANTIATE_TEST_SUITE_P(Backends, UmapTest, all_backends(), backend_name);

TEST_P(UmapTest, GroupsStayTogether) {
  const std::int64_t each = emulated() ? 20 : 60;
  const Table x = clouds(3, each);
  const UmapFit fit = fit_of(ctx(), x, {.n_neighbors = 10, .n_epochs = emulated() ? 10 : 100});
  expect_finite(fit.model.embedding);
  EXPECT_EQ(fit.report.components, 3);
  EXPECT_EQ(fit.report.n_neighbors, 10);
  EXPECT_EQ(purity(fit.model.embedding, each), 1.0);
}

TEST_P(UmapTest, TransformOfAPartIsThePartOfTheTransform) {
  const std::int64_t each = emulated() ? 15 : 40;
  const UmapFit fit = fit_of(ctx(), clouds(3, each), {.n_neighbors = 8});
  const std::vector<float> before = fit.model.embedding;
  const Table fresh = clouds(3, 4, 9);
  const UmapTransformParams params{.n_epochs = 20};
  const std::vector<float> all = umap_transform(ctx(), fit.model, upload(ctx(), fresh), params);
  expect_finite(all);
  for (const std::int64_t row : {0, 3, 7, 11}) {
    Table one(1, fresh.cols);
    for (std::int64_t c = 0; c < fresh.cols; ++c) one(0, c) = fresh(row, c);
    const std::vector<float> alone = umap_transform(ctx(), fit.model, upload(ctx(), one), params);
    EXPECT_TRUE(same_bits(alone, {all.begin() + 2 * row, all.begin() + 2 * row + 2})) << row;
  }
  EXPECT_TRUE(same_bits(fit.model.embedding, before));
}

TEST(Umap, TransformedRowsJoinTheirGroup) {
  const Context ctx("cpu");
  const std::int64_t each = 50;
  const UmapFit fit = fit_of(ctx, clouds(3, each), {.n_neighbors = 10, .n_epochs = 100});
  const Table fresh = clouds(3, 5, 9);
  const std::vector<float> placed = umap_transform(ctx, fit.model, upload(ctx, fresh));
  for (std::int64_t row = 0; row < fresh.rows; ++row) {
    std::vector<float> joined = fit.model.embedding;
    joined.insert(joined.end(), placed.begin() + 2 * row, placed.begin() + 2 * row + 2);
    std::int64_t nearest = 0;
    for (std::int64_t other = 1; other < 3 * each; ++other)
      if (distance(joined, 3 * each, other) < distance(joined, 3 * each, nearest)) nearest = other;
    EXPECT_EQ(nearest / each, row / 5) << row;
  }
}

TEST(Umap, EqualRowsCanBePinned) {
  const Context ctx("cpu");
  const Table x = clouds(2, 30);
  const UmapFit fit = fit_of(ctx, x, {.n_neighbors = 8});
  const std::vector<float> pinned =
      umap_transform(ctx, fit.model, upload(ctx, x),
                     {.n_epochs = 10, .equals = UmapTransformParams::Equals::pinned});
  EXPECT_TRUE(same_bits(pinned, fit.model.embedding));
  const std::vector<float> free = umap_transform(ctx, fit.model, upload(ctx, x), {.n_epochs = 10});
  EXPECT_FALSE(same_bits(free, fit.model.embedding));
}

TEST(Umap, EveryNumberOfThreadsAndEveryRunGiveTheSameBits) {
  const Table x = clouds(2, 500, 3, 2.0f);  // one component, by Lanczos
  const UmapParams params{.n_epochs = 20};
  const UmapFit want = fit_of(Context("cpu", {.threads = 1}), x, params);
  EXPECT_EQ(want.report.components, 1);
  EXPECT_LE(want.report.largest_residual, 1e-5);
  for (const int threads : {1, 2, 4, 8}) {
    const UmapFit got = fit_of(Context("cpu", {.threads = threads}), x, params);
    EXPECT_TRUE(same_bits(got.model.embedding, want.model.embedding)) << threads;
  }
  UmapParams other = params;
  other.random_state = 43;
  EXPECT_FALSE(same_bits(fit_of(Context("cpu"), x, other).model.embedding, want.model.embedding));
}

TEST(Umap, ManyComponentsAreHeldApart) {
  const Context ctx("cpu");
  for (const std::int64_t groups : {2, 5, 50}) {
    const std::int64_t each = 16;
    const UmapFit fit = fit_of(ctx, clouds(groups, each), {.n_neighbors = 8, .n_epochs = 100});
    expect_finite(fit.model.embedding);
    EXPECT_EQ(fit.report.components, groups);
    EXPECT_GE(purity(fit.model.embedding, each), 0.99) << groups;
  }
}

TEST(Umap, OneGraphServesASweep) {
  const Context ctx("cpu");
  const Table x = clouds(2, 60, 5, 5.0f);
  const Matrix rows = upload(ctx, x);
  const KnnGraph graph = knn_graph(ctx, {.k = 30}, rows);
  for (const std::int64_t n_neighbors : {5, 15, 31})
    for (const double min_dist : {0.1, 0.8}) {
      const UmapParams params{.n_neighbors = n_neighbors, .n_epochs = 15, .min_dist = min_dist};
      const std::vector<float> own = umap_fit(ctx, params, rows).model.embedding;
      EXPECT_TRUE(same_bits(umap_fit(ctx, params, graph, rows).model.embedding, own));
      EXPECT_TRUE(same_bits(umap_fit(ctx, params, graph).model.embedding, own));
    }
}

TEST(Umap, FewRowsHaveAnEmbedding) {
  const Context ctx("cpu");
  for (const std::int64_t rows : {1, 2, 3, 4, 5, 8}) {
    const UmapFit fit = fit_of(ctx, normal_table(rows, 3, 6));
    ASSERT_EQ(std::ssize(fit.model.embedding), 2 * rows);
    expect_finite(fit.model.embedding);
    EXPECT_EQ(fit.report.n_neighbors, rows) << "lowered, and said so";
  }
  EXPECT_EQ(fit_of(ctx, normal_table(1, 3, 6)).model.embedding, std::vector<float>(2, 0.0f));
}

TEST(Umap, EqualRowsHaveAnEmbedding) {
  const Context ctx("cpu");
  expect_finite(fit_of(ctx, Table(40, 3, 2.0f), {.n_neighbors = 5}).model.embedding);
  Table x = clouds(2, 20);
  for (std::int64_t row = 0; row < 10; ++row)
    for (std::int64_t c = 0; c < x.cols; ++c) x(row, c) = x(0, c);
  expect_finite(fit_of(ctx, x, {.n_neighbors = 5}).model.embedding);
}

TEST(Umap, IsolatedRowsAreNowhere) {
  const Context ctx("cpu");
  Table x = clouds(1, 30);
  x(4, 0) = 1e4f;
  const UmapFit fit = fit_of(ctx, x, {.n_neighbors = 5, .disconnection_distance = 100.0});
  EXPECT_EQ(fit.report.isolated_rows, 1);
  for (std::int64_t row = 0; row < x.rows; ++row)
    EXPECT_EQ(std::isnan(fit.model.embedding[at(2 * row)]), row == 4) << row;
  const std::vector<float> again = umap_transform(ctx, fit.model, upload(ctx, x), {.n_epochs = 5});
  for (std::int64_t row = 0; row < x.rows; ++row)
    EXPECT_EQ(std::isnan(again[at(2 * row)]), row == 4) << row;
}

TEST(Umap, EveryStartAndNumberOfDimensionsWorks) {
  const Context ctx("cpu");
  const Table x = clouds(2, 30, 7, 5.0f);
  for (const std::int64_t dimensions : {1, 2, 3, 5})
    for (const UmapInit init : {UmapInit::spectral, UmapInit::pca, UmapInit::random}) {
      const UmapFit fit =
          fit_of(ctx, x, {.n_components = dimensions, .n_epochs = 10, .init = init});
      ASSERT_EQ(std::ssize(fit.model.embedding), x.rows * dimensions);
      expect_finite(fit.model.embedding);
    }
  UmapParams given{.n_epochs = 10, .init = UmapInit::given};
  given.start = normal_table(x.rows, 2, 8).values;
  expect_finite(fit_of(ctx, x, given).model.embedding);
  given.start.pop_back();
  EXPECT_THROW(fit_of(ctx, x, given), InvalidArgument);
}

TEST(Umap, CategoriesPartWhatSpectraDoNot) {
  const Context ctx("cpu");
  const Table x = normal_table(120, 5, 10);  // one cloud
  UmapTarget target;
  for (std::int64_t row = 0; row < x.rows; ++row) target.categories.push_back(row < 60 ? 0 : 1);
  const std::vector<float> with =
      fit_of(ctx, x, {.n_epochs = 200, .target_weight = 0.9}, target).model.embedding;
  EXPECT_GE(purity(with, 60), 0.95);
  EXPECT_LE(purity(fit_of(ctx, x, {.n_epochs = 200}).model.embedding, 60), 0.75);
  target.numbers.assign(120, 1.0f);
  EXPECT_THROW(fit_of(ctx, x, {}, target), InvalidArgument);
  EXPECT_THROW(fit_of(ctx, x, {}, {{1, 2, 3}, {}}), InvalidArgument);
}

TEST(Umap, SpectraFarFromTheOnlyOneOfTheFitLieWhereItLies) {
  const Context ctx("cpu");
  const UmapFit fit = fit_of(ctx, normal_table(1, 3, 1));
  EXPECT_GT(fit.model.curve.a, 0.0);
  Table far(2, 3);
  for (float& count : far.values) count = 1e5f;
  EXPECT_EQ(umap_transform(ctx, fit.model, upload(ctx, far)), std::vector<float>(4, 0.0f));
}

// Fit rows apart from all others have no place; whoever is near them goes to the next.
TEST(Umap, NeighboursWithoutAPlaceDoNotCount) {
  const Context ctx("cpu");
  Table x = clouds(1, 40);
  for (std::int64_t c = 0; c < x.cols; ++c) x(39, c) += 300.0f;
  const UmapFit fit =
      fit_of(ctx, x, {.n_neighbors = 8, .local_connectivity = 2.0, .disconnection_distance = 1e3});
  const UmapFit cut =
      fit_of(ctx, x, {.n_neighbors = 8, .local_connectivity = 2.0, .disconnection_distance = 100});
  EXPECT_EQ(fit.report.isolated_rows, 0);
  EXPECT_EQ(cut.report.isolated_rows, 1);
  Table between(1, 5);  // nearest to the row that has no place
  for (std::int64_t c = 0; c < x.cols; ++c) between(0, c) = 0.9f * x(39, c);
  UmapModel reached = cut.model;
  reached.params.disconnection_distance = 1e9;
  expect_finite(umap_transform(ctx, reached, upload(ctx, between)));
}

TEST(Umap, RefusesWhatItCannotDo) {
  const Context ctx("cpu");
  Table x = clouds(1, 20);
  EXPECT_THROW(fit_of(ctx, Table(0, 3)), InvalidArgument);
  EXPECT_THROW(fit_of(ctx, x, {.n_neighbors = 1}), InvalidArgument);
  EXPECT_THROW(fit_of(ctx, x, {.n_components = 0}), InvalidArgument);
  EXPECT_THROW(fit_of(ctx, x, {.n_components = 9}), InvalidArgument);
  EXPECT_THROW(fit_of(ctx, x, {.n_epochs = -1}), InvalidArgument);
  EXPECT_THROW(fit_of(ctx, x, {.min_dist = 2.0}), InvalidArgument);
  EXPECT_THROW(fit_of(ctx, x, {.disconnection_distance = 0.0}), InvalidArgument);
  const KnnGraph graph = knn_graph(ctx, {.k = 5}, upload(ctx, x));
  EXPECT_THROW(umap_fit(ctx, {}, graph), InvalidArgument);
  EXPECT_THROW(umap_fit(ctx, {.n_neighbors = 6, .init = UmapInit::pca}, graph), InvalidArgument);
  EXPECT_THROW(umap_fit(ctx, {.n_neighbors = 6}, graph, upload(ctx, clouds(1, 19))),
               InvalidArgument);
  EXPECT_THROW(umap_fit(ctx, {.n_neighbors = 6}, graph, upload(ctx, clouds(1, 20, 2))),
               InvalidArgument);
  EXPECT_THROW(umap_fit(ctx, {}, KnnGraph{}), InvalidArgument);
  const KnnGraph with_itself = knn_query(ctx, {.k = 5}, upload(ctx, x), upload(ctx, x));
  EXPECT_THROW(umap_fit(ctx, {.n_neighbors = 6}, with_itself), InvalidArgument);
  const UmapFit without = umap_fit(ctx, {.n_neighbors = 6, .n_epochs = 5}, graph);
  EXPECT_THROW(umap_transform(ctx, without.model, upload(ctx, x)), InvalidArgument);
  const UmapFit with = fit_of(ctx, x, {.n_neighbors = 6, .n_epochs = 5});
  EXPECT_THROW(umap_transform(ctx, with.model, upload(ctx, Table(2, 4))), InvalidArgument);
  for (const std::int64_t epochs : {std::int64_t(-1), std::int64_t(5'000'000'000)})
    EXPECT_THROW(umap_transform(ctx, with.model, upload(ctx, x), {.n_epochs = epochs}),
                 InvalidArgument);
  x(3, 1) = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW(fit_of(ctx, x), InvalidArgument);
}

TEST(Umap, TheStartTellsOfAllComponentsTogether) {
  const Context ctx("cpu");
  std::vector<std::uint64_t> done;
  const Progress listen = [&](const ProgressEvent& event) {
    if (event.stage == "start" && event.total == 1200) done.push_back(event.done);
    return true;
  };
  EXPECT_EQ(fit_of(ctx, clouds(2, 600), {.n_epochs = 1, .progress = listen}).report.components, 2);
  EXPECT_GT(done.size(), 10u);
  EXPECT_TRUE(std::is_sorted(done.begin(), done.end()));
  EXPECT_GT(done.back(), 600u);
}

TEST(Umap, StopsInEveryStageWhenTheCallerSaysSo) {
  const Context ctx("cpu");
  const Table x = clouds(2, 30);
  std::set<std::string> stages;
  const Progress listen = [&](const ProgressEvent& event) {
    stages.emplace(event.stage);
    return true;
  };
  fit_of(ctx, x, {.progress = listen});
  EXPECT_EQ(stages, (std::set<std::string>{"neighbours", "graph", "start", "layout"}));
  for (const std::string& stage : stages) {
    const Progress stop = [&](const ProgressEvent& event) { return event.stage != stage; };
    EXPECT_THROW(fit_of(ctx, x, {.progress = stop}), Cancelled) << stage;
  }
}

}  // namespace
}  // namespace whiteline::test
