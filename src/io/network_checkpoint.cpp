#include "io/network_checkpoint.hpp"

#include <algorithm>

#include "io/atomic_file.hpp"
#include "io/guarded.hpp"
#include "io/input_file.hpp"
#include "io/network_tensors.hpp"
#include "io/sha256.hpp"

namespace whiteline {

namespace io {

namespace {

constexpr SealedFormat network_checkpoint_format{"whiteline-checkpoint", "checkpoint", "1", "1"};
constexpr std::size_t history_columns = 4;

// Loss and accuracy of training rows, then of validation rows, or zeros.
std::vector<double> history_rows(const std::vector<nn::Epoch>& epochs) {
  std::vector<double> rows;
  for (const nn::Epoch& epoch : epochs)
    rows.insert(rows.end(), {epoch.loss, epoch.accuracy, epoch.validation_loss.value_or(0.0),
                             epoch.validation_accuracy.value_or(0.0)});
  return rows;
}

std::vector<nn::Epoch> epochs_of_rows(const std::vector<double>& rows, bool validated) {
  require(rows.size() % history_columns == 0, "`history` has another number of columns");
  std::vector<nn::Epoch> epochs;
  for (std::size_t at = 0; at < rows.size(); at += history_columns) {
    nn::Epoch& epoch = epochs.emplace_back(nn::Epoch{rows[at], rows[at + 1], {}, {}});
    if (!validated) continue;
    epoch.validation_loss = rows[at + 2];
    epoch.validation_accuracy = rows[at + 3];
  }
  return epochs;
}

}  // namespace

nn::Checkpoint parse_network_checkpoint(Cursor file, const nn::Network& network,
                                        nn::OptimizerRule rule, const std::string& key) {
  const SealedFormat& format = network_checkpoint_format;
  const Sealed sealed = parse_sealed(file, format);
  const Json json = checkpoint_of_key(file, sealed, format, key);
  return described_by(file, format, [&] {
    const auto tables = [&](const char* prefix, const char* suffix) {
      return sized_weights_of(file, sealed.contents, network, {prefix, suffix});
    };
    nn::Checkpoint out;
    out.weights = tables("", "");
    if (rule == nn::OptimizerRule::adam) out.mean = tables("", ".mean");
    if (rule != nn::OptimizerRule::sgd) out.square = tables("", ".square");
    out.steps = whole<std::int64_t>(json.at("steps"));
    out.best_epoch = whole<std::int64_t>(json.at("best_epoch"));
    out.epochs = epochs_of_rows(numbers_of<double>(file, sealed.contents, "history"),
                                json.at("validated").get<bool>());
    require(out.steps >= 0 && out.best_epoch >= -1 && out.best_epoch < std::ssize(out.epochs),
            "`steps` or `best_epoch` is no such number");
    if (json.at("best_kept").get<bool>()) out.best = tables("best.", "");
    return out;
  });
}

}  // namespace io

namespace nn {

std::string training_key(const Network& network, const TrainingParams& params, const Matrix& x,
                         std::span<const std::int32_t> labels, const TrainingRows& rows) {
  io::Sha256 sum;
  sum.add(fmt::format("1 {}\n{} {} {} {} {}\n", network.to_json(), name(params.optimizer.rule),
                      params.optimizer.learning_rate, params.batch, params.seed, params.model));
  for (const double weight : params.class_weights) sum.add(fmt::format("{} ", weight));
  if (const auto& early = params.early_stopping)
    sum.add(fmt::format("early {} {} {}", early->patience, early->least_gain, early->restore_best));
  sum.add(fmt::format("\n{} {} {}\n", x.cols(), rows.training.size(), rows.validation.size()));
  std::vector<float> spectra(std::size_t(x.rows() * x.cols()));
  x.copy_to(spectra);
  for (const auto* some : {&rows.training, &rows.validation})
    for (const std::int64_t row : *some) {
      require(row >= 0 && row < x.rows() && row < std::ssize(labels),
              "cannot tell the training from others (a row of it is not there) name rows of x");
      sum.add(std::as_bytes(labels.subspan(std::size_t(row), 1)));
      sum.add(std::as_bytes(
          std::span(spectra).subspan(std::size_t(row * x.cols()), std::size_t(x.cols()))));
    }
  return sum.hex();
}

Checkpoint read_checkpoint(const std::filesystem::path& path, const Network& network,
                           OptimizerRule rule, const std::string& key) {
  return io::guarded(path, [&] {
    io::InputFile file(path);
    return io::parse_network_checkpoint(file.cursor(), network, rule, key);
  });
}

void write_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint,
                      const Network& network, const std::string& key, Overwrite overwrite) {
  std::vector<io::Tensor> tensors;
  const std::vector<double> history = io::history_rows(checkpoint.epochs);
  tensors.push_back(
      io::tensor_of("history", history, {checkpoint.epochs.size(), io::history_columns}));
  const auto add = [&](const Weights& tables, const char* prefix, const char* suffix) {
    require(tables.values.empty() || tables.values.size() == network.parameters().size(),
            "cannot keep the checkpoint (it is of another network) give the network of its "
            "training");
    for (io::Tensor& tensor : io::tensors_of(network, tables, {prefix, suffix}))
      tensors.push_back(std::move(tensor));
  };
  add(checkpoint.weights, "", "");
  add(checkpoint.mean, "", ".mean");
  add(checkpoint.square, "", ".square");
  add(checkpoint.best, "best.", "");
  const auto validated = [](const Epoch& epoch) { return epoch.validation_loss.has_value(); };
  const std::string text = io::description_text("checkpoint", [&] {
    return io::Json{
        {"key", key},
        {"steps", checkpoint.steps},
        {"validated", std::any_of(checkpoint.epochs.begin(), checkpoint.epochs.end(), validated)},
        {"best_epoch", checkpoint.best_epoch},
        {"best_kept", !checkpoint.best.values.empty()}};
  });
  const io::SealedFormat& format = io::network_checkpoint_format;
  io::AtomicFile file(path, overwrite);
  io::write_sealed(file, format, format.last_version, text, tensors);
  file.commit();
}

}  // namespace nn

}  // namespace whiteline
