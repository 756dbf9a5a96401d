#include <gtest/gtest.h>

#include "network_cases.hpp"

namespace whiteline::network_pool_test {
namespace {

using core::Into;
using core::Pooling;
using core::PoolWindow;
using test::Framed;
using test::normal_table;
using test::Numbers;
using test::Table;
using test::reference::Map;

class NetworkPoolTest : public test::NetworkTest {};
INSTANTIATE_TEST_SUITE_P(Backends, NetworkPoolTest, test::all_backends(), test::backend_name);

struct Size {
  std::int64_t samples, positions, features;
  PoolWindow window;
  std::int64_t outputs;
};

const std::vector<Size> sizes = {{0, 4, 3, {Pooling::max, 2, 2, 0}, 2},
                                 {1, 1, 1, {Pooling::max, 1, 1, 0}, 1},
                                 {3, 33, 11, {Pooling::max, 2, 2, 0}, 16},
                                 {2, 32, 16, {Pooling::max, 3, 3, 0}, 10},
                                 {2, 35, 31, {Pooling::max, 3, 2, 0}, 18},
                                 {2, 34, 33, {Pooling::max, 3, 2, 0}, 17},
                                 {2, 33, 6, {Pooling::max, 3, 2, 1}, 17},
                                 {3, 33, 11, {Pooling::average, 2, 2, 0}, 16},
                                 {2, 257, 32, {Pooling::average, 257, 257, 0}, 1},
                                 {33, 5, 257, {Pooling::average, 3, 3, 0}, 1}};

TEST_P(NetworkPoolTest, ForwardAndBackwardAreTheDefinition) {
  for (const Size& s : sizes)
    for (const Into into : {Into::replace, Into::add}) {
      const Table x = normal_table(s.samples * s.positions, s.features, 1),
                  dy = normal_table(s.samples * s.outputs, s.features, 2),
                  before = normal_table(s.samples * s.positions, s.features, 3);
      const Map from{Numbers(x), s.positions};
      Framed fx(ctx(), x), fy(ctx(), dy), fdy(ctx(), dy), fdx(ctx(), before);
      ops().pool_forward({fx.view(), s.positions}, s.window, {fy.view(), s.outputs});
      test::expect_near(fy.take(), test::reference::pooled(from, s.window, s.outputs),
                        test::tolerance(s.window.size));
      ops().pool_backward({fx.view(), s.positions}, s.window, {fdy.view(), s.outputs},
                          {fdx.view(), s.positions}, into);
      Numbers dx = test::reference::pool_backward(from, s.window, {Numbers(dy), s.outputs});
      if (into == Into::add)
        for (std::size_t i = 0; i < before.values.size(); ++i)
          dx.values[i] += double(before.values[i]);
      test::expect_near(fdx.take(), dx, test::tolerance(2, 4.0));
    }
}

TEST_P(NetworkPoolTest, TheDefinitionsGradientsAreItsSlopes) {
  for (const PoolWindow& window :
       {PoolWindow{Pooling::max, 3, 2, 1}, {Pooling::average, 3, 3, 0}}) {
    const Numbers x(normal_table(18, 2, 1)), dy(normal_table(6, 2, 2));
    test::expect_same_slopes(test::reference::pool_backward({x, 9}, window, {dy, 3}),
                             test::slopes(
                                 [&](const Numbers& v) {
                                   return test::reference::pooled({v, 9}, window, 3);
                                 },
                                 x, dy));
  }
}

TEST_P(NetworkPoolTest, TheFirstOfEqualMaximaTakesTheGradient) {
  Table x(4, 33, 2.0f), dy(2, 33, 1.0f);
  x(2, 5) = -1.0f;
  Framed fx(ctx(), x), fdy(ctx(), dy), fdx(ctx(), Table(4, 33));
  ops().pool_backward({fx.view(), 4}, {}, {fdy.view(), 2}, {fdx.view(), 4}, Into::replace);
  const Table dx = fdx.take();
  for (std::int64_t c = 0; c < 33; ++c) {
    EXPECT_EQ(dx(0, c), 1.0f);
    EXPECT_EQ(dx(1, c), 0.0f);
    EXPECT_EQ(dx(2, c), c == 5 ? 0.0f : 1.0f);
    EXPECT_EQ(dx(3, c), c == 5 ? 1.0f : 0.0f);
  }
}

}  // namespace
}  // namespace whiteline::network_pool_test
