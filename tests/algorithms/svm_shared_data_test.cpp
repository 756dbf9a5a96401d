// SvmData: what several calls share, and that sharing changes nothing.
#include <whiteline/svm.hpp>

#include "algorithms/svm_data.hpp"

namespace whiteline {
namespace {

using test::Labelled;
using test::peaks;

class SvmDataTest : public test::SvmTest {};
INSTANTIATE_TEST_SUITE_P(Backends, SvmDataTest, test::all_backends(), test::backend_name);

void expect_same(const SvmModel& a, const SvmModel& b) {
  EXPECT_EQ(a.kernel, b.kernel);
  EXPECT_EQ(a.mean, b.mean);
  EXPECT_EQ(a.support_vectors, b.support_vectors);
  EXPECT_EQ(a.coefficients, b.coefficients);
  EXPECT_EQ(a.rho, b.rho);
  ASSERT_EQ(a.platt.size(), b.platt.size());
  for (std::size_t p = 0; p < a.platt.size(); ++p) {
    EXPECT_EQ(a.platt[p].A, b.platt[p].A);
    EXPECT_EQ(a.platt[p].B, b.platt[p].B);
  }
}

TEST_P(SvmDataTest, FitsAndCalibrationsOnSharedDataAreThoseOfTheSpectra) {
  const Context& ctx = this->ctx();
  const Labelled set = peaks(size(), 24, 3, 0.4, 90);
  const Matrix x = set.on(ctx);
  const SvmData data(ctx, x, set.labels);
  const CalibrationParams how{.folds = 3};
  for (const Kernel& kernel : {rbf(), cosine(), rbf(0.3), linear(), polynomial(2, 0.1, 1.0)}) {
    const SvmParams params{.kernel = kernel, .C = 3};
    const SvmModel alone =
        svm_calibrate(ctx, svm_train(ctx, params, x, set.labels).model, params, how, x, set.labels);
    const SvmModel shared =
        svm_calibrate(ctx, svm_train(ctx, params, data).model, params, how, data);
    expect_same(alone, shared);
  }
}

TEST_P(SvmDataTest, KnowsItsRowsAndClasses) {
  const Labelled set = peaks(30, 24, 3, 0.4, 91);
  std::vector<double> weight(30, 1.0);
  weight[4] = 0.0;
  const Matrix x = set.on(ctx());
  const SvmData data(ctx(), x, set.labels, weight);
  EXPECT_EQ(data.rows(), 29);
  EXPECT_EQ(data.channels(), 24);
  EXPECT_EQ(data.classes(), (std::vector<std::int32_t>{3, 4, 5}));
}

TEST_P(SvmDataTest, BelongsToItsContext) {
  const Labelled set = peaks(30, 24, 2, 0.4, 92);
  const Matrix x = set.on(ctx());
  const SvmData data(ctx(), x, set.labels);
  EXPECT_THROW(svm_train(ctx().fork(), {}, data), InvalidArgument);
}

}  // namespace
}  // namespace whiteline
