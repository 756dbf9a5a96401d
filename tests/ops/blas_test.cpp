#include <whiteline/matrix.hpp>

#include <limits>
#include <vector>

#include "cases/blas.hpp"
#include "reference/blas.hpp"
#include "support/framed.hpp"
#include "support/ops_backends.hpp"
#include "support/random_table.hpp"
#include "support/tolerance.hpp"

namespace whiteline {
namespace {

using core::Transpose;
using test::Framed;
using test::Table;
using test::tolerance;

// Rows are summed along in both, whatever lies transposed on the device.
struct Factors {
  Table a, b;
  explicit Factors(const test::cases::Gemm& size)
      : a(test::normal_table(size.m, size.k, 1)), b(test::normal_table(size.n, size.k, 2)) {}
};

Table gemm(const Context& ctx, float alpha, const Table& a, Transpose transpose_a, const Table& b,
           Transpose transpose_b, float beta, const Table& before) {
  Framed left(ctx, transpose_a == Transpose::yes ? test::reference::transposed(a) : a);
  Framed right(ctx, transpose_b == Transpose::yes ? b : test::reference::transposed(b));
  Framed out(ctx, before);
  ctx.queue().ops().blas->gemm(alpha, left.view(), transpose_a, right.view(), transpose_b, beta,
                               out.view());
  return out.take();
}

void expect_product(const Table& got, float alpha, const Factors& f, float beta,
                    const Table& before) {
  for (std::int64_t i = 0; i < got.rows; ++i)
    for (std::int64_t j = 0; j < got.cols; ++j) {
      const test::reference::Sum sum = test::reference::row_product(f.a, i, f.b, j);
      const double old = beta == 0.0f ? 0.0 : double(beta) * double(before(i, j));
      ASSERT_NEAR(got(i, j), double(alpha) * sum.value + old,
                  tolerance(f.a.cols, std::abs(double(alpha)) * sum.magnitude + std::abs(old)))
          << got.rows << " x " << got.cols << " x " << f.a.cols << " at " << i << ", " << j;
    }
}

class BlasTest : public test::OpsTest<&core::Ops::blas> {};
INSTANTIATE_TEST_SUITE_P(Backends, BlasTest, test::all_backends(), test::backend_name);

TEST_P(BlasTest, GemmMatchesTheDefinitionInDouble) {
  for (const auto& size : test::cases::small_gemms) {
    const Factors f(size);
    const Table before(size.m, size.n, 1.0f);
    for (const Transpose ta : {Transpose::no, Transpose::yes})
      for (const Transpose tb : {Transpose::no, Transpose::yes})
        expect_product(gemm(ctx(), 1.0f, f.a, ta, f.b, tb, 0.0f, before), 1.0f, f, 0.0f, before);
  }
}

TEST_P(BlasTest, GemmScalesAndAdds) {
  const test::cases::Gemm size{33, 65, 31};
  const Factors f(size);
  const Table before = test::normal_table(size.m, size.n, 3);
  for (const float alpha : {0.0f, -0.5f, 3.0f})
    for (const float beta : {1.0f, -2.0f, 0.25f})
      expect_product(gemm(ctx(), alpha, f.a, Transpose::no, f.b, Transpose::no, beta, before),
                     alpha, f, beta, before);
  expect_product(gemm(ctx(), 1.0f, Table(4, 0), Transpose::no, Table(3, 0), Transpose::no, 2.0f,
                      Table(4, 3, 1.5f)),
                 1.0f, Factors({4, 3, 0}), 2.0f, Table(4, 3, 1.5f));
}

TEST_P(BlasTest, GemmDoesNotReadTheOutputWhenBetaIsZero) {
  const test::cases::Gemm size{15, 33, 7};
  const Factors f(size);
  const Table before(size.m, size.n, std::numeric_limits<float>::quiet_NaN());
  expect_product(gemm(ctx(), 1.0f, f.a, Transpose::no, f.b, Transpose::yes, 0.0f, before), 1.0f, f,
                 0.0f, before);
}

TEST_P(BlasTest, GemmOfManyRoundsMatchesTheDefinition) {
  if (emulated()) GTEST_SKIP() << "too large for the emulator";
  for (const auto& size : test::cases::large_gemms) {
    const Factors f(size);
    const Table before = test::normal_table(size.m, size.n, 3);
    expect_product(gemm(ctx(), 0.5f, f.a, Transpose::no, f.b, Transpose::yes, 2.0f, before), 0.5f,
                   f, 2.0f, before);
  }
}

TEST_P(BlasTest, NumbersBesideTheViewsDoNotLeak) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const std::int64_t k : {1, 5, 16, 33}) {
    const std::int64_t m = 5, n = 9;
    const Table ones(m + 1, k, 1.0f);
    Table wide(64, 64, nan);
    for (std::int64_t i = 0; i < m; ++i)
      for (std::int64_t j = 0; j < k; ++j) wide(i, j) = 1.0f;
    Table other(64, 64, nan);
    for (std::int64_t i = 0; i < k; ++i)
      for (std::int64_t j = 0; j < n; ++j) other(i, j) = 2.0f;
    const auto upload = [&](const Table& t) {
      return Matrix::from_host(ctx(), HostView(t.values.data(), t.rows, t.cols));
    };
    const Matrix a = upload(wide), b = upload(other);
    Framed out(ctx(), Table(m, n));
    ctx().queue().ops().blas->gemm(1.0f, a.view().some_rows(0, m).some_cols(0, k), Transpose::no,
                                   b.view().some_rows(0, k).some_cols(0, n), Transpose::no, 0.0f,
                                   out.view());
    EXPECT_EQ(out.take().values, std::vector<float>(test::at(m * n), 2.0f * float(k)));
  }
}

TEST(CpuBlas, GemmHasTheSameBitsForAnyNumberOfThreads) {
  for (const test::cases::Gemm& size : {test::cases::Gemm{70, 600, 300}, {3, 1061, 4200}}) {
    const Factors f(size);
    const Table before = test::normal_table(size.m, size.n, 3);
    std::vector<float> first;
    for (const int threads : {1, 2, 3, 8}) {
      const Context ctx("cpu", {.threads = threads});
      const Table got = gemm(ctx, 1.0f, f.a, Transpose::no, f.b, Transpose::no, -1.0f, before);
      if (first.empty()) first = got.values;
      EXPECT_EQ(got.values, first) << threads << " threads";
    }
  }
}

}  // namespace
}  // namespace whiteline
