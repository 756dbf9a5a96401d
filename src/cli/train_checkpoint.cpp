#include "cli/train_checkpoint.hpp"

#include <fmt/format.h>
#include <whiteline/nn/checkpoint_file.hpp>

#include "cli/input.hpp"

namespace whiteline::cli {

std::filesystem::path checkpoint_file(const std::filesystem::path& model) {
  return model.string() + ".training.safetensors";
}

void keep_checkpoints(const TrainOptions& options, const nn::Network& network, const Matrix& x,
                      std::span<const std::int32_t> labels, const nn::TrainingRows& rows,
                      Console& console, nn::TrainingParams& params) {
  const std::filesystem::path file = checkpoint_file(options.output);
  const bool there = std::filesystem::exists(file);
  if (!there && options.checkpoint_every == 0) return;
  const std::string key = nn::training_key(network, params, x, labels, rows);
  if (there) {
    params.resume =
        reading([&] { return nn::read_checkpoint(file, network, params.optimizer.rule, key); });
    console.note(fmt::format("going on after epoch {}", params.resume->epochs.size()));
  }
  if (options.checkpoint_every == 0) return;
  params.on_epoch = [=, &network, every = options.checkpoint_every,
                     epoch = there ? std::ssize(params.resume->epochs) : 0](
                        const nn::Epoch&, const auto& checkpoint) mutable {
    if (++epoch % every == 0)
      nn::write_checkpoint(file, checkpoint(), network, key, Overwrite::allow);
  };
}

}  // namespace whiteline::cli
