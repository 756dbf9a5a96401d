#include <whiteline/kernel_matrix.hpp>

#include <algorithm>
#include <random>
#include <utility>
#include <vector>

#include "algorithms/kernel_matrix/kernel.hpp"
#include "cases/kernel_matrix.hpp"
#include "reference/kernel_matrix.hpp"
#include "reference/reduce.hpp"
#include "support/framed.hpp"
#include "support/ops_backends.hpp"
#include "support/tolerance.hpp"

namespace whiteline {
namespace {

using core::Buffer;
using test::at;
using test::Framed;
using test::Table;
using test::tolerance;

// Positive, like spectra: all rows share a shape, so that centring matters.
Table spectra(std::int64_t rows, std::int64_t channels, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> noise(0.0f, 0.2f);
  Table table(rows, channels);
  for (std::int64_t r = 0; r < rows; ++r)
    for (std::int64_t c = 0; c < channels; ++c)
      table(r, c) = 0.5f + 0.5f * float(c % 7) / 7.0f + noise(random);
  return table;
}

// Prepared rows on the device, between sentinels.
class Rows {
 public:
  Rows(const Context& ctx, const Table& x, std::vector<std::int32_t> order, bool normalise,
       const std::vector<float>& mean)
      : out_(ctx, Table(order.empty() ? x.rows : std::int64_t(order.size()), x.cols)),
        squared_norm_(ctx, out_.view().rows),
        mean_dot_(ctx, out_.view().rows) {
    Framed in(ctx, x);
    const Buffer<std::int32_t> rows(ctx, order);
    const Buffer<float> centre(ctx, mean);
    ctx.queue().ops().kernel_matrix->prepare(in.view(), rows.span(), normalise, centre.span(),
                                             out_.view(), squared_norm_.span(), mean_dot_.span());
    in.take();
  }
  Table table() const { return out_.take(); }
  std::vector<float> squared_norm() const { return squared_norm_.to_host(); }
  std::vector<float> mean_dot() const { return mean_dot_.to_host(); }
  core::PreparedRows get() { return some(0, out_.view().rows); }
  core::PreparedRows some(std::int64_t first, std::int64_t count) {
    return {out_.view().some_rows(first, count),
            std::as_const(squared_norm_).span().part(first, count),
            std::as_const(mean_dot_).span().part(first, count)};
  }

 private:
  Framed out_;
  Buffer<float> squared_norm_, mean_dot_;
};

std::vector<float> mean_of(const Table& x) {
  const std::vector<double> means = test::reference::column_means(x);
  return {means.begin(), means.end()};
}

formulas::KernelConstants constants(const Kernel& kernel, const std::vector<float>& mean) {
  return kernels::kernel_constants(kernel, test::reference::dot(mean, mean));
}

class KernelMatrixTest : public test::OpsTest<&core::Ops::kernel_matrix> {};
INSTANTIATE_TEST_SUITE_P(Backends, KernelMatrixTest, test::all_backends(), test::backend_name);

TEST_P(KernelMatrixTest, PreparationGathersNormalisesAndCentres) {
  for (const std::int64_t channels : {1, 15, 16, 33, 257}) {
    Table x = spectra(6, channels, 1);
    for (std::int64_t c = 0; c < channels; ++c) x(4, c) = 0.0f;
    const std::vector<float> mean = mean_of(x);
    for (const std::vector<std::int32_t>& order :
         {std::vector<std::int32_t>{}, {5, -1, 0, 0, 4}, {2}})
      for (const bool normalise : {false, true})
        for (const bool centre : {false, true}) {
          Rows rows(ctx(), x, order, normalise, centre ? mean : std::vector<float>());
          const Table got = rows.table();
          const std::vector<float> q = rows.squared_norm(), a = rows.mean_dot();
          for (std::int64_t r = 0; r < got.rows; ++r) {
            const std::int64_t from = order.empty() ? r : order[at(r)];
            const auto squares = [&](std::int64_t c) { return double(x(from, c)) * x(from, c); };
            double inverse = 1.0;
            if (normalise && from >= 0) {
              const double norm = std::sqrt(test::reference::interleaved_sum(channels, squares));
              inverse = norm > 0.0 ? 1.0 / norm : 0.0;
            }
            for (std::int64_t c = 0; c < channels; ++c) {
              const float value = from < 0 ? 0.0f : float(double(x(from, c)) * inverse);
              ASSERT_EQ(got(r, c), from < 0 ? 0.0f : value - (centre ? mean[at(c)] : 0.0f));
            }
            ASSERT_EQ(q[at(r)], float(test::reference::interleaved_sum(channels, [&](auto c) {
                        return double(got(r, c)) * got(r, c);
                      })));
            ASSERT_EQ(a[at(r)], float(test::reference::interleaved_sum(channels, [&](auto c) {
                        return centre ? double(got(r, c)) * mean[at(c)] : 0.0;
                      })));
          }
        }
  }
}

TEST_P(KernelMatrixTest, KernelsMatchTheirDefinitionsInDouble) {
  for (const auto& size : test::cases::kernel_matrix_sizes) {
    const Table x = spectra(size.rows, size.channels, 2), z = spectra(19, size.channels, 3);
    for (const Kernel& kernel : test::cases::kernels) {
      if (kernel.type == KernelType::linear || kernel.type == KernelType::cosine) continue;
      const std::vector<float> mean = mean_of(x);
      Rows left(ctx(), x, {}, false, mean), right(ctx(), z, {}, false, mean);
      Framed out(ctx(), Table(x.rows, z.rows));
      ops().kernel(constants(kernel, mean), left.get(), right.get(), out.view());
      const Table got = out.take();
      for (std::int64_t i = 0; i < x.rows; ++i)
        for (std::int64_t j = 0; j < z.rows; ++j)
          ASSERT_NEAR(got(i, j), test::reference::kernel(kernel, x.row(i), z.row(j)),
                      tolerance(size.channels,
                                test::reference::kernel_magnitude(kernel, x.row(i), z.row(j))))
              << name(kernel.type) << " " << size.rows << " x " << size.channels;
    }
  }
}

TEST_P(KernelMatrixTest, ASymmetricMatrixMayBeComputedInParts) {
  for (const std::int64_t n : {0, 1, 128, 129, 300, 520}) {
    const Table x = spectra(n, 20, 7);
    const std::vector<float> mean = n > 0 ? mean_of(x) : std::vector<float>(20, 0.0f);
    Rows rows(ctx(), x, {}, false, mean);
    Framed whole(ctx(), Table(n, n)), parts(ctx(), Table(n, n));
    const auto function = constants(rbf(0.3), mean);
    ops().kernel_symmetric(function, rows.get(), whole.view());
    std::int64_t begin = 0;
    for (const std::int64_t end : {std::int64_t(128), std::int64_t(384), n}) {
      const core::IndexRange part{begin, std::clamp(end, begin, n)};
      ops().kernel_symmetric(function, rows.get(), part, parts.view());
      begin = part.end;
    }
    EXPECT_EQ(parts.take().values, whole.take().values) << n;
  }
}

TEST_P(KernelMatrixTest, TransformedProductsAreTheKernelMatrixBitForBit) {
  for (const std::int64_t n : {0, 1, 31, 32, 33, 257}) {
    const Table x = spectra(n, 40, 6);
    const std::vector<float> mean = n > 0 ? mean_of(x) : std::vector<float>(40, 0.0f);
    Rows rows(ctx(), x, {}, false, mean);
    Framed products(ctx(), Table(n, n));
    ops().kernel_symmetric(constants(linear(), mean), rows.get(), products.view());
    for (const Kernel& kernel :
         {linear(), rbf(0.3), polynomial(3, 0.1, 0.5), sigmoid(0.02, -0.25)}) {
      const formulas::KernelConstants function = constants(kernel, mean);
      Framed whole(ctx(), Table(n, n)), out(ctx(), Table(n, n));
      ops().kernel_symmetric(function, rows.get(), whole.view());
      for (const core::IndexRange part : {core::IndexRange{n / 3, n}, {0, n / 3}})
        ops().transform(function, products.view(), rows.get().squared_norm, rows.get().mean_dot,
                        part, out.view());
      EXPECT_EQ(out.take().values, whole.take().values) << name(kernel.type) << " of " << n;
    }
    const formulas::KernelConstants function = constants(rbf(0.3), mean);
    Framed whole(ctx(), Table(n, n));
    ops().kernel_symmetric(function, rows.get(), whole.view());
    ops().transform(function, products.view(), rows.get().squared_norm, rows.get().mean_dot, {0, n},
                    products.view());  // in place
    EXPECT_EQ(products.take().values, whole.take().values);
  }
}

TEST_P(KernelMatrixTest, LinearIsTheProductOfCentredRows) {
  const Table x = spectra(33, 257, 4);
  Rows rows(ctx(), x, {}, false, mean_of(x));
  const Table centred = rows.table();
  Framed out(ctx(), Table(33, 33));
  ops().kernel(constants(linear(), {}), rows.get(), rows.get(), out.view());
  const Table got = out.take();
  for (std::int64_t i = 0; i < 33; ++i)
    for (std::int64_t j = 0; j < 33; ++j)
      ASSERT_NEAR(got(i, j), test::reference::dot(centred.row(i), centred.row(j)),
                  tolerance(257, test::reference::kernel_magnitude(linear(), centred.row(i),
                                                                   centred.row(j))));
}

TEST_P(KernelMatrixTest, SymmetricIsBitwiseSymmetricAndEqualToTheWhole) {
  for (const auto& size : test::cases::kernel_matrix_sizes) {
    const Table x = spectra(size.rows, size.channels, 5);
    const std::vector<float> mean = mean_of(x);
    Rows rows(ctx(), x, {}, false, mean);
    for (const Kernel& kernel : {rbf(0.3), sigmoid(0.002, 0.1), polynomial(3, 0.01, 1.0)}) {
      Framed whole(ctx(), Table(x.rows, x.rows)), half(ctx(), Table(x.rows, x.rows));
      ops().kernel(constants(kernel, mean), rows.get(), rows.get(), whole.view());
      ops().kernel_symmetric(constants(kernel, mean), rows.get(), half.view());
      const Table got = half.take();
      ASSERT_EQ(got.values, whole.take().values) << size.rows << " x " << size.channels;
      for (std::int64_t i = 0; i < x.rows; ++i)
        for (std::int64_t j = 0; j < i; ++j) ASSERT_EQ(got(i, j), got(j, i));
      for (std::int64_t i = 0; i < x.rows; ++i)
        ASSERT_TRUE(kernel.type != KernelType::rbf || got(i, i) == 1.0f);
    }
  }
}

TEST_P(KernelMatrixTest, PartsOfTheRowsGivePartsOfTheMatrix) {
  const Table x = spectra(70, 100, 6);
  const std::vector<float> mean = mean_of(x);
  Rows rows(ctx(), x, {}, false, mean);
  Framed whole(ctx(), Table(70, 70)), part(ctx(), Table(20, 40));
  ops().kernel_symmetric(constants(rbf(1.0), mean), rows.get(), whole.view());
  ops().kernel(constants(rbf(1.0), mean), rows.some(33, 20), rows.some(17, 40), part.view());
  const Table all = whole.take(), some = part.take();
  for (std::int64_t i = 0; i < 20; ++i)
    for (std::int64_t j = 0; j < 40; ++j) ASSERT_EQ(some(i, j), all(33 + i, 17 + j));
}

// Squared distances of rows that differ in their last bits only.
TEST_P(KernelMatrixTest, NearDuplicatesHaveNoNegativeDistance) {
  const std::int64_t n = emulated() ? 40 : 600, channels = 64;
  const Table base = spectra(1, channels, 7);
  std::mt19937 random(8);
  Table x(n, channels);
  for (std::int64_t r = 0; r < n; ++r)
    for (std::int64_t c = 0; c < channels; ++c)
      x(r, c) = base(0, c) * (1.0f + 1.2e-7f * float(random() % 3));
  Rows rows(ctx(), x, {}, false, mean_of(x));
  Framed out(ctx(), Table(n, n));
  ops().kernel_symmetric(constants(rbf(100.0), {}), rows.get(), out.view());
  const Table got = out.take();
  for (const float value : got.values) ASSERT_TRUE(value > 0.999f && value <= 1.0f) << value;
}

// The emulated device runs the plain kernels, which promise the CPU's bits.
TEST_P(KernelMatrixTest, PlainKernelsHaveTheBitsOfTheCpu) {
  if (!emulated()) GTEST_SKIP() << "for the emulated device";
  const Table x = spectra(35, 300, 10);
  const std::vector<float> mean = mean_of(x);
  const auto matrix = [&](const Context& ctx, const Kernel& kernel) {
    Rows rows(ctx, x, {}, true, mean);
    Framed out(ctx, Table(35, 35));
    ctx.queue().ops().kernel_matrix->kernel_symmetric(constants(kernel, mean), rows.get(),
                                                      out.view());
    return out.take().values;
  };
  const Context cpu("cpu", {.threads = 1});
  for (const Kernel& kernel : test::cases::kernels)
    EXPECT_EQ(matrix(ctx(), kernel), matrix(cpu, kernel)) << name(kernel.type);
}

TEST(CpuKernelMatrix, HasTheSameBitsForAnyNumberOfThreads) {
  const Table x = spectra(150, 300, 9);
  std::vector<float> first;
  for (const int threads : {1, 2, 3, 8}) {
    const Context ctx("cpu", {.threads = threads});
    Rows rows(ctx, x, {}, true, mean_of(x));
    Framed out(ctx, Table(150, 150));
    ctx.queue().ops().kernel_matrix->kernel_symmetric(constants(rbf(2.0), {}), rows.get(),
                                                      out.view());
    const Table got = out.take();
    if (first.empty()) first = got.values;
    EXPECT_EQ(got.values, first) << threads << " threads";
  }
}

}  // namespace
}  // namespace whiteline
