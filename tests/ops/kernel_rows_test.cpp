// Kernel rows by number, from rows packed once.
#include <whiteline/kernel_matrix.hpp>

#include <random>
#include <utility>
#include <vector>

#include "algorithms/kernel_matrix/kernel.hpp"
#include "cases/kernel_matrix.hpp"
#include "reference/kernel_matrix.hpp"
#include "support/framed.hpp"
#include "support/ops_backends.hpp"

namespace whiteline::kernel_rows_test {
namespace {

using core::Buffer;
using test::at;
using test::Framed;
using test::Table;

Table positive_rows(std::int64_t rows, std::int64_t channels, unsigned seed) {
  std::mt19937 random(seed);
  Table table(rows, channels);
  for (float& value : table.values) value = 0.25f + float(random() % 1000) / 2000.0f;
  return table;
}

// Prepared rows between sentinels.
class Rows {
 public:
  Rows(const Context& ctx, const Table& x)
      : rows_(ctx, Table(x.rows, x.cols)), squared_norm_(ctx, x.rows), mean_dot_(ctx, x.rows) {
    const Matrix raw = Matrix::from_host(ctx, {x.values.data(), x.rows, x.cols});
    const std::vector<float> mean(at(x.cols), 0.4f);
    const Buffer<float> centre(ctx, mean);
    mean_squared_norm_ = test::reference::dot(mean, mean);
    ctx.queue().ops().kernel_matrix->prepare(raw.view(), {}, false, centre.span(), rows_.view(),
                                             squared_norm_.span(), mean_dot_.span());
  }
  core::PreparedRows get() {
    return {rows_.view(), std::as_const(squared_norm_).span(), std::as_const(mean_dot_).span()};
  }
  double mean_squared_norm() const { return mean_squared_norm_; }

 private:
  Framed rows_;
  Buffer<float> squared_norm_, mean_dot_;
  double mean_squared_norm_ = 0.0;
};

class KernelRowsTest : public test::OpsTest<&core::Ops::kernel_matrix> {
 protected:
  // Each of `which` in a row of its own, in the order given.
  Table rows_of(const formulas::KernelConstants& function, const core::PackedRows& packed,
                std::int64_t columns, const std::vector<std::int32_t>& which) {
    return some_columns_of(function, packed, columns, which, {0, columns});
  }
  // Zeros outside `range`.
  Table some_columns_of(const formulas::KernelConstants& function, const core::PackedRows& packed,
                        std::int64_t columns, const std::vector<std::int32_t>& which,
                        core::IndexRange range) {
    const auto count = std::int64_t(which.size());
    Framed out(ctx(), Table(count, columns));
    std::vector<float*> addresses;
    for (std::int64_t i = 0; i < count; ++i)
      addresses.push_back(out.view().data + i * out.view().stride);
    const Buffer<std::int32_t> numbers(ctx(), which);
    const Buffer<float*> to(ctx(), addresses);
    ops().kernel_rows(function, packed, numbers.span(), range, {to.span().data, to.size()});
    return out.take();
  }
};
INSTANTIATE_TEST_SUITE_P(Backends, KernelRowsTest, test::all_backends(), test::backend_name);

TEST_P(KernelRowsTest, AreThoseOfTheSymmetricMatrixBitForBit) {
  std::mt19937 random(3);
  for (const auto& size : test::cases::kernel_matrix_sizes) {
    Rows rows(ctx(), positive_rows(size.rows, size.channels, 2));
    const auto packed = ops().pack(rows.get());
    for (const Kernel& kernel : test::cases::kernels) {
      const auto function = kernels::kernel_constants(kernel, rows.mean_squared_norm());
      Framed whole(ctx(), Table(size.rows, size.rows));
      ops().kernel_symmetric(function, rows.get(), whole.view());
      const Table expected = whole.take();
      for (const std::int64_t count : {0, 1, 13, 14, 15, 28, 33}) {
        std::vector<std::int32_t> which;
        for (std::int64_t i = 0; i < count && size.rows > 0; ++i)
          which.push_back(std::int32_t(random() % unsigned(size.rows)));
        const Table got = rows_of(function, *packed, size.rows, which);
        for (std::int64_t i = 0; i < got.rows; ++i)
          ASSERT_EQ(got.row(i), expected.row(which[at(i)]))
              << name(kernel.type) << " " << size.rows << " x " << size.channels << ", row "
              << which[at(i)];
      }
    }
  }
}

TEST_P(KernelRowsTest, ManyRowsAtOnceAreTheSameAsOneByOne) {
  Rows rows(ctx(), positive_rows(257, 300, 4));
  const auto packed = ops().pack(rows.get());
  const auto function = kernels::kernel_constants(rbf(0.05), rows.mean_squared_norm());
  std::vector<std::int32_t> all;
  for (std::int32_t i = 256; i >= 0; --i) all.push_back(i);
  const Table together = rows_of(function, *packed, 257, all);
  for (std::int64_t i = 0; i < 257; i += 32)
    EXPECT_EQ(rows_of(function, *packed, 257, {all[at(i)]}).row(0), together.row(i));
}

TEST_P(KernelRowsTest, SomeColumnsAreThoseOfWholeRowsAndTheOthersStayAsTheyWere) {
  Rows rows(ctx(), positive_rows(257, 40, 5));
  const auto packed = ops().pack(rows.get());
  const std::vector<std::int32_t> which{256, 0, 17, 100, 100, 31, 32, 33, 3, 4, 5, 6, 7, 8, 9, 128};
  for (const Kernel& kernel : test::cases::kernels) {
    const auto function = kernels::kernel_constants(kernel, rows.mean_squared_norm());
    const Table whole = rows_of(function, *packed, 257, which);
    for (const core::IndexRange range :
         {core::IndexRange{0, 0}, {0, 1}, {0, 16}, {16, 48}, {31, 33}, {112, 257}, {257, 257}}) {
      const Table got = some_columns_of(function, *packed, 257, which, range);
      for (std::int64_t i = 0; i < got.rows; ++i)
        for (std::int64_t j = 0; j < got.cols; ++j)
          ASSERT_EQ(got(i, j), j >= range.begin && j < range.end ? whole(i, j) : 0.0f)
              << name(kernel.type) << ", row " << which[at(i)] << ", column " << j << " of "
              << range.begin << " to " << range.end;
    }
  }
}

}  // namespace
}  // namespace whiteline::kernel_rows_test
