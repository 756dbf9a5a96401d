// whiteline_networks_timing ROWS.f32 OUT --channels N --labels FILE.i32 --network NAME [--task
// NAME]
// [--epochs N] [--threads N] [--clock NAME]: one task of networks.py as one line of JSON.
// OUT.weights gets the first weights (float32, table after table), OUT.order the rows of each epoch
// (int32).
//   train  seconds of each epoch but the first; quality: mean loss of the last one
//   infer  seconds for all rows from host memory (repetitions); quality: mean of the largest
//          probabilities
//   single the same of the first --count rows, one at a time
#include <whiteline/nn/architectures.hpp>
#include <whiteline/nn/model.hpp>
#include <whiteline/nn/training.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "algorithms/nn/draws.hpp"
#include "timing.hpp"

namespace {

using namespace whiteline;
using peers::number;
using peers::text;

constexpr std::int64_t classes = 5;

nn::Structure structure_of(const std::string& name) {
  if (name == "dense10") return nn::preset("dense_tpe").structure;
  nn::Structure structure = nn::preset("conv_tpe").structure;
  if (name == "conv5") return structure;
  if (name == "conv5_flat") {
    structure.dense_branch = nn::Structure::DenseBranch::flat;
    structure.head = nn::Structure::Head::flatten;
    return structure;
  }
  require(name == "resnet16",
          "cannot time this network (its name is not known) use dense10, conv5, conv5_flat or "
          "resnet16");
  return {.family = nn::Family::convolutional, .number = 7, .filters = 16, .width = 3};
}

template <class T>
std::vector<T> numbers_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  std::vector<T> all(std::size_t(file.tellg()) / sizeof(T));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(all.data()), std::streamsize(all.size() * sizeof(T)));
  require(bool(file), "cannot read the labels (no such file, or not whole) make them again");
  return all;
}

struct Job {
  const peers::RowsTask& task;
  nn::Network network;
  std::vector<std::int64_t> rows;
  nn::TrainingParams params;
};

// What the peer needs to do the same.
void write_start(const Job& job) {
  std::vector<float> weights;
  for (const auto& table : nn::initial_weights(job.network, job.params.seed).values)
    weights.insert(weights.end(), table.begin(), table.end());
  std::vector<std::int32_t> order;
  for (std::int64_t epoch = 0; epoch < job.params.epochs; ++epoch)
    for (const std::int64_t row :
         nn::epoch_order(job.rows, job.params.seed, std::uint32_t(epoch), 0))
      order.push_back(std::int32_t(row));
  peers::write_numbers(job.task.out + ".weights", weights);
  peers::write_numbers(job.task.out + ".order", order);
}

void answer(const std::vector<double>& seconds, double quality) {
  fmt::print("{{\"seconds\": [{}], \"quality\": {:.9g}}}\n", fmt::join(seconds, ", "), quality);
}

void train(Job& job) {
  const bool processor = text(job.task.options, "clock", "wall") == "processor";
  std::vector<double> ends;
  job.params.on_epoch = [&](const nn::Epoch&, const auto&) {
    ends.push_back(peers::now(processor));
  };
  const nn::TrainingRun run =
      nn::train(job.task.ctx, job.network, job.params, job.task.rows,
                numbers_of<std::int32_t>(text(job.task.options, "labels", "")), {job.rows, {}});
  std::vector<double> seconds;
  std::adjacent_difference(ends.begin(), ends.end(), std::back_inserter(seconds));
  seconds.erase(seconds.begin());
  answer(seconds, run.epochs.back().loss);
}

void infer(const Job& job, bool single) {
  nn::Model model{.network = job.network,
                  .weights = nn::initial_weights(job.network, job.params.seed)};
  for (std::int32_t c = 0; c < classes; ++c) {
    model.classes.push_back(c);
    model.class_names.push_back(fmt::format("{}", c));
  }
  const std::vector<float> host = [&] {
    std::vector<float> all(std::size_t(job.task.rows.rows() * job.task.rows.cols()));
    job.task.rows.copy_to(all);
    return all;
  }();
  const std::int64_t channels = job.task.rows.cols();
  const std::int64_t count =
      single ? std::int64_t(number(job.task.options, "count", 200)) : job.task.rows.rows();
  nn::Predictor predictor(job.task.ctx, std::move(model));
  nn::Prediction found;
  double sum = 0.0;
  const auto add = [&] {
    for (std::size_t row = 0; row < found.labels.size(); ++row)
      sum += double(
          *std::max_element(found.probability.begin() + std::ptrdiff_t(row * classes),
                            found.probability.begin() + std::ptrdiff_t((row + 1) * classes)));
  };
  const std::vector<double> seconds = peers::times(job.task.ctx, job.task.options, [&] {
    sum = 0.0;
    if (!single) predictor.classify(HostView(host.data(), count, channels), std::nullopt, found);
    if (!single) return add();
    for (std::int64_t row = 0; row < count; ++row) {
      predictor.classify(HostView(host.data() + row * channels, 1, channels), std::nullopt, found);
      add();
    }
  });
  answer(seconds, sum / double(count));
}

void run(const peers::RowsTask& task) {
  Job job{task,
          nn::build(structure_of(text(task.options, "network", "")), task.rows.cols(), classes),
          std::vector<std::int64_t>(std::size_t(task.rows.rows())),
          {}};
  std::iota(job.rows.begin(), job.rows.end(), 0);
  job.params.epochs = std::int64_t(number(task.options, "epochs", 3));
  job.params.optimizer.learning_rate = number(task.options, "learning-rate", 0.01);
  write_start(job);
  const std::string what = text(task.options, "task", "train");
  if (what == "train") return train(job);
  infer(job, what == "single");
}

}  // namespace

int main(int argc, char** argv) {
  return peers::ended([&] { run(peers::rows_task(argc, argv)); });
}
