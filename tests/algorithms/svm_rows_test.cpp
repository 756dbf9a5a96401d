// Training on the kernel rows that are asked for: sets of more rows than are computed whole.
#include <whiteline/svm.hpp>

#include "algorithms/svm/data.hpp"
#include "algorithms/svm_data.hpp"
#include "core/ops/ops.hpp"

namespace whiteline {
namespace {

using test::Labelled;
using test::peaks;

constexpr std::int64_t rows = 1400, channels = 12;

std::vector<Kernel> kernels() {
  return {linear(), rbf(0.4), cosine(), sigmoid(0.02, 0.1), polynomial(2, 0.2, 1.0)};
}

void expect_same(const SvmFit& a, const SvmFit& b) {
  EXPECT_EQ(a.model.support_vectors, b.model.support_vectors);
  EXPECT_EQ(a.model.coefficients, b.model.coefficients);
  EXPECT_EQ(a.model.rho, b.model.rho);
  ASSERT_EQ(a.report.problems.size(), b.report.problems.size());
  for (std::size_t p = 0; p < a.report.problems.size(); ++p) {
    EXPECT_EQ(a.report.problems[p].iterations, b.report.problems[p].iterations);
    EXPECT_EQ(a.report.problems[p].gap, b.report.problems[p].gap);
  }
}

TEST(SvmRowsTest, RowsOnDemandGiveTheBitsOfTheWholeMatrixAtAnyThreadCount) {
  const Labelled set = peaks(rows, channels, 3, 0.5, 71);
  for (const Kernel& kernel : kernels()) {
    const SvmParams params{.kernel = kernel, .C = 2};
    const Context one("cpu", {.threads = 1});
    const Matrix x = set.on(one);
    const SvmData data(one, x, set.labels);
    data.training_set().products(svm::norm_of(kernel), {});  // makes the whole matrix
    const SvmFit whole = svm_train(one, params, data);
    EXPECT_EQ(whole.report.rows_computed, data.training_set().kernel_rows());
    for (const int threads : {1, 2, 3}) {
      const Context ctx("cpu", {.threads = threads});
      const SvmFit fit = svm_train(ctx, params, set.on(ctx), set.labels);
      EXPECT_LT(fit.report.rows_computed, whole.report.rows_computed);
      expect_same(whole, fit);
    }
  }
}

// Rows that were given back take no part until they are asked for again: the path is another one.
TEST(SvmRowsTest, ACacheOfFewRowsComesToTheSameSolution) {
  const Labelled set = peaks(rows, channels, 3, 1.5, 72);  // many support vectors
  const SvmParams params{.kernel = rbf(0.8), .C = 2};
  const Context roomy("cpu", {.threads = 1});
  const SvmFit expected = svm_train(roomy, params, set.on(roomy), set.labels);
  EXPECT_GT(expected.model.support_vector_count(), 600);
  // Prepared and packed rows, the solver's numbers, and 520 rows of the matrix.
  const std::uint64_t n = 1440;  // rows with padding
  const std::uint64_t limit = 2 * 4 * 16 * n + 24 * 2 * n + 520 * 4 * n;
  const Context small("cpu", {.threads = 2, .memory_limit = limit});
  const Matrix x = set.on(small);
  const SvmData data(small, x, set.labels);
  const SvmFit fit = svm_train(small, params, data);
  EXPECT_GT(fit.report.rows_computed, expected.report.rows_computed);
  EXPECT_TRUE(fit.report.converged);
  for (std::size_t p = 0; p < fit.report.problems.size(); ++p) {
    const BinaryReport &one = fit.report.problems[p], &other = expected.report.problems[p];
    EXPECT_LT(one.gap, params.tolerance);
    EXPECT_NEAR(one.objective, other.objective, 1e-5 * std::abs(other.objective));
  }
  const Context threads("cpu", {.threads = 1, .memory_limit = limit});
  const Matrix same_x = set.on(threads);
  expect_same(fit, svm_train(threads, params, SvmData(threads, same_x, set.labels)));
}

TEST(SvmRowsTest, RowsAreComputedOnlyForTheClassesThatWantThem) {
  const Labelled set = peaks(rows, channels, 6, 0.5, 77);
  const Context ctx("cpu", {.threads = 1});
  const Matrix x = set.on(ctx);
  const SvmParams params{.kernel = rbf(0.4), .C = 2};
  const SvmData data(ctx, x, set.labels), whole_data(ctx, x, set.labels);
  whole_data.training_set().products(svm::Norm::as_given, {});
  const SvmFit fit = svm_train(ctx, params, data), whole = svm_train(ctx, params, whole_data);
  expect_same(whole, fit);
  // Rows that support something have at least their columns of two classes of six.
  EXPECT_LT(fit.report.rows_computed, fit.model.support_vector_count());
  EXPECT_GT(3 * fit.report.rows_computed, fit.model.support_vector_count());
  const SvmModel calibrated = svm_calibrate(ctx, fit.model, params, {}, data);
  const SvmModel expected = svm_calibrate(ctx, whole.model, params, {}, whole_data);
  for (std::size_t p = 0; p < expected.platt.size(); ++p) {
    EXPECT_EQ(calibrated.platt[p].A, expected.platt[p].A);
    EXPECT_EQ(calibrated.platt[p].B, expected.platt[p].B);
  }
}

TEST(SvmRowsTest, ACalibrationComputesOnlyTheRowsItsFitDidNot) {
  const Labelled set = peaks(rows, channels, 3, 0.5, 73);
  const SvmParams params{.kernel = rbf(0.4), .C = 2};
  const Context ctx("cpu", {.threads = 1});
  const Matrix x = set.on(ctx);
  const SvmData data(ctx, x, set.labels);
  const SvmFit first = svm_train(ctx, params, data), again = svm_train(ctx, params, data);
  EXPECT_GT(first.report.rows_computed, 0);
  EXPECT_EQ(again.report.rows_computed, 0);
  expect_same(first, again);
}

TEST(SvmRowsTest, TooLittleMemoryForACacheIsRefusedWithBothFigures) {
  const Labelled set = peaks(rows, channels, 2, 0.5, 74);
  const Context small("cpu", {.threads = 1, .memory_limit = 1 << 20});
  try {
    svm_train(small, {.kernel = rbf(0.4)}, set.on(small), set.labels);
    ADD_FAILURE() << "the memory limit was ignored";
  } catch (const OutOfMemory& error) {
    const std::string message = error.what();
    EXPECT_NE(message.find("512 rows of the kernel matrix"), std::string::npos) << message;
    EXPECT_NE(message.find("GiB may be used"), std::string::npos) << message;
  }
}

TEST(SvmRowsTest, DecisionsByFloat64KernelsAreThoseOfTheSolver) {
  const Labelled set = peaks(600, channels, 3, 0.5, 75);
  const Context ctx("cpu", {.threads = 1});
  for (const Kernel& kernel : kernels()) {
    const SvmFit fit = svm_train(ctx, {.kernel = kernel, .C = 2}, set.on(ctx), set.labels);
    EXPECT_GT(fit.report.kernel_error, 0.0) << name(kernel.type);
    EXPECT_LT(fit.report.kernel_error, 1e-4) << name(kernel.type);
  }
  // Far from the origin, float32 spectra do not hold what tells the classes apart.
  Labelled far = set;
  for (float& value : far.x) value += 3e4f;
  const SvmFit fit =
      svm_train(ctx, {.kernel = polynomial(2, 1e-6), .C = 1e4}, far.on(ctx), far.labels);
  EXPECT_GT(fit.report.kernel_error, 1e-4);
}

TEST(SvmRowsTest, LongCallsAreCutSoThatTheCallbackIsAskedBetween) {
  const Labelled set = peaks(rows, 400, 3, 0.5, 78);
  const Context ctx("cpu", {.threads = 1});
  const Matrix x = set.on(ctx);
  const SvmData data(ctx, x, set.labels);
  svm::TrainingSet& training = data.training_set();
  std::vector<std::uint64_t> done;
  const ConstMatrixView products =
      training.products(svm::Norm::as_given, [&](const ProgressEvent& event) {
        done.push_back(event.done);
        return true;
      });
  const auto n = std::uint64_t(products.rows);
  EXPECT_EQ(done, (std::vector<std::uint64_t>{0, 768, n}));

  // A store that takes its rows for very long ones.
  const Kernel kernel = training.resolved(rbf(0.02));
  Matrix whole(ctx, products.rows, products.rows);
  int parts = 0;
  training.compute(
      kernel, [&](std::int64_t) { ++parts; }, whole.view());
  EXPECT_EQ(parts, 1);
  const auto packed =
      ctx.queue().ops().kernel_matrix->pack(training.centred(svm::Norm::as_given).view());
  for (const bool by_class : {false, true}) {
    svm::RowStore store(ctx, training.constants(kernel), *packed, 1'000'000,
                        training.diagonal(kernel), products.rows, training.rows().classes,
                        by_class);
    std::vector<svm::WantedRow> wanted;
    const std::int64_t table = by_class ? products.rows : 0;  // of the first and third class
    for (std::int32_t row = 0; row < 20; ++row) wanted.push_back({row, table});
    int calls = 0;
    store.fetch(wanted, {}, [&] { ++calls; });
    EXPECT_EQ(calls, 4);  // rows 0 to 13, then the others, in two parts each
    const core::KernelRows there = store.table();
    for (std::int64_t row = 0; row < 20; ++row) {
      const float* const values = there.rows.data[table + row];
      for (std::int64_t c = 0; c < products.rows; ++c) {
        const bool elsewhere =
            c >= training.rows().classes[0].padded_rows && c < training.rows().classes[2].begin;
        if (by_class && elsewhere) continue;
        ASSERT_EQ(values[c], std::as_const(whole).view().data[row * whole.view().stride + c]);
      }
    }
    EXPECT_EQ(there.rows.data[table + 20], nullptr);
  }
}

// A callback that stops at its n-th call; the calls are counted, not timed.
TEST(SvmRowsTest, AFitStopsWheneverItsCallbackSaysSo) {
  const Labelled set = peaks(rows, channels, 3, 0.5, 76);
  const Context ctx("cpu", {.threads = 1});
  const Matrix x = set.on(ctx);
  const SvmData data(ctx, x, set.labels);
  const SvmFit expected = svm_train(ctx, {.kernel = rbf(0.4)}, x, set.labels);
  int calls = 0, stop_at = 1;
  SvmParams params{.kernel = rbf(0.4), .progress = [&](const ProgressEvent& event) {
                     EXPECT_LE(event.done, event.total);
                     return ++calls < stop_at;
                   }};
  for (bool finished = false; !finished; ++stop_at) {
    calls = 0;
    try {
      const SvmFit fit = svm_train(ctx, params, data);  // on what stopped fits left behind
      expect_same(expected, fit);
      finished = true;
    } catch (const Cancelled&) {
      EXPECT_EQ(calls, stop_at);
    }
    ASSERT_LT(stop_at, 1000);
  }
  EXPECT_GT(stop_at, 5);
}

}  // namespace
}  // namespace whiteline
