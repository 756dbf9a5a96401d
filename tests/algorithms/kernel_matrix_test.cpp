#include <whiteline/kernel_matrix.hpp>

#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "cases/kernel_matrix.hpp"
#include "core/ops/ops.hpp"
#include "reference/kernel_matrix.hpp"
#include "support/backends.hpp"
#include "support/framed.hpp"
#include "support/tolerance.hpp"

namespace whiteline {
namespace {

using test::Table;
using test::tolerance;

Table spectra(std::int64_t rows, std::int64_t channels, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> noise(0.5f, 0.2f);
  Table table(rows, channels);
  for (float& value : table.values) value = noise(random);
  return table;
}

Matrix upload(const Context& ctx, const Table& x) {
  return Matrix::from_host(ctx, HostView(x.values.data(), x.rows, x.cols));
}

Table download(const Matrix& matrix) {
  Table out(matrix.rows(), matrix.cols());
  matrix.copy_to(out.values);
  return out;
}

void expect_kernel(const Table& got, const Kernel& kernel, const Table& x, const Table& z) {
  ASSERT_EQ(got.rows, x.rows);
  ASSERT_EQ(got.cols, z.rows);
  for (std::int64_t i = 0; i < x.rows; ++i)
    for (std::int64_t j = 0; j < z.rows; ++j)
      ASSERT_NEAR(got(i, j), test::reference::kernel(kernel, x.row(i), z.row(j)),
                  tolerance(x.cols, test::reference::kernel_magnitude(kernel, x.row(i), z.row(j))))
          << name(kernel.type) << " at " << i << ", " << j;
}

template <class Error, class Run>
std::string refusal(Run&& run) {
  try {
    run();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

class KernelMatrixFunction : public test::BackendTest {
 protected:
  void SetUp() override {
    BackendTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    const core::Ops& ops = ctx().queue().ops();
    if (!ops.kernel_matrix || !ops.reduce)
      GTEST_SKIP() << "this device has no kernel_matrix or reduce operations";
  }
};
INSTANTIATE_TEST_SUITE_P(Backends, KernelMatrixFunction, test::all_backends(), test::backend_name);

TEST_P(KernelMatrixFunction, IsWhatTheDefinitionsSay) {
  const Table x = spectra(33, 257, 1), z = spectra(18, 257, 2);
  const Matrix left = upload(ctx(), x), right = upload(ctx(), z);
  for (const Kernel& kernel : test::cases::kernels) {
    expect_kernel(download(kernel_matrix(ctx(), kernel, left, right)), kernel, x, z);
    const Table square = download(kernel_matrix(ctx(), kernel, left));
    expect_kernel(square, kernel, x, x);
    EXPECT_EQ(square.values, download(kernel_matrix(ctx(), kernel, left, left)).values);
    for (std::int64_t i = 0; i < x.rows; ++i)
      for (std::int64_t j = 0; j < i; ++j) ASSERT_EQ(square(i, j), square(j, i));
  }
}

TEST_P(KernelMatrixFunction, GammaRulesFollowTheTrainingNumbers) {
  const Table x = spectra(20, 31, 3), z = spectra(4, 31, 4);
  double mean = 0.0, variance = 0.0;
  for (const float v : x.values) mean += double(v) / double(x.values.size());
  for (const float v : x.values)
    variance += (double(v) - mean) * (double(v) - mean) / double(x.values.size());
  const Matrix left = upload(ctx(), x), right = upload(ctx(), z);
  expect_kernel(download(kernel_matrix(ctx(), rbf(), left, right)), rbf(1.0 / (31.0 * variance)), x,
                z);
  const Kernel channels{KernelType::sigmoid, GammaRule::channels, 0.0, 0.25};
  expect_kernel(download(kernel_matrix(ctx(), channels, left, right)), sigmoid(1.0 / 31.0, 0.25), x,
                z);
  const Table constant(3, 31, 2.0f);
  const Matrix flat = upload(ctx(), constant);
  expect_kernel(download(kernel_matrix(ctx(), rbf(), flat, right)), rbf(1.0), constant, z);
}

TEST_P(KernelMatrixFunction, CosineOfAZeroSpectrumIsZero) {
  Table x = spectra(3, 16, 5);
  for (std::int64_t c = 0; c < 16; ++c) x(1, c) = 0.0f;
  const Table got = download(kernel_matrix(ctx(), cosine(), upload(ctx(), x)));
  expect_kernel(got, cosine(), x, x);
  EXPECT_EQ(got(1, 1), 0.0f);
}

TEST_P(KernelMatrixFunction, NoRowsGiveAnEmptyMatrix) {
  const Matrix x = upload(ctx(), spectra(3, 16, 6)), none = upload(ctx(), Table(0, 16));
  for (const Kernel& kernel : {rbf(), linear(), cosine()}) {
    const Matrix right = kernel_matrix(ctx(), kernel, x, none);
    EXPECT_EQ(right.rows(), 3);
    EXPECT_EQ(right.cols(), 0);
    EXPECT_EQ(kernel_matrix(ctx(), kernel, none, x).rows(), 0);
    EXPECT_EQ(kernel_matrix(ctx(), kernel, none).rows(), 0);
  }
}

TEST_P(KernelMatrixFunction, NamesTheRowAndChannelThatAreNotFinite) {
  Table bad = spectra(5, 40, 7);
  bad(3, 17) = std::numeric_limits<float>::infinity();
  const Matrix x = upload(ctx(), spectra(5, 40, 7)), z = upload(ctx(), bad);
  const auto message = [&](const Matrix& left, const Matrix& right) {
    return refusal<InvalidArgument>([&] { (void)kernel_matrix(ctx(), linear(), left, right); });
  };
  EXPECT_NE(message(x, z).find("channel 17 of row 3 of z"), std::string::npos) << message(x, z);
  EXPECT_NE(message(z, x).find("channel 17 of row 3 of x"), std::string::npos) << message(z, x);
}

TEST_P(KernelMatrixFunction, RefusesWhatItCannotDo) {
  const Context& ctx = this->ctx();
  const Matrix x = upload(ctx, spectra(5, 40, 8)), z = upload(ctx, spectra(5, 41, 8));
  const auto refuses = [&](const Kernel& kernel, const Matrix& left, const Matrix& right) {
    return !refusal<InvalidArgument>([&] {
              (void)kernel_matrix(ctx, kernel, left, right);
            }).empty();
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(refuses(linear(), x, z));
  EXPECT_TRUE(refuses(linear(), upload(ctx, Table(2, 0)), upload(ctx, Table(2, 0))));
  for (const double gamma : {0.0, -1.0, nan, 1e300, 1e-300})
    EXPECT_TRUE(refuses(rbf(gamma), x, x)) << gamma;
  EXPECT_TRUE(refuses(sigmoid(1.0, nan), x, x));
  EXPECT_TRUE(refuses(polynomial(0, 1.0), x, x));
  EXPECT_TRUE(refuses(polynomial(100, 10.0), x, x));
  const Matrix huge = upload(ctx, Table(2, 40, 1e20f));
  EXPECT_TRUE(refuses(linear(), x, huge));
}

TEST_P(KernelMatrixFunction, PlansMemoryBeforeTakingIt) {
  // Result 100 x 112 floats, and for rbf a centred copy of 100 x 64.
  const Context small(ctx().device().name, {.threads = 1, .memory_limit = 60000});
  const Matrix x = upload(small, spectra(100, 64, 9)), few = upload(small, spectra(10, 64, 9));
  EXPECT_EQ(kernel_matrix(small, linear(), x).rows(), 100);
  const std::string too_much = refusal<OutOfMemory>([&] { (void)kernel_matrix(small, rbf(), x); });
  EXPECT_NE(too_much.find("cannot hold the kernel matrix of 100 x 100"), std::string::npos)
      << too_much;
  EXPECT_EQ(kernel_matrix(small, rbf(), few).rows(), 10);
}

TEST_P(KernelMatrixFunction, BlocksAreItsRows) {
  const Context& ctx = this->ctx();
  const Matrix x = upload(ctx, spectra(70, 40, 10)), z = upload(ctx, spectra(33, 40, 11));
  for (const Kernel& kernel : {rbf(), cosine(), polynomial(2, 0.1, 1.0)})
    for (const Matrix* columns : {&x, &z})
      for (const std::int64_t rows : {0, 1, 32, 70, 200}) {
        const Table whole = download(kernel_matrix(ctx, kernel, x, *columns));
        std::vector<float> found;
        kernel_matrix_blocks(ctx, kernel, x, *columns,
                             [&](std::int64_t first, const Matrix& block) {
                               EXPECT_EQ(first * columns->rows(), std::int64_t(found.size()));
                               const Table part = download(block);
                               found.insert(found.end(), part.values.begin(), part.values.end());
                             },
                             {.rows = rows});
        EXPECT_EQ(found, whole.values) << name(kernel.type) << ", blocks of " << rows;
      }
}

TEST_P(KernelMatrixFunction, BlocksNeedLittleMemoryAndCanBeStopped) {
  const Context small(ctx().device().name, {.threads = 1, .memory_limit = 60000});
  const Matrix x = upload(small, spectra(100, 64, 9));
  std::int64_t rows = 0;
  const auto count = [&](std::int64_t, const Matrix& block) { rows += block.rows(); };
  kernel_matrix_blocks(small, rbf(), x, x, count);
  EXPECT_EQ(rows, 100);
  const auto stop = [](const ProgressEvent& event) { return event.done < 40; };
  rows = 0;
  EXPECT_THROW(kernel_matrix_blocks(small, rbf(), x, x, count, {.rows = 10, .progress = stop}),
               Cancelled);
  EXPECT_EQ(rows, 40);
  EXPECT_THROW(kernel_matrix_blocks(small, rbf(), x, x, count, {.rows = -1}), InvalidArgument);
}

TEST(KernelNames, GoBothWays) {
  for (const KernelType type : {KernelType::linear, KernelType::polynomial, KernelType::rbf,
                                KernelType::sigmoid, KernelType::cosine, KernelType::precomputed})
    EXPECT_EQ(kernel_type(name(type)), type);
  EXPECT_THROW((void)kernel_type("gauss"), InvalidArgument);
}

}  // namespace
}  // namespace whiteline
