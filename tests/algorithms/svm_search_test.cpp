#include <whiteline/metrics.hpp>
#include <whiteline/model_selection.hpp>

#include <algorithm>

#include "algorithms/svm_data.hpp"

namespace whiteline {
namespace {

using test::Labelled;
using test::peaks;

void expect_same_cells(const std::vector<SvmCell>& a, const std::vector<SvmCell>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].point, b[i].point);
    EXPECT_EQ(a[i].scores, b[i].scores);
    EXPECT_EQ(a[i].mean, b[i].mean);
    EXPECT_EQ(a[i].support_vectors, b[i].support_vectors);
    EXPECT_EQ(a[i].iterations, b[i].iterations);
    EXPECT_EQ(a[i].status, b[i].status);
  }
}

void expect_same_model(const SvmModel& a, const SvmModel& b) {
  EXPECT_EQ(a.kernel, b.kernel);
  EXPECT_EQ(a.support_vectors, b.support_vectors);
  EXPECT_EQ(a.coefficients, b.coefficients);
  EXPECT_EQ(a.rho, b.rho);
}

std::vector<SvmPoint> some_points() {
  std::vector<SvmPoint> points = grid({.kernels = {KernelType::rbf, KernelType::polynomial},
                                       .C = {10.0, 0.1, 1.0},
                                       .gamma = {0.3, 0.02},
                                       .coef0 = {1.0},
                                       .degree = {2}});
  for (const SvmPoint& point :
       grid({.kernels = {KernelType::linear, KernelType::cosine, KernelType::sigmoid},
       .C = {2.0, 0.5},
       .gamma = {0.02},
       .coef0 = {-0.1}}))
    points.push_back(point);
  return points;
}

class SvmSearchTest : public test::SvmTest {};
INSTANTIATE_TEST_SUITE_P(Backends, SvmSearchTest, test::all_backends(), test::backend_name);

TEST_P(SvmSearchTest, CellsAreFitsOfTheOtherFoldsScoredOnOne) {
  const Context& ctx = this->ctx();
  const Labelled set = peaks(size(), 12, 3, 0.6, 21);
  const std::vector<std::int32_t> fold = stratified_folds(set.labels, {.folds = 3});
  SvmParams svm{.class_weight = ClassWeight::balanced, .class_weights = {{4, 1.5}}};
  const SvmSearch search =
      svm_search(ctx, {.points = some_points(), .folds = {.folds = 3}, .refit = false}, svm,
                 set.on(ctx), set.labels);
  ASSERT_EQ(search.cells.size(), some_points().size());
  EXPECT_FALSE(search.fit);
  for (const SvmCell& cell : search.cells) {
    svm.kernel = cell.point.kernel;
    svm.C = cell.point.C;
    double support_vectors = 0.0;
    for (std::int32_t f = 0; f < 3; ++f) {
      std::vector<std::size_t> train, test;
      for (std::size_t r = 0; r < fold.size(); ++r) (fold[r] == f ? test : train).push_back(r);
      const Labelled seen = set.pick(train), unseen = set.pick(test);
      const SvmModel model = svm_train(ctx, svm, seen.on(ctx), seen.labels).model;
      support_vectors += double(model.support_vector_count()) / 3.0;
      const double score = accuracy(unseen.labels, svm_predict(ctx, model, unseen.on(ctx)).labels);
      EXPECT_NEAR(cell.scores.at(std::size_t(f)), score, 1.01 / double(unseen.rows))
          << name(cell.point.kernel.type) << " C " << cell.point.C;
    }
    EXPECT_NEAR(cell.mean, (cell.scores[0] + cell.scores[1] + cell.scores[2]) / 3.0, 1e-15);
    EXPECT_NEAR(cell.support_vectors, support_vectors, 0.04 * support_vectors + 1.0);
    EXPECT_EQ(cell.status, SolveStatus::converged);
  }
}

TEST_P(SvmSearchTest, TheFitIsThatOfTrainingTheBestPoint) {
  const Context& ctx = this->ctx();
  const Labelled set = peaks(size(), 12, 3, 0.6, 22);
  const Matrix x = set.on(ctx);
  const SvmSearch search =
      svm_search(ctx, {.points = some_points(), .folds = {.folds = 3}}, {}, x, set.labels);
  const SvmPoint& best = search.cells.at(search.best).point;
  for (const SvmCell& cell : search.cells) EXPECT_LE(cell.mean, search.cells[search.best].mean);
  ASSERT_TRUE(search.fit);
  expect_same_model(search.fit->model,
                    svm_train(ctx, {.kernel = best.kernel, .C = best.C}, x, set.labels).model);
}

TEST_P(SvmSearchTest, SharedDataGiveTheSameBits) {
  const Context& ctx = this->ctx();
  const Labelled set = peaks(size(), 12, 3, 0.6, 23);
  const Matrix x = set.on(ctx);
  const SvmSearchParams params{.points = some_points(), .folds = {.folds = 3}};
  const SvmSearch whole = svm_search(ctx, params, {}, x, set.labels);
  const SvmSearch shared = svm_search(ctx, params, {}, SvmData(ctx, x, set.labels));
  expect_same_cells(whole.cells, shared.cells);
  EXPECT_EQ(whole.best, shared.best);
  expect_same_model(whole.fit->model, shared.fit->model);
}

TEST_P(SvmSearchTest, KnownCellsAreNotSolvedAgainAndTheRestHasTheSameBits) {
  const Context& ctx = this->ctx();
  const Labelled set = peaks(size(), 8, 2, 0.7, 24);
  const Matrix x = set.on(ctx);
  std::vector<SvmCell> seen;
  SvmSearchParams params{.points = some_points(), .folds = {.folds = 2}, .refit = false};
  params.on_cell = [&](const SvmCell& cell) { seen.push_back(cell); };
  const SvmSearch whole = svm_search(ctx, params, {}, x, set.labels);
  EXPECT_EQ(seen.size(), whole.cells.size());
  params.known = {seen.begin(), seen.begin() + 7};
  seen.clear();
  const SvmSearch rest = svm_search(ctx, params, {}, x, set.labels);
  EXPECT_EQ(seen.size(), whole.cells.size() - 7);
  expect_same_cells(rest.cells, whole.cells);
  params.known = rest.cells;
  seen.clear();
  expect_same_cells(svm_search(ctx, params, {}, x, set.labels).cells, whole.cells);
  EXPECT_TRUE(seen.empty());
}

TEST_P(SvmSearchTest, NormalisationsAreSearchedLikeNormalisedSpectra) {
  const Context& ctx = this->ctx();
  Labelled set = peaks(size(), 8, 2, 0.7, 25);
  for (std::size_t i = 0; i < set.x.size(); ++i) set.x[i] *= 1.0f + float(i / 8 % 5);
  const Matrix x = set.on(ctx);
  const Normalise::Kind kinds[] = {Normalise::Kind::none, Normalise::Kind::max, Normalise::Kind::l1,
                                   Normalise::Kind::l2};
  std::vector<SvmPoint> points;
  for (const auto kind : kinds) points.push_back({rbf(0.5), 3.0, kind});
  const SvmSearch all =
      svm_search(ctx, {.points = points, .folds = {.folds = 2}}, {}, x, set.labels);
  for (std::size_t i = 0; i < 4; ++i) {
    const Pipeline pipeline({Normalise{kinds[i]}}, std::nullopt, set.channels);
    const Matrix prepared =
        pipeline.apply(ctx, {set.x.data(), set.rows, set.channels}, std::nullopt).spectra;
    const SvmSearch one = svm_search(ctx, {.points = {{rbf(0.5), 3.0}}, .folds = {.folds = 2}}, {},
                                     prepared, set.labels);
    EXPECT_EQ(all.cells[i].scores, one.cells[0].scores) << name(kinds[i]);
    EXPECT_EQ(all.cells[i].point.normalise, kinds[i]);
    if (all.best != i) continue;
    expect_same_model(all.fit->model, one.fit->model);
    EXPECT_EQ(svm_classify(ctx, all.fit->model, {set.x.data(), set.rows, set.channels}, {}).labels,
              svm_predict(ctx, one.fit->model, prepared).labels);
  }
}

TEST_P(SvmSearchTest, TiesGoToTheLowestParametersThenToTheFirstPoint) {
  const Context& ctx = this->ctx();
  const Labelled set = peaks(32, 8, 2, 0.01, 26);
  std::vector<SvmPoint> points;
  for (const double C : {100.0, 10.0, 50.0})
    for (const double gamma : {1.0, 0.5, 0.7}) points.push_back({rbf(gamma), C});
  const auto best = [&] {
    const SvmSearch search =
        svm_search(ctx, {.points = points, .folds = {.folds = 2}, .refit = false}, {}, set.on(ctx),
                   set.labels);
    for (const SvmCell& cell : search.cells) EXPECT_EQ(cell.mean, 1.0);
    return search.best;
  };
  EXPECT_EQ(best(), 4u);  // C 10, gamma 0.5
  points = {{sigmoid(0.1), 10.0}, {rbf(0.1), 10.0}, {rbf(0.1), 10.0}};
  points[0].kernel.degree = points[1].kernel.degree;
  points[0].C = 100.0;
  EXPECT_EQ(best(), 1u);  // the same point twice: the first
}

TEST_P(SvmSearchTest, UnfinishedCellsAreMarked) {
  const Labelled set = peaks(size(), 8, 2, 0.7, 27);
  const SvmSearch search =
      svm_search(ctx(), {.points = {{rbf(0.5), 10.0}}, .folds = {.folds = 2}, .refit = false},
                 {.max_iterations = 3}, set.on(ctx()), set.labels);
  EXPECT_EQ(search.cells[0].status, SolveStatus::iteration_limit);
  EXPECT_EQ(search.cells[0].iterations, 2 * 3);
}

TEST(SvmSearch, HasTheSameBitsForAnyNumberOfThreads) {
  const Labelled set = peaks(130, 12, 4, 0.7, 30);
  const SvmSearchParams params{.points = some_points(), .folds = {.folds = 3}};
  std::optional<SvmSearch> first;
  for (const int threads : {1, 2, 3, 8}) {
    const Context ctx("cpu", {.threads = threads});
    SvmSearch search = svm_search(ctx, params, {}, set.on(ctx), set.labels);
    if (!first)
      first = std::move(search);
    else {
      expect_same_cells(search.cells, first->cells);
      expect_same_model(search.fit->model, first->fit->model);
    }
  }
}

TEST(SvmSearch, OwnFoldsAndWeightsOfZeroLeaveRowsOut) {
  const Context ctx("cpu", {.threads = 1});
  const Labelled set = peaks(90, 8, 3, 0.6, 31);
  std::vector<std::int32_t> fold;
  std::vector<double> weight;
  std::vector<std::size_t> kept;
  for (std::size_t r = 0; r < 90; ++r) {
    fold.push_back(r % 5 == 0 ? 77 : std::int32_t(r / 9 % 2));
    weight.push_back(r % 5 == 0 ? 0.0 : 1.0);
    if (r % 5 != 0) kept.push_back(r);
  }
  const Labelled part = set.pick(kept);
  SvmSearchParams params{.points = some_points(), .fold_of_row = fold, .refit = false};
  const SvmSearch masked = svm_search(ctx, params, {}, set.on(ctx), set.labels, weight);
  params.fold_of_row.clear();
  for (const std::size_t r : kept) params.fold_of_row.push_back(fold[r]);
  expect_same_cells(svm_search(ctx, params, {}, part.on(ctx), part.labels).cells, masked.cells);
  params.fold_of_row.clear();
  params.folds = {.folds = 4};
  const SvmSearch plain = svm_search(ctx, params, {}, part.on(ctx), part.labels);
  expect_same_cells(svm_search(ctx, params, {}, set.on(ctx), set.labels, weight).cells,
                    plain.cells);
}

TEST(SvmSearch, OtherScoresAreThoseOfMetrics) {
  const Context ctx("cpu", {.threads = 1});
  Labelled set = peaks(120, 8, 3, 0.9, 32);
  for (std::size_t r = 0; r < 120; ++r)
    if (r % 4) set.labels[r] = 3;
  SvmSearchParams params{.points = {{rbf(0.5), 1.0}}, .folds = {.folds = 3}, .refit = false};
  double scores[3];
  int i = 0;
  for (const SearchScore score :
       {SearchScore::accuracy, SearchScore::balanced_accuracy, SearchScore::macro_f1}) {
    params.score = score;
    scores[i++] = svm_search(ctx, params, {}, set.on(ctx), set.labels).cells[0].mean;
  }
  EXPECT_GT(scores[0], scores[1] + 0.1);  // the common class hides the rare ones
  EXPECT_GT(scores[0], scores[2] + 0.1);
  EXPECT_GE(scores[1], 1.0 / 3.0 - 1e-12);
}

TEST(SvmSearch, LessMemoryGivesTheSameBitsThenARefusalWithFigures) {
  const Labelled set = peaks(400, 8, 2, 0.6, 33);
  SvmSearchParams params{.points = some_points(), .folds = {.folds = 2}, .refit = false};
  const auto cells = [&](std::uint64_t limit) {
    const Context ctx("cpu", {.threads = 1, .memory_limit = limit});
    return svm_search(ctx, params, {}, set.on(ctx), set.labels).cells;
  };
  const std::vector<SvmCell> wanted = cells(64 << 20);
  expect_same_cells(cells(1'000'000), wanted);
  try {
    cells(300'000);
    FAIL();
  } catch (const OutOfMemory& error) {
    EXPECT_NE(std::string(error.what()).find("GiB may be used"), std::string::npos);
  }
}

TEST(SvmSearch, StopsWhenToldTo) {
  const Context ctx("cpu", {.threads = 1});
  const Labelled set = peaks(200, 8, 3, 0.6, 34);
  SvmSearchParams params{.points = some_points(), .folds = {.folds = 3}};
  int calls = 0;
  std::uint64_t last = 0;
  params.progress = [&](const ProgressEvent& event) {
    if (event.stage == "search") {
      EXPECT_GE(event.done, last);
      EXPECT_LE(event.done, event.total);
      last = event.done;
    }
    return true;
  };
  svm_search(ctx, params, {}, set.on(ctx), set.labels);
  EXPECT_EQ(last, params.points.size() * 9);
  params.progress = [&](const ProgressEvent&) { return ++calls < 5; };
  EXPECT_THROW(svm_search(ctx, params, {}, set.on(ctx), set.labels), Cancelled);
}

TEST(SvmSearch, RefusesWhatCannotBeSearched) {
  const Context ctx("cpu", {.threads = 1});
  const Labelled set = peaks(30, 4, 2, 0.5, 35);
  const Matrix x = set.on(ctx);
  const auto refusal = [&](SvmSearchParams params, SvmParams svm = {}) -> std::string {
    try {
      svm_search(ctx, params, svm, x, set.labels);
    } catch (const InvalidArgument& error) {
      return error.what();
    }
    return "";
  };
  const auto has = [](const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
  };
  const std::vector<SvmPoint> one = {{rbf(1.0), 1.0}};
  EXPECT_TRUE(has(refusal({}), "no points"));
  EXPECT_TRUE(has(refusal({.points = {{rbf(1.0), 0.0}}}), "C = 0"));
  EXPECT_TRUE(has(refusal({.points = {{rbf(-1.0), 1.0}}}), "gamma = -1"));
  EXPECT_TRUE(has(refusal({.points = {{rbf(1.0), 1.0, Normalise::Kind::area}}}), "area"));
  EXPECT_TRUE(has(refusal({.points = one, .folds = {.folds = 16}}), "class 3 has 15 rows"));
  EXPECT_TRUE(has(refusal({.points = one, .fold_of_row = {0, 1}}), "2 fold numbers for 30 rows"));
  std::vector<std::int32_t> fold(30, 0);
  EXPECT_TRUE(has(refusal({.points = one, .fold_of_row = fold}), "all 15 rows of class 3"));
  for (std::size_t r = 0; r < 30; ++r) fold[r] = r % 4 < 2 ? 0 : 2;
  EXPECT_TRUE(has(refusal({.points = one, .fold_of_row = fold}), "fold 1"));
  fold[7] = -1;
  EXPECT_TRUE(has(refusal({.points = one, .fold_of_row = fold}), "row 7 has fold -1"));
  EXPECT_TRUE(has(refusal({.points = one}, {.class_weights = {{9, 2.0}}}), "class 9"));
  EXPECT_TRUE(has(refusal({.points = {{polynomial(60, 1e3), 1.0}}}), "polynomial kernel"));
  EXPECT_THROW(svm_search(ctx, {.points = {{rbf(1.0), 1.0, Normalise::Kind::max}}}, {},
                          SvmData(ctx, x, set.labels)),
               InvalidArgument);
}

}  // namespace
}  // namespace whiteline
