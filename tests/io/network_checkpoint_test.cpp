// Trainings of networks that are to go on, in files.
#include <whiteline/nn/architectures.hpp>
#include <whiteline/nn/checkpoint_file.hpp>

#include "io/files.hpp"
#include "io/network_checkpoint.hpp"

namespace whiteline::test {
namespace {

using nn::OptimizerRule;

// A training of one epoch, and its checkpoint.
struct Started {
  Context ctx{"cpu", {.threads = 1}};
  nn::Network network{1};
  nn::TrainingParams params;
  std::vector<float> spectra;
  std::vector<std::int32_t> labels;
  nn::TrainingRows rows;
  nn::Checkpoint checkpoint;

  explicit Started(OptimizerRule rule, bool validated = true) {
    nn::Structure structure;
    structure.number = 2;
    structure.layers = 2;
    structure.units = 5;
    network = build(structure, 12, 2);
    params.optimizer = {rule, 0.01};
    params.batch = 4;
    params.epochs = 1;
    params.early_stopping = nn::EarlyStopping{3, 0.0, true};
    for (int i = 0; i < 11 * 12; ++i) spectra.push_back(float(i * i % 17) / 17.0f);
    for (int i = 0; i < 11; ++i) labels.push_back(i % 2);
    rows.training = {0, 1, 2, 3, 5, 8};
    if (validated) rows.validation = {4, 6, 7};
    params.on_epoch = [this](const nn::Epoch&, const auto& make) { checkpoint = make(); };
    run();
    params.on_epoch = {};
  }
  Matrix x() const { return Matrix::from_host(ctx, HostView(spectra.data(), 11, 12)); }
  nn::TrainingRun run() const { return train(ctx, network, params, x(), labels, rows); }
  std::string key() const { return training_key(network, params, x(), labels, rows); }
};

TEST(NetworkCheckpointFile, GoesOnToTheSameBits) {
  for (const OptimizerRule rule : {OptimizerRule::sgd, OptimizerRule::rmsprop, OptimizerRule::adam})
    for (const bool validated : {false, true}) {
      Started training(rule, validated);
      const TemporaryFolder folder;
      write_checkpoint(folder / "on", training.checkpoint, training.network, training.key());
      const nn::Checkpoint back =
          nn::read_checkpoint(folder / "on", training.network, rule, training.key());
      EXPECT_EQ(back.steps, 2);
      EXPECT_EQ(back.best.values, training.checkpoint.best.values);
      EXPECT_EQ(nn::history_csv(back.epochs), nn::history_csv(training.checkpoint.epochs));
      write_checkpoint(folder / "again", back, training.network, training.key());
      EXPECT_EQ(read_text(folder / "again"), read_text(folder / "on"));
      training.params.epochs = 5;
      const nn::TrainingRun whole = training.run();
      training.params.resume = back;
      const nn::TrainingRun rest = training.run();
      EXPECT_EQ(rest.weights.values, whole.weights.values) << name(rule);
      EXPECT_EQ(nn::history_csv(rest.epochs), nn::history_csv(whole.epochs)) << name(rule);
      EXPECT_EQ(rest.best_epoch, whole.best_epoch);
    }
}

TEST(NetworkCheckpointFile, EveryCutAndEveryFlippedBitIsAFormatError) {
  const Started training(OptimizerRule::adam);
  const std::string key = training.key();
  const TemporaryFolder folder;
  write_checkpoint(folder / "on", training.checkpoint, training.network, key);
  const std::string text = read_text(folder / "on");
  const auto parse = [&](const std::string& damaged) {
    return io::parse_network_checkpoint({"damaged", bytes_of(damaged)}, training.network,
                                        OptimizerRule::adam, key);
  };
  EXPECT_NO_THROW(parse(text));
  for (std::size_t size = 0; size < text.size(); size += 41)
    EXPECT_THROW(parse(text.substr(0, size)), FormatError) << size;
  for (std::size_t at = text.size() - 700; at < text.size(); at += 23) {
    std::string damaged = text;
    damaged[at] = char(damaged[at] ^ 4);
    EXPECT_THROW(parse(damaged), FormatError) << at;
  }
}

TEST(NetworkCheckpointFile, IsReadForItsOwnTrainingOnly) {
  Started training(OptimizerRule::sgd);
  const std::string key = training.key();
  const TemporaryFolder folder;
  write_checkpoint(folder / "on", training.checkpoint, training.network, key);
  const auto other_key = [&](auto&& change) {
    Started other = training;
    change(other);
    EXPECT_NE(other.key(), key);
    EXPECT_THROW(
        nn::read_checkpoint(folder / "on", training.network, OptimizerRule::sgd, other.key()),
        InvalidArgument);
  };
  other_key([](Started& t) { t.params.seed = 2; });
  other_key([](Started& t) { t.params.batch = 5; });
  other_key([](Started& t) { t.params.optimizer.learning_rate = 0.02; });
  other_key([](Started& t) { t.params.class_weights = {1.0, 2.0}; });
  other_key([](Started& t) { t.params.early_stopping.reset(); });
  other_key([](Started& t) { t.spectra[3] += 1.0f; });
  other_key([](Started& t) { t.labels[4] = 1; });
  other_key([](Started& t) { t.rows.validation.pop_back(); });
  other_key([](Started& t) { std::swap(t.rows.training[0], t.rows.training[1]); });
  training.params.epochs = 9;
  training.spectra[9 * 12] += 1.0f;  // no row of the training
  EXPECT_EQ(training.key(), key);
  // Adam's moments are not there.
  EXPECT_THROW(nn::read_checkpoint(folder / "on", training.network, OptimizerRule::adam, key),
               FormatError);
}

TEST(NetworkCheckpointFile, IsNotWrittenForAnotherNetwork) {
  const Started training(OptimizerRule::sgd);
  const TemporaryFolder folder;
  nn::Network other(12);
  other.add(nn::Dense{2});
  EXPECT_THROW(write_checkpoint(folder / "on", training.checkpoint, other, training.key()),
               InvalidArgument);
  EXPECT_FALSE(std::filesystem::exists(folder / "on"));
}

}  // namespace
}  // namespace whiteline::test
