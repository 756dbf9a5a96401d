// Kernel matrices that the caller brings: the same fits, calibrations, searches and decisions as on
// the spectra they were computed from.
#include <fmt/format.h>
#include <whiteline/model_selection.hpp>

#include <algorithm>
#include <string>

#include "algorithms/svm_data.hpp"
#include "io/files.hpp"

namespace whiteline::test {
namespace {

const SvmParams on_matrix{.kernel = precomputed(), .C = 5.0};

// Training and other spectra, and their matrices of an rbf kernel.
struct Matrices {
  Labelled set, others;
  SvmParams on_spectra{.kernel = rbf(0.2), .C = 5.0};
  Matrix x, z, training, other;

  Matrices(const Context& ctx, std::int64_t rows, double noise)
      : set(peaks(rows, 20, 3, noise, 4)),
        others(peaks(31, 20, 3, noise, 5)),
        x(set.on(ctx)),
        z(others.on(ctx)),
        training(kernel_matrix(ctx, on_spectra.kernel, x)),
        other(kernel_matrix(ctx, on_spectra.kernel, z, x)) {}
};

// The columns of the support vectors.
Matrix support_columns(const Context& ctx, const SvmModel& model, const Matrix& K) {
  std::vector<float> all(std::size_t(K.rows() * K.cols())), some;
  K.copy_to(all);
  for (std::int64_t i = 0; i < K.rows(); ++i)
    for (const std::int64_t row : model.support_rows)
      some.push_back(all[std::size_t(i * K.cols() + row)]);
  return Matrix::from_host(ctx, {some.data(), K.rows(), std::int64_t(model.support_rows.size())});
}

class SvmPrecomputed : public SvmTest {};
INSTANTIATE_TEST_SUITE_P(Backends, SvmPrecomputed, all_backends(), backend_name);

TEST_P(SvmPrecomputed, FitsAndDecidesAsOnTheSpectra) {
  const Matrices m(ctx(), size(), 0.6);
  const SvmFit wanted = svm_train(ctx(), m.on_spectra, m.x, m.set.labels);
  const SvmFit fit = svm_train(ctx(), on_matrix, m.training, m.set.labels);
  EXPECT_TRUE(fit.report.converged);
  EXPECT_NEAR(total_objective(fit.report), total_objective(wanted.report),
              1e-5 * std::abs(total_objective(wanted.report)));
  EXPECT_EQ(fit.model.channels, m.set.rows);
  EXPECT_TRUE(fit.model.support_vectors.empty());
  EXPECT_GT(fit.model.support_vector_count(), 3);
  EXPECT_TRUE(std::all_of(fit.model.support_rows.begin(), fit.model.support_rows.end(),
                          [&](std::int64_t row) { return row >= 0 && row < m.set.rows; }));
  const auto near = decisions(ctx(), wanted.model, m.z);
  EXPECT_LT(largest_difference(decisions(ctx(), fit.model, m.other), near), 5e-3);
}

TEST_P(SvmPrecomputed, SupportColumnsAreEnough) {
  const Matrices m(ctx(), size(), 0.6);
  const SvmModel model = svm_train(ctx(), on_matrix, m.training, m.set.labels).model;
  const Matrix few = support_columns(ctx(), model, m.other);
  const SvmPrediction some = svm_predict(
      ctx(), model, few, {.decision = true, .columns = SvmPredictParams::Columns::support});
  EXPECT_LT(largest_difference(some.decision, decisions(ctx(), model, m.other)), 1e-4);
  EXPECT_EQ(some.labels, svm_predict(ctx(), model, m.other).labels);
  EXPECT_THROW((void)svm_predict(ctx(), model, few), InvalidArgument);
  EXPECT_THROW(
      (void)svm_predict(ctx(), model, m.other, {.columns = SvmPredictParams::Columns::support}),
      InvalidArgument);
}

TEST_P(SvmPrecomputed, CalibratesAndSearchesAsOnTheSpectra) {
  const Matrices m(ctx(), size(), 0.9);
  const SvmData data(ctx(), m.training, m.set.labels);
  const SvmModel fit = svm_train(ctx(), on_matrix, data).model;
  const SvmModel model = svm_calibrate(ctx(), fit, on_matrix, {}, data);
  const SvmModel wanted =
      svm_calibrate(ctx(), svm_train(ctx(), m.on_spectra, m.x, m.set.labels).model, m.on_spectra,
                    {}, m.x, m.set.labels);
  for (std::size_t p = 0; p < 3; ++p) {
    EXPECT_NEAR(model.platt[p].A, wanted.platt[p].A, 2e-2 * std::abs(wanted.platt[p].A));
    EXPECT_NEAR(model.platt[p].B, wanted.platt[p].B, 2e-2);
  }
  const std::vector<double> Cs = {0.5, 5.0};
  const SvmSearch search = svm_search(
      ctx(), {.points = grid({.kernels = {KernelType::precomputed}, .C = Cs})}, on_matrix, data);
  const SvmSearch other =
      svm_search(ctx(), {.points = grid({.kernels = {KernelType::rbf}, .C = Cs, .gamma = {0.2}})},
                 m.on_spectra, m.x, m.set.labels);
  ASSERT_EQ(search.cells.size(), 2u);
  for (std::size_t c = 0; c < 2; ++c)
    EXPECT_NEAR(search.cells[c].mean, other.cells[c].mean, 1.0 / double(m.set.rows) + 1e-12);
  ASSERT_TRUE(search.fit);
  EXPECT_EQ(search.fit->model.kernel, precomputed());
}

TEST_P(SvmPrecomputed, RowsWithoutWeightAreLeftOut) {
  const Matrices m(ctx(), size(), 0.6);
  std::vector<double> weight(std::size_t(m.set.rows), 1.0);
  for (std::size_t r = 0; r < weight.size(); r += 4) weight[r] = 0.0;
  const SvmModel model = svm_train(ctx(), on_matrix, m.training, m.set.labels, weight).model;
  const SvmModel wanted = svm_train(ctx(), m.on_spectra, m.x, m.set.labels, weight).model;
  EXPECT_TRUE(std::none_of(model.support_rows.begin(), model.support_rows.end(),
                           [](std::int64_t row) { return row % 4 == 0; }));
  EXPECT_LT(largest_difference(decisions(ctx(), model, m.other), decisions(ctx(), wanted, m.z)),
            5e-3);
}

TEST_P(SvmPrecomputed, AnIndefiniteMatrixEndsWithAStatus) {
  const Labelled set = peaks(45, 20, 2, 0.9, 6);
  const Matrix K = kernel_matrix(ctx(), sigmoid(1.0, -1.0), set.on(ctx()));
  const SvmFit fit = svm_train(
      ctx(), {.kernel = precomputed(), .C = 100.0, .max_iterations = 20000}, K, set.labels);
  ASSERT_EQ(fit.report.problems.size(), 1u);
  EXPECT_LE(fit.report.problems[0].iterations, 20000);
  for (const double c : fit.model.coefficients) EXPECT_LE(std::abs(c), 100.0);
}

TEST_P(SvmPrecomputed, RefusesWhatIsNoKernelMatrix) {
  const Matrices m(ctx(), 30, 0.6);
  const auto refusal = [&](const Matrix& K) {
    return message_of<InvalidArgument>([&] { (void)svm_train(ctx(), on_matrix, K, m.set.labels); });
  };
  EXPECT_NE(refusal(m.x).find("the matrix is 30 x 20"), std::string::npos);
  std::vector<float> values(900);
  m.training.copy_to(values);
  values[3 * 30 + 17] += 2e-5f;
  const std::string message = refusal(Matrix::from_host(ctx(), {values.data(), 30, 30}));
  EXPECT_NE(message.find("K(3, 17) is "), std::string::npos) << message;
  values[17 * 30 + 3] = values[3 * 30 + 17] - 5e-6f;
  const Matrix nearly = Matrix::from_host(ctx(), {values.data(), 30, 30});
  EXPECT_NO_THROW((void)svm_train(ctx(), on_matrix, nearly, m.set.labels));
  EXPECT_THROW((void)kernel_matrix(ctx(), precomputed(), m.x), InvalidArgument);
  SvmPoint point{precomputed(), 1.0, Normalise::Kind::max};
  EXPECT_THROW((void)svm_search(ctx(), {.points = {point}}, on_matrix, m.training, m.set.labels),
               InvalidArgument);
}

TEST(SvmPrecomputedModel, ComesBackFromItsFiles) {
  const TemporaryFolder folder;
  const Context ctx("cpu", {.threads = 1});
  const Matrices m(ctx, 90, 0.6);
  const SvmData data(ctx, m.training, m.set.labels);
  const SvmFit fit = svm_train(ctx, on_matrix, data);
  for (const CalibrationMethod method : {CalibrationMethod::platt, CalibrationMethod::isotonic}) {
    const auto path = folder / fmt::format("{}.safetensors", int(method));
    const SvmModel model = svm_calibrate(ctx, fit.model, on_matrix, {.method = method}, data);
    write_model(path, model);
    const SvmModel back = read_model(path);
    EXPECT_EQ(back.kernel, model.kernel);
    EXPECT_EQ(back.support_rows, model.support_rows);
    EXPECT_EQ(back.isotonic.size(), model.isotonic.size());
    const SvmPredictParams all{.probability = true, .decision = true};
    const SvmPrediction a = svm_predict(ctx, model, m.other, all);
    const SvmPrediction b = svm_predict(ctx, back, m.other, all);
    EXPECT_EQ(a.decision, b.decision);
    EXPECT_EQ(a.probability, b.probability);
  }
  write_libsvm_model(folder / "text.model", fit.model);
  const std::string text = read_text(folder / "text.model");
  EXPECT_NE(text.find("kernel_type precomputed\n"), std::string::npos);
  EXPECT_NE(text.find(" 0:" + std::to_string(fit.model.support_rows[0] + 1) + "\n"),
            std::string::npos);
  SvmModel read = read_model(folder / "text.model");
  EXPECT_EQ(read.support_rows, fit.model.support_rows);
  EXPECT_EQ(read.coefficients, fit.model.coefficients);
  read.channels = m.set.rows;
  EXPECT_EQ(decisions(ctx, read, m.other), decisions(ctx, fit.model, m.other));
}

TEST(SvmPrecomputedModel, DamagedModelsAreRefused) {
  const Context ctx("cpu", {.threads = 1});
  const Matrices m(ctx, 30, 0.6);
  const SvmModel model = svm_train(ctx, on_matrix, m.training, m.set.labels).model;
  const auto refused = [&](auto&& damage) {
    SvmModel damaged = model;
    damage(damaged);
    EXPECT_THROW((void)svm_predict(ctx, damaged, m.other), InvalidArgument);
  };
  refused([](SvmModel& d) { d.support_rows[0] = 30; });
  refused([](SvmModel& d) { d.support_rows[0] = -1; });
  refused([](SvmModel& d) { d.support_rows.pop_back(); });
  refused([](SvmModel& d) { d.support_vectors.assign(30, 0.0f); });
  refused([](SvmModel& d) { d.channels = std::int64_t(1) << 40; });
  SvmModel vast = model;
  vast.channels = std::int64_t(1) << 30;
  const Context small("cpu", {.threads = 1, .memory_limit = 1 << 20});
  EXPECT_THROW((void)SvmPredictor(small, vast), OutOfMemory);
}

}  // namespace
}  // namespace whiteline::test
