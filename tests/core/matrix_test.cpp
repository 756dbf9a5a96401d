#include <whiteline/matrix.hpp>

#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "support/backends.hpp"

namespace whiteline::test {
namespace {

class MatrixOn : public BackendTest {};
INSTANTIATE_TEST_SUITE_P(Backends, MatrixOn, all_backends(), backend_name);

TEST_P(MatrixOn, ComesBackAsItWentForEverySize) {
  for (std::int64_t rows : {0, 1, 31, 32, 33, 257})
    for (std::int64_t cols : {0, 1, 15, 16, 17, 700}) {
      std::vector<float> host(static_cast<std::size_t>(rows * cols));
      std::iota(host.begin(), host.end(), -3.0f);
      const Matrix matrix = Matrix::from_host(ctx(), {host.data(), rows, cols});
      std::vector<float> back(host.size());
      matrix.copy_to(back);
      EXPECT_EQ(back, host) << rows << " x " << cols;
    }
}

TEST_P(MatrixOn, TakesEnergySlowestCountsOfAnyNumberType) {
  const std::int64_t pixels = 70, channels = 33;
  std::vector<std::uint16_t> counts(pixels * channels);
  std::iota(counts.begin(), counts.end(), std::uint16_t(1));
  const Matrix matrix = Matrix::from_host(ctx(), {counts.data(), pixels, channels, 1, pixels});
  std::vector<float> back(counts.size());
  matrix.copy_to(back);
  for (std::int64_t p = 0; p < pixels; ++p)
    for (std::int64_t c = 0; c < channels; ++c)
      ASSERT_EQ(back[std::size_t(p * channels + c)], float(1 + c * pixels + p));
}

// Whole numbers of any type, in any order of rows and columns: what static_cast says.
template <class T>
void expect_loaded(const Context& ctx, std::int64_t rows, std::int64_t cols) {
  const std::int64_t size = 4 * rows * cols + 8;
  std::vector<T> host(static_cast<std::size_t>(size));
  for (std::size_t i = 0; i < host.size(); ++i)
    host[i] = static_cast<T>(i % 7 == 3 ? std::numeric_limits<T>::max() - T(i % 5) : T(i * 37));
  const HostView views[] = {
      {host.data(), rows, cols},
      {host.data() + 3, rows, cols, cols + 2},
      {host.data() + rows * (cols + 1), rows, cols, -(cols + 1)},  // upwards
      {host.data(), rows, cols, 1, rows},                          // energy slowest
      {host.data() + 1, rows, cols, 1, rows + 3},
      {host.data(), rows, cols, 2 * cols, 2},
  };
  for (const HostView& view : views) {
    const Matrix matrix = Matrix::from_host(ctx, view);
    std::vector<float> back(static_cast<std::size_t>(rows * cols));
    matrix.copy_to(back);
    const T* data = static_cast<const T*>(view.data);
    for (std::int64_t r = 0; r < rows; ++r)
      for (std::int64_t c = 0; c < cols; ++c)
        ASSERT_EQ(back[static_cast<std::size_t>(r * cols + c)],
                  static_cast<float>(data[r * view.row_stride + c * view.col_stride]))
            << rows << " x " << cols << ", steps " << view.row_stride << ", " << view.col_stride;
  }
}

TEST_P(MatrixOn, TakesEveryNumberTypeAndOrder) {
  for (const auto& [rows, cols] :
       {std::pair<std::int64_t, std::int64_t>{1, 1}, {1, 33}, {33, 1}, {31, 257}, {70, 32}}) {
    expect_loaded<std::uint8_t>(ctx(), rows, cols);
    expect_loaded<std::int8_t>(ctx(), rows, cols);
    expect_loaded<std::uint16_t>(ctx(), rows, cols);
    expect_loaded<std::int16_t>(ctx(), rows, cols);
    expect_loaded<std::uint32_t>(ctx(), rows, cols);
    expect_loaded<std::int32_t>(ctx(), rows, cols);
    expect_loaded<float>(ctx(), rows, cols);
    expect_loaded<double>(ctx(), rows, cols);
  }
}

// More than a block of pinned memory (4 MiB): lines of 20 000 bytes, and one line alone.
TEST_P(MatrixOn, TakesMoreThanIsCopiedAtOnce) {
  constexpr std::int64_t rows = 230, cols = 5000;
  std::vector<float> host(rows * (cols + 1));
  std::iota(host.begin(), host.end(), 5.0f);
  for (const HostView& view : {HostView(host.data(), rows, cols, cols + 1),
                               HostView(host.data(), 1, std::int64_t(host.size()))}) {
    std::vector<float> back(static_cast<std::size_t>(view.rows * view.cols));
    Matrix::from_host(ctx(), view).copy_to(back);
    for (std::int64_t r = 0; r < view.rows; ++r)
      for (std::int64_t c = 0; c < view.cols; ++c)
        ASSERT_EQ(back[std::size_t(r * view.cols + c)], host[std::size_t(r * view.row_stride + c)]);
  }
}

TEST_P(MatrixOn, RefusesAHostBufferOfTheWrongSize) {
  const Matrix matrix(ctx(), 3, 4);
  std::vector<float> host(11);
  EXPECT_THROW(matrix.copy_to(host), InvalidArgument);
}

TEST_P(MatrixOn, RefusesANegativeSize) { EXPECT_THROW(Matrix(ctx(), -1, 4), InvalidArgument); }

TEST(HostView, PartsStartAtTheirFirstRow) {
  const std::vector<double> numbers{0, 1, 2, 3, 4, 5};
  const HostView part = HostView(numbers.data(), 3, 2).some_rows(1, 2);
  EXPECT_EQ(part.data, numbers.data() + 2);
  EXPECT_EQ(part.rows, 2);
}

}  // namespace
}  // namespace whiteline::test
