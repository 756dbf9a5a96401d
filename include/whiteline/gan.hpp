// Generative adversarial networks that make more spectra of a class out of about a hundred: D.
// del-Pozo-Bueno et al., Microsc. Microanal. 30 (2024) 278.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <whiteline/nn/network.hpp>
#include <whiteline/progress.hpp>
#include <whiteline/spectra.hpp>

namespace whiteline {

enum class GanArchitecture {
  simple_dense,  // six short stacks of dense layers with noises, joined; comes closest to the data
  large_dense,   // twice as many layers, fewer noises
  simple_convolutional,  // transposed convolutions; its spectra are cleaner than measured ones
};
WHITELINE_EXPORT std::string_view name(GanArchitecture architecture);  // "SimpleDense"
// Upper or lower case; throws InvalidArgument.
WHITELINE_EXPORT GanArchitecture gan_architecture_named(std::string_view name);

// What discriminators judge beside the spectra as they are: spectra moved in energy (mono), and
// noisier ones too (bi); by one discriminator (single), or one for each kind (multi).
enum class GanDesign { single_mono_trans, multi_mono_trans, single_bi_trans, multi_bi_trans };
WHITELINE_EXPORT std::string_view name(GanDesign design);  // "Single-BiTrans"
WHITELINE_EXPORT GanDesign gan_design_named(std::string_view name);
constexpr int discriminator_count(GanDesign design) {
  return design == GanDesign::multi_bi_trans ? 3 : design == GanDesign::multi_mono_trans ? 2 : 1;
}

struct GanStructure {
  GanArchitecture architecture = GanArchitecture::simple_dense;
  nn::Activation activation = nn::Activation::leaky_relu;  // the paper's figures show relu
  std::int64_t latent = 30;                                // random numbers a spectrum is made of
  std::int64_t segment_divisor = 6;  // channels of one is a segment of the dense generators
  int minibatch_layers = 1;          // minibatch discriminations a branch: 1 or 2
};

// Makes spectra of `channels`, each in (-1, 1), of vectors of structure.latent normal numbers. Its
// translations move by `translation` channels. Throws InvalidArgument for numbers out of range, and
// for fewer channels than its parts need (about 48).
WHITELINE_EXPORT nn::Network gan_generator(const GanStructure& structure, std::int64_t channels,
                                           std::int64_t translation);
// One logit: above 0 where the spectrum seems measured.
WHITELINE_EXPORT nn::Network gan_discriminator(const GanStructure& structure,
                                               std::int64_t channels);

// How the second transformation of the bi designs makes spectra noisier.
enum class GanNoise {
  shot,      // Poisson noise of as many electrons as the training spectra's own noise means, the
             // deviation times a number in [0.5, 1.5] drawn for each step
  additive,  // plus 0.15 Poisson(0.5)
};
WHITELINE_EXPORT std::string_view name(GanNoise noise);  // "shot"
WHITELINE_EXPORT GanNoise gan_noise_named(std::string_view name);

// How alike generated spectra and measured ones are (spectra_metrics.hpp).
struct GanMetrics {
  double frechet = 0.0, correlation = 0.0, cosine = 0.0;
};

struct GanEpoch {
  double generator_loss = 0.0;               // mean over its joint steps
  std::vector<double> discriminator_losses;  // of each: of measured and generated spectra, added
  std::optional<GanMetrics> metrics;         // where the epoch was evaluated
};

// All that a training goes on from, to the same bits as if it had not been interrupted.
struct GanCheckpoint {
  struct Player {
    nn::Weights weights, mean, square;  // the last two: what Adam keeps of gradients
    std::int64_t steps = 0;
  };
  Player generator;
  std::vector<Player> discriminators;
  std::int64_t steps = 0;  // of all passes
  std::vector<GanEpoch> epochs;
  std::int64_t best_epoch = -1;
  nn::Weights best;
};

struct GanParams {
  GanStructure structure;
  GanDesign design = GanDesign::single_bi_trans;
  GanNoise noise = GanNoise::shot;  // of bi designs
  double generator_rate = 1e-4;     // of learning, by Adam; > 0
  double discriminator_rate = 5e-4;
  double real_target = 0.9;         // probability wanted for measured spectra, in (0, 1]
  std::int64_t epochs = 7500;       // at most
  std::int64_t batch = 32;          // spectra of a step, at most as many as there are
  std::int64_t evaluate_every = 1;  // epochs
  // Training ends with the first evaluation that is nowhere worse. Not given: 1.25 times the 95 %
  // quantile of the Frechet distances of pairs of real samples, the 5 % quantile of their
  // correlations, the 95 % quantile of their cosine distances.
  std::optional<GanMetrics> tolerances = {};
  bool noise_at_evaluation = true;           // as at generation
  std::uint64_t seed = 1;                    // of first weights, order, noises, samples
  std::uint32_t model = 0;                   // part of all draws: differs between GANs of one seed
  std::optional<GanCheckpoint> resume = {};  // of a training with the same spectra and parameters
  // Called after each epoch; `checkpoint` makes one, at the cost of a copy from the device.
  std::function<void(const GanEpoch&, const std::function<GanCheckpoint()>& checkpoint)> on_epoch =
      {};
  Progress progress = {};  // stage "train", of steps
};

enum class GanStatus {
  converged,    // by the tolerances
  epoch_limit,  // not so
  diverged,     // a loss was not finite: the weights are those before that step
};
WHITELINE_EXPORT std::string_view name(GanStatus status);

struct GanRun {
  nn::Network generator{1};
  nn::Weights weights, best;  // after the last epoch; after the best one, which has the least
                              // Frechet distance of those evaluated
  std::int64_t best_epoch = -1;
  std::vector<GanEpoch> epochs;
  GanStatus status = GanStatus::epoch_limit;
  GanMetrics tolerances;    // that held
  GanMetrics real_pairs;    // medians of pairs of real samples of the size of an evaluation's
  std::int64_t sample = 0;  // that size: half of the spectra, at most 32
  double scale = 1.0;       // mean maximum of the spectra
  double seconds = 0.0;
};

// Learns to make spectra like these, all of one class, each taken as divided by its maximum. The
// same bits for any number of threads. Throws InvalidArgument for fewer than 4 spectra, spectra
// with NaN, infinity or no maximum above 0, parameters outside their ranges; OutOfMemory before
// anything large is allocated. A loss that is not finite is no exception.
WHITELINE_EXPORT GanRun gan_train(const Context& ctx, const GanParams& params,
                                  const HostView& spectra);

WHITELINE_EXPORT std::string history_csv(const std::vector<GanEpoch>& epochs);  // a line an epoch

// A trained generator: what a file of it holds.
struct Generator {
  nn::Network network{1};
  nn::Weights weights;
  std::string class_name;
  std::optional<EnergyAxis> energy;  // of its spectra
  double scale = 1.0;             // counts that a spectrum's 1 stands for: the training spectra's
                                  // mean maximum
  std::string provenance = "{}";  // JSON: parameters, seed, versions, source of the data
};

// Throws InvalidArgument unless the parts belong together and are finite.
WHITELINE_EXPORT void check(const Generator& generator);

struct GenerateParams {
  bool noise = true;        // let noises and translations act: without, spectra are cleaner
  std::int64_t batch = 32;  // spectra that one translation moves together
  std::uint64_t seed = 1;
  std::uint32_t model = 0;  // part of all draws
  Progress progress = {};   // stage "generate", of spectra
};

// `count` spectra, row after row, times generator.scale. The first ones do not depend on `count`.
WHITELINE_EXPORT std::vector<float> generate(const Context& ctx, const Generator& generator,
                                             std::int64_t count, const GenerateParams& params = {});

}  // namespace whiteline
