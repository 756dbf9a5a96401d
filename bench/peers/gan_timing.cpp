// whiteline_gan_timing ROWS.f32 OUT --channels N [--task NAME] [--epochs N] [--threads N] [--clock
// NAME]: one task of gan.py as one line of JSON. OUT.weights gets the first weights (float32, table
// after table), the generator's, then the discriminator's.
//   train    seconds of each epoch but the first and the last, which is evaluated; quality: the
//            generator's mean loss over all epochs
//   frechet  seconds of a distance of the rows' halves (repetitions); quality: that distance
#include <whiteline/gan.hpp>
#include <whiteline/spectra_metrics.hpp>

#include <fmt/ranges.h>

#include <numeric>
#include <string>
#include <vector>

#include "timing.hpp"

namespace {

using namespace whiteline;
using peers::number;
using peers::text;

constexpr std::int64_t translation = 3;

std::vector<float> host_rows(const peers::RowsTask& task) {
  std::vector<float> all(std::size_t(task.rows.rows() * task.rows.cols()));
  task.rows.copy_to(all);
  return all;
}

void append(std::vector<float>& to, const nn::Weights& weights) {
  for (const auto& table : weights.values) to.insert(to.end(), table.begin(), table.end());
}

// What the peer needs to do the same.
void write_start(const peers::RowsTask& task, const GanParams& params) {
  const nn::Network generator = gan_generator(params.structure, task.rows.cols(), translation);
  std::vector<float> weights;
  append(weights, nn::initial_weights(generator, params.seed));
  append(weights, nn::initial_weights(gan_discriminator(params.structure, task.rows.cols()),
                                      params.seed, 0, std::uint32_t(generator.nodes().size())));
  peers::write_numbers(task.out + ".weights", weights);
}

void answer(const std::vector<double>& seconds, double quality) {
  fmt::print("{{\"seconds\": [{}], \"quality\": {:.9g}}}\n", fmt::join(seconds, ", "), quality);
}

void train(const peers::RowsTask& task) {
  const bool processor = text(task.options, "clock", "wall") == "processor";
  GanParams params;
  params.epochs = std::int64_t(number(task.options, "epochs", 5));
  params.batch = 64;
  params.evaluate_every = params.epochs;
  params.tolerances = GanMetrics{0.0, 2.0, 0.0};  // never met
  write_start(task, params);
  std::vector<double> ends;
  params.on_epoch = [&](const GanEpoch&, const auto&) { ends.push_back(peers::now(processor)); };
  const std::vector<float> rows = host_rows(task);
  const GanRun run =
      gan_train(task.ctx, params, HostView(rows.data(), task.rows.rows(), task.rows.cols()));
  std::vector<double> seconds;
  std::adjacent_difference(ends.begin(), ends.end(), std::back_inserter(seconds));
  double loss = 0.0;
  for (const GanEpoch& epoch : run.epochs) loss += epoch.generator_loss / double(run.epochs.size());
  answer({seconds.begin() + 1, seconds.end() - 1}, loss);
}

void frechet(const peers::RowsTask& task) {
  const std::vector<float> rows = host_rows(task);
  const std::int64_t half = task.rows.rows() / 2, channels = task.rows.cols();
  double distance = 0.0;
  const std::vector<double> seconds = peers::times(task.ctx, task.options, [&] {
    distance = frechet_distance(HostView(rows.data(), half, channels),
                                HostView(rows.data() + half * channels, half, channels));
  });
  answer(seconds, distance);
}

}  // namespace

int main(int argc, char** argv) {
  return peers::ended([&] {
    const peers::RowsTask task = peers::rows_task(argc, argv);
    if (text(task.options, "task", "train") == "train") return train(task);
    frechet(task);
  });
}
