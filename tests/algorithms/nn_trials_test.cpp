#include <gtest/gtest.h>
#include <whiteline/nn/trials.hpp>

#include <cmath>
#include <map>
#include <mutex>
#include <random>

#include "algorithms/nn_weights.hpp"
#include "support/ops_backends.hpp"

namespace whiteline::nn {
namespace {

SearchValues values_of(const SearchSpace& space, const std::vector<std::string>& texts) {
  SearchValues values(space.parameters().size());
  for (std::size_t p = 0; p < texts.size(); ++p)
    if (!texts[p].empty()) values[p] = space.value(p, texts[p]);
  space.check(values);
  return values;
}

TEST(NetworkChoice, TakesEveryParameterOfTheSpaces) {
  const SearchSpace dense = dense_search_space();
  const Choice one = choice_of(
      dense, values_of(dense, {"D11", "7", "890", "tanh", "rmsprop", "1e-3", "sigmoid", "0.7"}));
  EXPECT_EQ(name(one.structure), "D11");
  EXPECT_EQ(one.structure.layers, 7);
  EXPECT_EQ(one.structure.units, 890);
  EXPECT_EQ(one.structure.activation, Activation::tanh);
  EXPECT_EQ(one.structure.output, Output::sigmoid);
  EXPECT_EQ(one.structure.dropout, 0.7);
  EXPECT_EQ(one.optimizer.rule, OptimizerRule::rmsprop);
  EXPECT_EQ(one.optimizer.learning_rate, 1e-3);
  const SearchSpace conv = conv_search_space();
  const Choice other = choice_of(conv, values_of(conv, {"C5", "3", "11", "4", "average", "3", "2",
                                                        "648", "elu", "sgd", "1e-2", "softmax"}));
  EXPECT_EQ(name(other.structure), "C5");
  EXPECT_EQ(other.structure.blocks, 3);
  EXPECT_EQ(other.structure.filters, 11);
  EXPECT_EQ(other.structure.width, 4);
  EXPECT_EQ(other.structure.pooling, Pooling::average);
  EXPECT_EQ(other.structure.pool_size, 3);
  EXPECT_EQ(other.structure.layers, 2);
  EXPECT_EQ(other.structure.units, 648);
}

TEST(NetworkChoice, BuildsOfAnyValuesOrSaysThatItCannot) {
  for (const SearchSpace& space : {dense_search_space(), conv_search_space()}) {
    int built = 0;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
      const Choice choice =
          choice_of(space, *suggest(space, {.sampler = SearchSampler::random, .seed = seed}, {}));
      EXPECT_GT(choice.optimizer.learning_rate, 0.0);
      try {
        built += build(choice.structure, 700, 5).outputs() == 5;
      } catch (const InvalidArgument&) {
        EXPECT_GE(choice.structure.blocks, 4) << "pooled away";
      }
    }
    EXPECT_GE(built, 270);
  }
}

TEST(NetworkChoice, RefusesNamesThatAreNone) {
  const auto choice = [](const char* structure, const char* activation) {
    const SearchSpace space({{.name = "structure", .choices = {structure}},
                             {.name = "activation", .choices = {activation}}});
    return choice_of(space, {0, 0});
  };
  EXPECT_NO_THROW(choice("D0", "relu"));
  EXPECT_THROW(choice("X0", "relu"), InvalidArgument);
  EXPECT_THROW(choice("D0x", "relu"), InvalidArgument);
  EXPECT_THROW(choice("D0", "gelu"), InvalidArgument);
}

TEST(TrainingFlop, CountsProductsForwardAndTwiceBack) {
  Network dense(10);
  dense.add(Dense{.units = 20});
  dense.add(Dense{.units = 3});
  EXPECT_EQ(training_flop(dense, 7, 2), 6.0 * (10 * 20 + 20 * 3) * 7 * 2);
}

TEST(TrainingFlop, SeesActivationsOnEveryChannel) {
  const auto& paper = preset("conv_tpe");
  Structure plain = paper.structure;
  plain.activation = Activation::linear;
  const double cost = training_flop(build(paper.structure, 700, 5), 1, 1);
  const double products = training_flop(build(plain, 700, 5), 1, 1);
  EXPECT_GE(cost - products, 30.0 * 648 * 700);
  EXPECT_LT(cost, 2.0 * products + 60.0 * 648 * 700);
}

TEST(TrainingBytes, CountWeightsWithWhatTheOptimiserKeepsAndOutputs) {
  Network network(1000);
  network.add(Dense{.units = 800});
  network.add(Dense{.units = 3});
  const double weights = 4.0 * (1000 * 800 + 800 * 3);
  const double sgd = training_bytes(network, OptimizerRule::sgd, 32);
  EXPECT_GE(sgd, weights + 4.0 * 32 * (1000 + 800));
  EXPECT_LT(sgd, 1.2 * weights + 4.0 * 32 * 3 * (1000 + 800));
  EXPECT_GE(training_bytes(network, OptimizerRule::rmsprop, 32), sgd + weights);
  EXPECT_GE(training_bytes(network, OptimizerRule::adam, 32), sgd + 2.0 * weights);
}

TEST(TrainingBytes, AreRefusedBeforeTheyAreTaken) {
  const Context ctx("cpu", {.threads = 1, .memory_limit = 4 << 20});
  Network network(1000);
  network.add(Dense{.units = 2000});
  network.add(Dense{.units = 2});
  const std::vector<float> spectra(4 * 1000, 1.0f);
  const std::vector<std::int32_t> labels = {0, 1, 0, 1};
  const Matrix x = Matrix::from_host(ctx, HostView(spectra.data(), 4, 1000));
  EXPECT_THROW(train(ctx, network, {}, x, labels, {{0, 1, 2, 3}, {}}), OutOfMemory);
}

// Two classes with a line at different places, and noise.
struct SmallSet {
  std::vector<float> spectra;
  std::vector<std::int32_t> labels;
  Matrix x;
  Protocol protocol;

  explicit SmallSet(const Context& ctx) {
    constexpr std::int64_t rows = 60, channels = 24;
    std::mt19937 random(1);
    std::normal_distribution<float> noise(0.0f, 0.1f);
    for (std::int64_t r = 0; r < rows; ++r) {
      labels.push_back(std::int32_t(r % 2));
      for (std::int64_t c = 0; c < channels; ++c)
        spectra.push_back((c / 4 == 2 + r % 2 ? 1.0f : 0.0f) + noise(random));
    }
    x = Matrix::from_host(ctx, HostView(spectra.data(), rows, channels));
    protocol = training_protocol(labels, 1);
  }
};

const SearchSpace small_networks({{.name = "structure", .choices = {"D0", "D5", "D12", "C1", "C5"}},
                                  {.name = "layers", .low = 1, .high = 3},
                                  {.name = "units", .low = 4, .high = 16},
                                  {.name = "blocks", .low = 1, .high = 2},
                                  {.name = "learning_rate", .choices = {"1e-1", "1e-2"}}});

TEST(NetworkTrials, AreTheSameInASearchAndAlone) {
  const Context ctx("cpu", {.threads = 2});
  const SmallSet set(ctx);
  const TrialParams params = {.epochs = 4, .batch = 8, .seed = 5};
  const TrialFunction trial =
      trial_function(small_networks, params, set.x, set.labels, set.protocol.fold(0));
  SearchParams search_params;
  search_params.suggest = {.tpe = {.startup_trials = 4}, .seed = 2, .in_flight = 3};
  search_params.trials = 10;
  const SearchResult one = search(ctx, small_networks, search_params, trial);
  const SearchResult other =
      search(Context("cpu", {.threads = 1}), small_networks, search_params, trial);
  ASSERT_TRUE(one.best);
  EXPECT_GT(one.trials[*one.best].outcome->accuracy, 0.8);
  for (std::uint32_t t = 0; t < 10; ++t) {
    EXPECT_EQ(one.trials[t].values, other.trials[t].values);
    EXPECT_EQ(one.trials[t].outcome->loss, other.trials[t].outcome->loss);
    const Choice choice = choice_of(small_networks, one.trials[t].values);
    const TrainingRun alone =
        train(ctx, build(choice.structure, set.x.cols(), 2),
              {.optimizer = choice.optimizer, .epochs = 4, .batch = 8, .seed = 5, .model = 8 * t},
              set.x, set.labels, set.protocol.fold(0));
    EXPECT_EQ(one.trials[t].outcome->accuracy, alone.epochs.back().validation_accuracy) << t;
    EXPECT_EQ(one.trials[t].outcome->epochs, 4);
    ASSERT_EQ(one.trials[t].outcome->curve.size(), alone.epochs.size());
    for (std::size_t e = 0; e < 4; ++e)
      EXPECT_EQ(one.trials[t].outcome->curve[e], alone.epochs[e].loss) << t;
  }
}

class ManyTrials : public test::OpsTest<&core::Ops::network> {};
INSTANTIATE_TEST_SUITE_P(Backends, ManyTrials, test::all_backends(), test::backend_name);

TEST_P(ManyTrials, LearnBesideUnlikeOnesWhatTheyLearnAlone) {
  const SearchSpace space({{.name = "structure", .choices = {"D0", "D5", "D12", "C1", "C5"}},
                           {.name = "units", .low = 4, .high = 16},
                           {.name = "optimizer", .choices = {"sgd", "rmsprop", "adam"}},
                           {.name = "learning_rate", .choices = {"1e-2", "1e-3", "1e9"}}});
  const SmallSet set(ctx());
  const TrainingRows rows = set.protocol.fold(0);
  const auto run = [&](const Context& where, const SearchValues& values, std::uint32_t model) {
    const Choice choice = choice_of(space, values);
    return train(
        where, build(choice.structure, set.x.cols(), 2),
        {.optimizer = choice.optimizer, .epochs = 3, .batch = 8, .seed = 5, .model = model}, set.x,
        set.labels, rows);
  };
  for (const int in_flight : {3, 7}) {
    if (emulated() && in_flight == 3) continue;  // takes long
    std::mutex mutex;
    std::map<std::int64_t, TrainingRun> runs;
    SearchParams params;
    params.suggest = {.sampler = SearchSampler::random, .seed = 4, .in_flight = in_flight};
    params.trials = 8;
    const SearchResult result =
        search(ctx(), space, params, [&](const TrialTask& task) -> TrialOutcome {
          TrainingRun made = run(task.ctx, task.values, task.model_id);
          const std::lock_guard lock(mutex);
          runs[task.number] = std::move(made);
          return {.loss = 0.5};
        });
    int diverged = 0;
    for (std::uint32_t t = 0; t < 8; ++t) {
      const TrainingRun alone = run(ctx(), result.trials[t].values, 8 * t);
      EXPECT_TRUE(test::same_epochs(runs[t].epochs, alone.epochs)) << t;
      EXPECT_TRUE(test::same_bits(runs[t].weights, alone.weights)) << t;
      EXPECT_EQ(runs[t].status, alone.status) << t;
      diverged += alone.status == TrainingStatus::diverged;
    }
    EXPECT_GT(diverged, 0) << "a neighbour that fails is to be among them";
    EXPECT_LT(diverged, 5);
  }
}

TEST(NetworkTrials, SayWhyTheyFail) {
  const Context ctx("cpu", {.threads = 1});
  const SmallSet set(ctx);
  const SearchSpace space({{.name = "structure", .choices = {"D0", "C0"}},
                           {.name = "blocks", .low = 1, .high = 9},
                           {.name = "activation", .choices = {"relu", "exponential"}},
                           {.name = "optimizer", .choices = {"sgd"}},
                           {.name = "learning_rate", .choices = {"1e-2", "1e6"}}});
  const auto run = [&](const SearchValues& values, double max_flop = 0.0, double max_bytes = 0.0) {
    const TrialParams params = {
        .epochs = 2, .batch = 8, .max_flop = max_flop, .max_bytes = max_bytes};
    const Progress none;
    return trial_function(space, params, set.x, set.labels,
                          set.protocol.fold(0))({0, 0, values, ctx, none});
  };
  EXPECT_EQ(run({0, 1, 0, 0, 0}).status, TrialStatus::ok);
  EXPECT_EQ(run({1, 9, 0, 0, 0}).status, TrialStatus::invalid);
  EXPECT_EQ(run({0, 1, 1, 0, 1}).status, TrialStatus::diverged);
  EXPECT_EQ(run({0, 1, 0, 0, 0}, 1e3).status, TrialStatus::too_costly);
  EXPECT_EQ(run({0, 1, 0, 0, 0}, 1e12).status, TrialStatus::ok);
  EXPECT_EQ(run({0, 1, 0, 0, 0}, 0.0, 1e3).status, TrialStatus::too_costly);
  EXPECT_EQ(run({0, 1, 0, 0, 0}, 0.0, 1e9).status, TrialStatus::ok);
}

TEST(NetworkTrials, MayBeJudgedByTheirBestEpoch) {
  const Context ctx("cpu", {.threads = 1});
  const SmallSet set(ctx);
  const SearchValues values = {0, 1, 8, 1, 1};
  const Progress none;
  double accuracy[2] = {};
  for (const JudgedEpoch judged : {JudgedEpoch::last, JudgedEpoch::best})
    accuracy[int(judged)] =
        trial_function(small_networks, {.epochs = 6, .batch = 8, .judged = judged}, set.x,
                       set.labels, set.protocol.fold(0))({3, 24, values, ctx, none})
            .accuracy;
  EXPECT_GE(accuracy[int(JudgedEpoch::best)], accuracy[int(JudgedEpoch::last)]);
}

}  // namespace
}  // namespace whiteline::nn
