#include <gtest/gtest.h>

#include "cases/network.hpp"
#include "network_cases.hpp"
#include "reference/adversarial.hpp"

namespace whiteline::network_minibatch_test {
namespace {

using core::MinibatchKernels;
using test::Framed;
using test::normal_table;
using test::Numbers;
using test::Table;

class NetworkMinibatchTest : public test::NetworkTest {
 protected:
  Table forward(const Table& m, const MinibatchKernels& shape) {
    Framed from(ctx(), m), to(ctx(), Table(m.rows, shape.kernels));
    ops().minibatch_forward(from.view(), shape, to.view());
    return to.take();
  }
  Table backward(const Table& m, const MinibatchKernels& shape, const Table& g) {
    Framed from(ctx(), m), given(ctx(), g), to(ctx(), Table(m.rows, m.cols));
    ops().minibatch_backward(from.view(), shape, given.view(), to.view());
    return to.take();
  }
};
INSTANTIATE_TEST_SUITE_P(Backends, NetworkMinibatchTest, test::all_backends(), test::backend_name);

struct Size {
  std::int64_t rows;  // of one minibatch
  MinibatchKernels shape;
};
const std::vector<Size> sizes = {{0, {4, 3}},      {1, {1, 1}},      {1, {31, 2}},
                                 {2, {16, 5}},     {7, {33, 8}},     {31, {32, 4, 2}},
                                 {32, {17, 3}},    {33, {15, 9, 2}}, {64, {31, 8, 2}},
                                 {5, {257, 5, 2}}, {9, {3, 257}},    {257, {5, 6}}};

// And those that are timed.
std::vector<Size> all_sizes() {
  std::vector<Size> out = sizes;
  for (const auto& s : test::cases::timed_minibatch)
    out.push_back({s.samples, {s.kernels, s.depth, 2}});
  return out;
}

Table numbers_of(const Size& size, unsigned seed) {
  Table m =
      normal_table(size.rows * size.shape.minibatches, size.shape.kernels * size.shape.depth, seed);
  for (float& value : m.values) value *= 1.0f / float(size.shape.depth);
  return m;
}
Table gradients_of(const Size& size) {
  return normal_table(size.rows * size.shape.minibatches, size.shape.kernels, 7);
}

TEST_P(NetworkMinibatchTest, SumsAreThoseOfTheDefinition) {
  for (const Size& size : all_sizes()) {
    const Table m = numbers_of(size, 1);
    test::expect_near(forward(m, size.shape), test::reference::minibatch(Numbers(m), size.shape),
                      test::tolerance(size.rows + size.shape.depth, double(size.rows)));
  }
}

TEST_P(NetworkMinibatchTest, GradientsAreThoseOfTheDefinition) {
  for (const Size& size : all_sizes()) {
    const Table m = numbers_of(size, 1), g = gradients_of(size);
    test::expect_near(backward(m, size.shape, g),
                      test::reference::minibatch_backward(Numbers(m), size.shape, Numbers(g)),
                      test::tolerance(size.rows + size.shape.depth, double(size.rows)));
  }
}

TEST_P(NetworkMinibatchTest, TheDefinitionsGradientsAreItsSlopes) {
  const Size size{5, {3, 4, 2}};
  const Numbers m(numbers_of(size, 1)), g(gradients_of(size));
  test::expect_same_slopes(
      test::reference::minibatch_backward(m, size.shape, g),
      test::slopes([&](const Numbers& v) { return test::reference::minibatch(v, size.shape); }, m,
                   g));
}

// o = 2 + e^-3 - 1 for two samples one and two apart.
TEST_P(NetworkMinibatchTest, TwoSamplesAreAsCloseAsTheirNumbers) {
  Table m(2, 2), g(2, 1);
  m.values = {0, 0, 1, 2};
  g.values = {1, 0};
  const Table o = forward(m, {1, 2}), dm = backward(m, {1, 2}, g);
  EXPECT_NEAR(o(0, 0), 1.0497871, 2e-7);
  EXPECT_NEAR(o(1, 0), 1.0497871, 2e-7);
  for (std::int64_t d = 0; d < 2; ++d) {
    EXPECT_NEAR(dm(0, d), 0.049787068, 1e-8);
    EXPECT_NEAR(dm(1, d), -0.049787068, 1e-8);
  }
}

TEST_P(NetworkMinibatchTest, EqualSamplesCountFullyAndDoNotPull) {
  const Size size{33, {5, 3}};
  const Table one = normal_table(1, 15, 3);
  Table m(33, 15);
  for (std::int64_t r = 0; r < 33; ++r) std::copy_n(one.values.begin(), 15, &m(r, 0));
  for (const float o : forward(m, size.shape).values) EXPECT_EQ(o, 33.0f);
  for (const float g : backward(m, size.shape, gradients_of(size)).values) EXPECT_EQ(g, 0.0f);
}

TEST_P(NetworkMinibatchTest, FarSamplesAreAloneAndFinite) {
  Table m(3, 2), g(3, 1, 1.0f);
  m.values = {0.0f, 0.0f, 1e30f, -1e30f, 3e38f, 3e38f};
  for (const float o : forward(m, {1, 2}).values) EXPECT_EQ(o, 1.0f);
  for (const float v : backward(m, {1, 2}, g).values) EXPECT_LT(std::abs(v), 1e-30f);
}

TEST_P(NetworkMinibatchTest, StackedMinibatchesAreSeparateOnes) {
  const Size size{31, {33, 5, 2}};
  const MinibatchKernels alone{33, 5};
  const Table m = numbers_of(size, 1), g = gradients_of(size);
  const auto half = [](const Table& all, std::int64_t number) {
    Table part(all.rows / 2, all.cols);
    std::copy_n(all.values.begin() + number * std::ssize(part.values), part.values.size(),
                part.values.begin());
    return part;
  };
  const Table o = forward(m, size.shape), dm = backward(m, size.shape, g);
  for (const std::int64_t number : {0, 1}) {
    EXPECT_EQ(half(o, number).values, forward(half(m, number), alone).values);
    EXPECT_EQ(half(dm, number).values, backward(half(m, number), alone, half(g, number)).values);
  }
}

}  // namespace
}  // namespace whiteline::network_minibatch_test
