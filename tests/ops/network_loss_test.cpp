#include <gtest/gtest.h>

#include <limits>

#include "network_cases.hpp"

namespace whiteline {
namespace {

using core::Buffer;
using core::Loss;
using core::TrainingState;
using test::at;
using test::Framed;
using test::normal_table;
using test::Numbers;
using test::Table;

class NetworkLossTest : public test::NetworkTest {
 protected:
  Table gradient(Loss loss, const Table& z, const std::vector<std::int32_t>& labels,
                 const std::vector<float>& weights = {}) {
    Framed fz(ctx(), z), fdz(ctx(), Table(z.rows, z.cols));
    const Buffer<std::int32_t> targets(ctx(), labels);
    const Buffer<float> of_classes(ctx(), weights);
    ops().loss_gradient(loss, fz.view(), {targets.span(), of_classes.span()}, state(), fdz.view());
    return fdz.take();
  }
};
INSTANTIATE_TEST_SUITE_P(Backends, NetworkLossTest, test::all_backends(), test::backend_name);

std::vector<std::int32_t> some_labels(std::int64_t rows, std::int64_t classes) {
  std::vector<std::int32_t> labels;
  for (std::int64_t r = 0; r < rows; ++r)
    labels.push_back(std::int32_t(r * 7 % std::max<std::int64_t>(classes, 2)));
  return labels;
}

// Loss of one row by the definition.
double loss_of(Loss loss, const Numbers& z, std::int64_t row, std::int32_t label) {
  double total = 0.0;
  if (loss == Loss::softmax_cross_entropy) {
    for (std::int64_t k = 0; k < z.cols; ++k) total += std::exp(z(row, k) - z(row, label));
    return std::log(total);
  }
  for (std::int64_t k = 0; k < z.cols; ++k) {
    const bool target = z.cols == 1 ? label == 1 : k == label;
    const double p = 1.0 / (1.0 + std::exp(-z(row, k)));
    total -= target ? std::log(p) : std::log1p(-p);
  }
  return total / double(z.cols);
}

TEST_P(NetworkLossTest, LossesAndGradientsAreThoseOfTheDefinition) {
  for (const Loss loss : {Loss::softmax_cross_entropy, Loss::sigmoid_cross_entropy})
    for (const std::int64_t rows : {1, 31, 32, 33, 257})
      for (const std::int64_t outputs : {1, 2, 5, 33}) {
        if (outputs == 1 && loss == Loss::softmax_cross_entropy) continue;
        for (const bool weighted : {false, true}) {
          set_state({});
          const Table z = normal_table(rows, outputs, 1);
          const auto labels = some_labels(rows, outputs);
          std::vector<float> weights;
          for (std::int64_t k = 0; weighted && k < std::max<std::int64_t>(outputs, 2); ++k)
            weights.push_back(0.5f + float(k % 3));
          const auto mean_loss = [&](const Numbers& at_z) {
            Numbers mean(1, 1);
            for (std::int64_t r = 0; r < rows; ++r)
              mean(0, 0) += loss_of(loss, at_z, r, labels[at(r)]) *
                            (weighted ? double(weights[at(labels[at(r)])]) : 1.0) / double(rows);
            return mean;
          };
          const Table dz = gradient(loss, z, labels, weights);
          const TrainingState now = state_now();
          EXPECT_EQ(now.rows, rows);
          EXPECT_EQ(now.diverged, 0u);
          EXPECT_NEAR(now.loss, mean_loss(Numbers(z))(0, 0) * double(rows), 1e-12 * double(rows));
          std::int64_t hits = 0;
          for (std::int64_t r = 0; r < rows; ++r) {
            const auto row = z.row(r);
            const std::int64_t best = std::max_element(row.begin(), row.end()) - row.begin();
            hits += (outputs == 1 ? row[0] > 0.0f : best) == labels[at(r)];
          }
          EXPECT_EQ(now.hits, hits);
          if (rows * outputs > 200) continue;
          test::expect_near(dz, test::slopes(mean_loss, Numbers(z), Numbers(1, 1, 1.0)), 1e-7);
        }
      }
}

TEST_P(NetworkLossTest, EqualLogitsAreTheFirstClass) {
  gradient(Loss::softmax_cross_entropy, Table(3, 4, 0.5f), {0, 1, 0});
  EXPECT_EQ(state_now().hits, 2);
}

TEST_P(NetworkLossTest, ExtremeLogitsKeepTheirDigits) {
  Table z(2, 1);
  z.values = {40.0f, -80.0f};
  gradient(Loss::sigmoid_cross_entropy, z, {1, 0});
  EXPECT_NEAR(state_now().loss, std::exp(-40.0) + std::exp(-80.0), 1e-25);
  set_state({});
  Table wide(1, 2);
  wide.values = {3e38f, -3e38f};
  const Table dz = gradient(Loss::softmax_cross_entropy, wide, {1});
  EXPECT_EQ(state_now().diverged, 0u);
  EXPECT_EQ(dz(0, 0), 1.0f);
  EXPECT_EQ(dz(0, 1), -1.0f);
}

TEST_P(NetworkLossTest, LossesThatAreNotFiniteSetTheFlag) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  for (const Loss loss : {Loss::softmax_cross_entropy, Loss::sigmoid_cross_entropy})
    for (const float bad : {nan, infinity, -infinity})
      for (const std::int64_t place : {0, 3}) {
        set_state({});
        Table z = normal_table(2, 4, 1);
        z(1, place) = bad;
        gradient(loss, z, {0, 0});
        EXPECT_EQ(state_now().diverged, 1u);
        gradient(loss, normal_table(2, 4, 1), {0, 0});
        EXPECT_EQ(state_now().diverged, 1u);
        EXPECT_EQ(state_now().rows, 4);
      }
}

TEST_P(NetworkLossTest, EachMinibatchHasItsTargetAndItsMean) {
  for (const std::int64_t rows : {1, 31, 32, 33, 257})
    for (const std::int64_t outputs : {1, 3})
      for (const core::AdversarialTargets& targets :
           {core::AdversarialTargets{2, {0.9f, 0.0f}}, {1, {1.0f, 0.0f}}}) {
        set_state({});
        const std::int64_t all = rows * targets.minibatches;
        const Table z = normal_table(all, outputs, 1);
        Framed fz(ctx(), z), fdz(ctx(), Table(all, outputs));
        ops().adversarial_loss(fz.view(), targets, state(), fdz.view());
        const auto means = [&](const Numbers& at_z) {  // their sum
          Numbers sum(1, 1);
          for (std::int64_t r = 0; r < all; ++r)
            for (std::int64_t k = 0; k < outputs; ++k) {
              const double target = double(targets.targets[r / rows]), p = at_z(r, k);
              sum(0, 0) += (std::max(p, 0.0) - p * target + std::log1p(std::exp(-std::abs(p)))) /
                           double(rows * outputs);
            }
          return sum;
        };
        const TrainingState now = state_now();
        EXPECT_EQ(now.rows, all);
        EXPECT_NEAR(now.loss, means(Numbers(z))(0, 0) * double(rows), 1e-12 * double(rows));
        std::int64_t hits = 0;
        for (std::int64_t r = 0; r < all; ++r)
          hits += (z(r, 0) > 0.0f) == (targets.targets[r / rows] > 0.5f);
        EXPECT_EQ(now.hits, hits);
        if (all * outputs > 200) continue;
        test::expect_near(fdz.take(), test::slopes(means, Numbers(z), Numbers(1, 1, 1.0)), 1e-7);
      }
}

TEST_P(NetworkLossTest, AdversariesLossesAreThoseOfThePaperAndSetTheFlag) {
  Table z(2, 1);
  const auto loss_of_both = [&](const core::AdversarialTargets& targets) {
    set_state({});
    Framed fz(ctx(), z);
    ops().adversarial_loss(fz.view(), targets, state(), {});
    return state_now().loss;
  };
  EXPECT_NEAR(loss_of_both({2, {0.9f, 0.0f}}), 1.3862944, 1e-7);
  z.values = {2.0f, 2.0f};
  EXPECT_NEAR(loss_of_both({1, {0.9f, 0.0f}}), 2.0 * 0.3269280, 1e-6);
  EXPECT_EQ(state_now().diverged, 0u);
  z(1, 0) = std::numeric_limits<float>::infinity();
  loss_of_both({1, {1.0f, 0.0f}});
  EXPECT_EQ(state_now().diverged, 1u);
}

TEST_P(NetworkLossTest, ProbabilitiesAddUpToOne) {
  for (const std::int64_t rows : {0, 1, 33})
    for (const std::int64_t outputs : {1, 2, 5, 33})
      for (const Loss loss : {Loss::softmax_cross_entropy, Loss::sigmoid_cross_entropy}) {
        if (outputs == 1 && loss == Loss::softmax_cross_entropy) continue;
        const Table z = normal_table(rows, outputs, 1);
        const std::int64_t classes = std::max<std::int64_t>(outputs, 2);
        Framed fz(ctx(), z), out(ctx(), Table(rows, classes));
        ops().class_probabilities(loss, fz.view(), out.view());
        Numbers want(rows, classes);
        for (std::int64_t r = 0; r < rows; ++r) {
          double total = 0.0;
          for (std::int64_t k = 0; k < outputs; ++k) {
            const double e = std::exp(double(z(r, k)));
            want(r, k) = loss == Loss::softmax_cross_entropy ? e : e / (1.0 + e);
            total += want(r, k);
          }
          for (std::int64_t k = 0; k < outputs; ++k) want(r, k) /= total;
          if (outputs == 1) {
            want(r, 0) = 1.0 / (1.0 + std::exp(double(z(r, 0))));
            want(r, 1) = 1.0 - want(r, 0);
          }
        }
        test::expect_near(out.take(), want, test::tolerance(1));
      }
}

TEST_P(NetworkLossTest, BatchesAreRowsInTheOrderAsked) {
  for (const std::int64_t columns : {1, 31, 33, 257}) {
    const Table data = normal_table(40, columns, 1);
    std::vector<std::int32_t> labels, order;
    for (std::int32_t i = 0; i < 40; ++i) labels.push_back(i * 3);
    for (std::int32_t i = 0; i < 33; ++i) order.push_back((i * 17 + 5) % 40);
    const Buffer<std::int32_t> all(ctx(), labels), wanted(ctx(), order);
    Buffer<std::int32_t> taken(ctx(), 33);
    Framed from(ctx(), data), to(ctx(), Table(33, columns)), again(ctx(), Table(33, columns));
    ops().gather_batch(from.view(), all.span(), wanted.span(), to.view(), taken.span());
    ops().gather_batch(from.view(), {}, wanted.span(), again.view(), {});
    const Table batch = to.take();
    EXPECT_EQ(again.take().values, batch.values);
    const std::vector<std::int32_t> got = taken.to_host();
    for (std::int64_t i = 0; i < 33; ++i) {
      EXPECT_EQ(batch.row(i), data.row(order[at(i)]));
      EXPECT_EQ(got[at(i)], labels[at(order[at(i)])]);
    }
  }
}

TEST_P(NetworkLossTest, StepsAreCounted) {
  for (int i = 0; i < 3; ++i) ops().end_step(state());
  EXPECT_EQ(state_now().step, 3u);
}

}  // namespace
}  // namespace whiteline
