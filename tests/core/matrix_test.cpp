#include <whiteline/matrix.hpp>

#include <numeric>
#include <vector>

#include "support/backends.hpp"

namespace whiteline::test {
namespace {

template <class Backend>
class MatrixOn : public BackendTest<Backend> {};
TYPED_TEST_SUITE(MatrixOn, AllBackends, BackendNames);

TYPED_TEST(MatrixOn, ComesBackAsItWentForEverySize) {
  for (std::int64_t rows : {0, 1, 31, 32, 33, 257})
    for (std::int64_t cols : {0, 1, 15, 16, 17, 700}) {
      std::vector<float> host(static_cast<std::size_t>(rows * cols));
      std::iota(host.begin(), host.end(), -3.0f);
      const Matrix matrix = Matrix::from_host(this->ctx(), {host.data(), rows, cols});
      std::vector<float> back(host.size());
      matrix.copy_to(back);
      EXPECT_EQ(back, host) << rows << " x " << cols;
    }
}

TYPED_TEST(MatrixOn, TakesEnergySlowestCountsOfAnyNumberType) {
  const std::int64_t pixels = 70, channels = 33;
  std::vector<std::uint16_t> counts(pixels * channels);
  std::iota(counts.begin(), counts.end(), std::uint16_t(1));
  const Matrix matrix =
      Matrix::from_host(this->ctx(), {counts.data(), pixels, channels, 1, pixels});
  std::vector<float> back(counts.size());
  matrix.copy_to(back);
  for (std::int64_t p = 0; p < pixels; ++p)
    for (std::int64_t c = 0; c < channels; ++c)
      ASSERT_EQ(back[std::size_t(p * channels + c)], float(1 + c * pixels + p));
}

TYPED_TEST(MatrixOn, RefusesAHostBufferOfTheWrongSize) {
  const Matrix matrix(this->ctx(), 3, 4);
  std::vector<float> host(11);
  EXPECT_THROW(matrix.copy_to(host), InvalidArgument);
}

TYPED_TEST(MatrixOn, RefusesANegativeSize) {
  EXPECT_THROW(Matrix(this->ctx(), -1, 4), InvalidArgument);
}

TEST(HostView, PartsStartAtTheirFirstRow) {
  const std::vector<double> numbers{0, 1, 2, 3, 4, 5};
  const HostView part = HostView(numbers.data(), 3, 2).some_rows(1, 2);
  EXPECT_EQ(part.data, numbers.data() + 2);
  EXPECT_EQ(part.rows, 2);
}

}  // namespace
}  // namespace whiteline::test
