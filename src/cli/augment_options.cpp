#include "cli/augment_options.hpp"

#include <memory>

namespace whiteline::cli {

namespace {

// The value of a name, as options are read.
template <class Value>
auto named(Value (*value_of)(std::string_view)) {
  return [value_of](const std::string& text) {
    try {
      return value_of(text);
    } catch (const InvalidArgument& problem) {
      throw UsageError(problem.what());
    }
  };
}

void add_copies(Verb& verb, AugmentOptions& options) {
  AugmentParams& params = options.copies;
  verb.heading("Copies");
  verb.option("--copies N", params.copies, "of each spectrum, beside the original").not_negative();
  verb.option("--per-class N", params.per_class,
              "instead: copies until each class has N spectra;\n0: --copies")
      .not_negative();
  verb.option("--shift EV", params.shift,
              "each copy is moved by a number drawn evenly from -EV to EV")
      .not_negative();
  verb.option("--electrons E", params.electrons,
              "Poisson noise of E electrons a count: 1 for counted\nelectrons, less for a lower "
              "dose; 0: none")
      .not_negative();
  verb.flag("--own-noise", options.own_noise,
            "instead: as many electrons as the noise of the spectra means");
}

void add_networks(Verb& verb, AugmentOptions& options) {
  verb.heading("Generative networks");
  verb.flag("--gan", options.gan,
            "train one for each class, and generate instead of copying;\nFILE is then a folder");
  verb.option("--generators DIR", options.generators,
              "use those of an earlier run instead of training");
  verb.option("--count N", options.count, "spectra to generate of each class").between(1, 10000000);
  GanParams& p = options.training;
  verb.option(
          "--design NAME", p.design, named(gan_design_named),
          "Single-MonoTrans, Multi-MonoTrans, Single-BiTrans, Multi-BiTrans:\none discriminator or "
          "one a kind of spectra; moved ones, or noisier ones too")
      .default_text(std::string(name(p.design)));
  verb.option("--architecture NAME", p.structure.architecture, named(gan_architecture_named),
              "SimpleDense, LargeDense or SimpleConvo")
      .default_text(std::string(name(p.structure.architecture)));
  verb.option("--activation NAME", p.structure.activation, named(nn::activation_named),
              "leaky_relu, or relu as in the paper's figures")
      .default_text(std::string(name(p.structure.activation)));
  verb.option("--noise KIND", p.noise, named(gan_noise_named),
              "of BiTrans: shot, as of counted electrons; additive")
      .default_text(std::string(name(p.noise)));
  verb.option("--epochs N", p.epochs, "at most").between(1, 1000000);
  verb.option("--batch N", p.batch, "spectra a step").between(1, 100000);
  verb.option("--evaluate-every N", p.evaluate_every, "epochs").between(1, 1000000);
  verb.option("--checkpoint-every N", options.checkpoint_every,
              "epochs; an interrupted training goes on from the last one; 0: never")
      .not_negative();
  verb.option("--frechet D", options.frechet,
              "stop where the Frechet distance is at most D\n(default: as real pairs have it)");
  verb.option("--correlation R", options.correlation, "and Pearson's correlation at least R");
  verb.option("--cosine D", options.cosine, "and the cosine distance at most D");
  verb.option("--train-fraction F", options.train_fraction,
              "share of each class to train on; the rest is what generated\nspectra are compared "
              "with")
      .between(1e-9, 1.0);
  verb.flag("--last", options.last,
            "generate with the networks of the last epoch, not of the best one");
  verb.flag("--clean", options.clean, "generate without noise");
}

}  // namespace

void add_augment(CommandLine& command) {
  Verb verb = command.verb("augment", "Make more labelled spectra out of few");
  auto options = std::make_shared<AugmentOptions>();
  verb.option("set FILE", options->input, "labelled spectra, or an image with labels").required();
  verb.option("-o,--output FILE", options->output, ".npz, .csv or .libsvm; a folder with --gan")
      .required();
  add_copies(verb, *options);
  add_networks(verb, *options);
  add_axis_options(verb, options->axis);
  add_common_options(verb, options->common);
  verb.footer(
      "Copies: the originals come first, then their copies, with truth `augmented_from` (row of\n"
      "the original) and `augmented_shift` (eV); also writes FILE.run.json.\n"
      "Networks: writes synthetic.npz, report.md, run.json, and for class 0, 1, ... "
      "of the set\n"
      "generator_0.safetensors, history_0.csv and pictures.\n"
      "  whiteline augment fe.npz --copies 4 --shift 1.75 --electrons 0.5 -o more.npz\n"
      "  whiteline augment fe.npz --per-class 1000 --shift 1 -o even.npz\n"
      "  whiteline augment fe.npz --gan --train-fraction 0.15 --count 1000 -o made");
  verb.run([options](const Json& given) {
    options->generative() ? run_generation(*options, given) : run_copies(*options, given);
  });
}

}  // namespace whiteline::cli
