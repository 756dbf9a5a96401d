// Training networks: batches, optimisers, early stopping, and what became of each epoch.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <whiteline/charts.hpp>
#include <whiteline/matrix.hpp>
#include <whiteline/nn/network.hpp>
#include <whiteline/nn/optimizer.hpp>
#include <whiteline/progress.hpp>

namespace whiteline::nn {

// Stops once the validation loss (without validation rows: the training loss) has not fallen by
// more than `least_gain` for `patience` epochs.
struct EarlyStopping {
  std::int64_t patience = 10;  // > 0
  double least_gain = 0.0;     // >= 0
  bool restore_best = true;    // the weights become those of the best epoch
};

// What is known of one epoch. Losses and accuracies of training rows are those met on the way,
// with dropout, before each step.
struct Epoch {
  double loss = 0.0, accuracy = 0.0;
  std::optional<double> validation_loss, validation_accuracy;
};

enum class TrainingStatus {
  finished,  // all epochs
  stopped,   // early, as asked
  diverged,  // a loss was not finite: the weights are those before that step
};
WHITELINE_EXPORT std::string_view name(TrainingStatus status);

// All that a training run goes on from, to the same bits as if it had not been interrupted.
struct Checkpoint {
  Weights weights;
  Weights mean, square;  // what the optimiser keeps of gradients, as weights; empty where nothing
  std::int64_t steps = 0;
  std::vector<Epoch> epochs;
  std::int64_t best_epoch = -1;  // of early stopping
  Weights best;                  // weights of that epoch; empty where they are not kept
};

struct TrainingParams {
  Optimizer optimizer;
  std::int64_t epochs = 100, batch = 32;   // the last batch of an epoch may be smaller
  std::uint64_t seed = 1;                  // of first weights, order of rows and dropout
  std::uint32_t model = 0;                 // part of all draws: differs between models of one seed
  std::vector<double> class_weights = {};  // one a class, >= 0: factors of the loss; empty: all 1
  std::optional<EarlyStopping> early_stopping = {};
  std::optional<Checkpoint> resume = {};  // of a run with the same network, data and parameters
  // Called after each epoch; `checkpoint` makes one, at the cost of a copy from the device.
  std::function<void(const Epoch&, const std::function<Checkpoint()>& checkpoint)> on_epoch = {};
  Progress progress = {};  // stage "train", of batches
};

// About the operations of a training: of each row and epoch 6 a weight and place where it is used,
// 30 a number that comes out of an activation with an exponential, 20 a normalised one. A network
// of few weights on many positions can cost more than one of millions.
WHITELINE_EXPORT double training_flop(const Network& network, std::int64_t rows,
                                      std::int64_t epochs);
// What train() takes on the device: weights, what the optimiser keeps, outputs and gradients.
WHITELINE_EXPORT double training_bytes(const Network& network, OptimizerRule rule,
                                       std::int64_t batch);

// Rows of x to learn from, and rows to judge by.
struct TrainingRows {
  std::vector<std::int64_t> training, validation;
};

struct TrainingRun {
  Weights weights;
  std::vector<Epoch> epochs;
  TrainingStatus status = TrainingStatus::finished;
  std::int64_t best_epoch = -1;  // whose weights these are; -1: the last one's
  double seconds = 0.0;
};

// Trains a network on rows of x (prepared spectra) with the class, 0 .. network.classes() - 1, of
// each. Rows are drawn anew each epoch. The same bits for any number of threads. Throws
// InvalidArgument for no training rows, labels or lengths that do not fit, NaN or infinity in a
// training or validation row, parameters outside their ranges; OutOfMemory before anything large
// is allocated. A loss that is not finite is no exception.
WHITELINE_EXPORT TrainingRun train(const Context& ctx, const Network& network,
                                   const TrainingParams& params, const Matrix& x,
                                   std::span<const std::int32_t> labels, const TrainingRows& rows);

// The paper's protocol: of each class half of the rows (rounded down) are test rows; the others are
// dealt into 5 folds in turn, from one class on to the next. Rows are drawn in the order of their
// Philox words (step 4, layer = class, purpose 7).
struct WHITELINE_EXPORT Protocol {
  std::vector<std::int64_t> test;                // ascending
  std::vector<std::vector<std::int64_t>> folds;  // ascending each

  // Trains on all folds but one, which validates; on all folds.
  TrainingRows fold(std::size_t validation) const;
  TrainingRows refit() const;
};
WHITELINE_EXPORT Protocol training_protocol(std::span<const std::int32_t> labels,
                                            std::uint64_t seed);

WHITELINE_EXPORT std::string history_csv(std::span<const Epoch> epochs);  // one line an epoch
// Losses, or accuracies, against the number of the epoch.
WHITELINE_EXPORT LineChart loss_chart(std::span<const Epoch> epochs);
WHITELINE_EXPORT LineChart accuracy_chart(std::span<const Epoch> epochs);

}  // namespace whiteline::nn
