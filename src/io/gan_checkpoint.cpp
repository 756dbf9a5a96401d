#include "io/gan_checkpoint.hpp"

#include <cmath>
#include <limits>

#include "core/with_type.hpp"
#include "io/atomic_file.hpp"
#include "io/guarded.hpp"
#include "io/input_file.hpp"
#include "io/network_tensors.hpp"
#include "io/sha256.hpp"

namespace whiteline {

namespace io {

namespace {

constexpr SealedFormat checkpoint_format{"whiteline-gan-checkpoint", "checkpoint", "1", "1"};

// Of tables of a player.
std::string prefix_of(std::size_t player) {
  return player == 0 ? "generator." : fmt::format("discriminator_{}.", player);
}

// Of the generator, then the discriminators; what it translates by is no parameter.
nn::Network network_of(const GanParams& params, std::int64_t channels, std::size_t player) {
  return player == 0 ? gan_generator(params.structure, channels, 1)
                     : gan_discriminator(params.structure, channels);
}

const GanCheckpoint::Player& player_of(const GanCheckpoint& from, std::size_t player) {
  return player == 0 ? from.generator : from.discriminators[player - 1];
}

struct Kept {
  const char* suffix;
  nn::Weights GanCheckpoint::Player::*tables;
};
constexpr const char* best_prefix = "best.";
constexpr Kept kept[] = {{"", &GanCheckpoint::Player::weights},
                         {".mean", &GanCheckpoint::Player::mean},
                         {".square", &GanCheckpoint::Player::square}};

std::size_t players_of(const GanParams& params) {
  return 1 + std::size_t(discriminator_count(params.design));
}

// Losses of the players, then the metrics; NaN where there are none.
std::vector<double> history_of(const GanCheckpoint& checkpoint) {
  std::vector<double> rows;
  for (const GanEpoch& epoch : checkpoint.epochs) {
    rows.push_back(epoch.generator_loss);
    rows.insert(rows.end(), epoch.discriminator_losses.begin(), epoch.discriminator_losses.end());
    constexpr double none = std::numeric_limits<double>::quiet_NaN();
    const GanMetrics metrics = epoch.metrics.value_or(GanMetrics{none, none, none});
    rows.insert(rows.end(), {metrics.frechet, metrics.correlation, metrics.cosine});
  }
  return rows;
}

std::vector<GanEpoch> epochs_of(const std::vector<double>& rows, std::size_t players) {
  std::vector<GanEpoch> epochs;
  const std::size_t width = players + 3;
  for (std::size_t at = 0; at + width <= rows.size(); at += width) {
    GanEpoch& epoch = epochs.emplace_back();
    epoch.generator_loss = rows[at];
    epoch.discriminator_losses.assign(rows.begin() + std::ptrdiff_t(at + 1),
                                      rows.begin() + std::ptrdiff_t(at + players));
    const double* metrics = rows.data() + at + players;
    if (!std::isnan(metrics[0])) epoch.metrics = {metrics[0], metrics[1], metrics[2]};
  }
  return epochs;
}

}  // namespace

GanCheckpoint parse_gan_checkpoint(Cursor file, const GanParams& params, std::int64_t channels,
                                   const std::string& key) {
  const Sealed sealed = parse_sealed(file, checkpoint_format);
  const Json json = checkpoint_of_key(file, sealed, checkpoint_format, key);
  return described_by(file, checkpoint_format, [&] {
    GanCheckpoint out;
    const std::size_t players = players_of(params);
    const Json& steps = json.at("player_steps");
    require(steps.is_array() && steps.size() == players, "`player_steps` has another length");
    out.discriminators.resize(players - 1);
    for (std::size_t p = 0; p < players; ++p) {
      GanCheckpoint::Player& player = p == 0 ? out.generator : out.discriminators[p - 1];
      const nn::Network network = network_of(params, channels, p);
      for (const auto& [suffix, tables] : kept)
        player.*tables = sized_weights_of(file, sealed.contents, network, {prefix_of(p), suffix});
      player.steps = whole<std::int64_t>(steps[p]);
    }
    out.steps = whole<std::int64_t>(json.at("steps"));
    out.best_epoch = whole<std::int64_t>(json.at("best_epoch"));
    out.epochs = epochs_of(numbers_of<double>(file, sealed.contents, "history"), players);
    require(out.best_epoch < std::ssize(out.epochs), "`best_epoch` is no epoch");
    if (out.best_epoch >= 0) {
      require(out.epochs[std::size_t(out.best_epoch)].metrics.has_value(),
              "`best_epoch` was not evaluated");
      out.best = sized_weights_of(file, sealed.contents, network_of(params, channels, 0),
                                  {best_prefix, ""});
    }
    return out;
  });
}

}  // namespace io

std::string gan_training_key(const GanParams& params, const HostView& spectra) {
  const GanStructure& s = params.structure;
  io::Sha256 sum;
  sum.add(fmt::format(
      "1 {} {} {} {} {} {} {} {} {} {} {} {} {} {} {}\n", name(s.architecture),
      nn::name(s.activation), s.latent, s.segment_divisor, s.minibatch_layers, name(params.design),
      name(params.noise), params.generator_rate, params.discriminator_rate, params.real_target,
      params.batch, params.evaluate_every, params.noise_at_evaluation, params.seed, params.model));
  if (const auto& t = params.tolerances)
    sum.add(fmt::format("{} {} {}\n", t->frechet, t->correlation, t->cosine));
  sum.add(fmt::format("{} {}\n", spectra.rows, spectra.cols));
  core::with_type(spectra.type, [&](auto zero) {
    const auto* data = static_cast<const decltype(zero)*>(spectra.data);
    std::vector<double> row(std::size_t(spectra.cols));
    for (std::int64_t r = 0; r < spectra.rows; ++r) {
      for (std::int64_t c = 0; c < spectra.cols; ++c)
        row[std::size_t(c)] = double(data[r * spectra.row_stride + c * spectra.col_stride]);
      sum.add(std::as_bytes(std::span(row)));
    }
  });
  return sum.hex();
}

GanCheckpoint read_gan_checkpoint(const std::filesystem::path& path, const GanParams& params,
                                  std::int64_t channels, const std::string& key) {
  return io::guarded(path, [&] {
    io::InputFile file(path);
    return io::parse_gan_checkpoint(file.cursor(), params, channels, key);
  });
}

void write_gan_checkpoint(const std::filesystem::path& path, const GanCheckpoint& checkpoint,
                          const GanParams& params, std::int64_t channels, const std::string& key,
                          Overwrite overwrite) {
  const std::size_t players = io::players_of(params);
  require(checkpoint.discriminators.size() + 1 == players,
          "cannot keep the checkpoint (it is of another design) give the parameters of its "
          "training");
  io::Json steps = io::Json::array();
  std::vector<io::Tensor> tensors;
  const auto add = [&](const nn::Network& network, const nn::Weights& tables,
                       const io::TableNames& names) {
    for (io::Tensor& tensor : io::tensors_of(network, tables, names))
      tensors.push_back(std::move(tensor));
  };
  const std::vector<double> history = io::history_of(checkpoint);
  tensors.push_back(io::tensor_of("history", history, {checkpoint.epochs.size(), players + 3}));
  for (std::size_t p = 0; p < players; ++p) {
    const GanCheckpoint::Player& player = io::player_of(checkpoint, p);
    const nn::Network network = io::network_of(params, channels, p);
    for (const auto& [suffix, tables] : io::kept)
      add(network, player.*tables, {io::prefix_of(p), suffix});
    steps.push_back(player.steps);
  }
  if (checkpoint.best_epoch >= 0)
    add(io::network_of(params, channels, 0), checkpoint.best, {io::best_prefix, ""});
  const std::string text = io::description_text("checkpoint", [&] {
    return io::Json{{"key", key},
                    {"steps", checkpoint.steps},
                    {"player_steps", steps},
                    {"best_epoch", checkpoint.best_epoch}};
  });
  io::AtomicFile file(path, overwrite);
  io::write_sealed(file, io::checkpoint_format, io::checkpoint_format.last_version, text, tensors);
  file.commit();
}

}  // namespace whiteline
