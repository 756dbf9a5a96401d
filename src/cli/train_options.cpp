#include "cli/train_options.hpp"

#include <memory>

namespace whiteline::cli {

namespace {

void add_learning(Verb& verb, TrainOptions& options) {
  verb.heading("Learning");
  verb.option("--model KIND", options.model, parse_model,
              "svm, or net:NAME, a network: net:dense_tpe, net:conv_tpe (the paper's\n"
              "choices), net:dense_tpe_500, net:dense_rs_10, net:dense_rs_30,\n"
              "net:conv_tpe_500, net:conv_rs_10, net:conv_rs_30")
      .default_text("svm");
  verb.option("--kernel KERNEL", options.kernel,
              "linear, rbf, sigmoid, polynomial, cosine or precomputed")
      .one_of({"linear", "rbf", "sigmoid", "polynomial", "cosine", "precomputed"});
  verb.option("--C NUMBER", options.C, "penalty of a margin violation; larger fits more closely")
      .positive();
  verb.option("--gamma RULE", options.gamma, parse_gamma,
              "scale: 1/(channels * variance), channels (or auto): 1/channels, or a\nnumber")
      .default_text("scale");
  verb.option("--coef0 NUMBER", options.coef0, "of the sigmoid and polynomial kernels");
  verb.option("--degree N", options.degree, "of the polynomial kernel").between(1, 64);
  verb.option("--class-weight RULE", options.class_weight, parse_class_weight,
              "none; balanced: rare classes count as much as common ones;\n"
              "NAME=FACTOR,...: factors of C")
      .default_text("none");
  verb.option("--sample-weight FILE", options.sample_weight,
              "text file: a number from 0 a labelled spectrum, its factor of C");
  verb.option("--tolerance GAP", options.tolerance, "KKT gap at which a problem counts as solved")
      .positive();
  verb.option("--max-iterations N", options.max_iterations,
              "of a binary problem; 0: 10^7, or 100 a spectrum if that is more")
      .not_negative();
}

void add_networks(Verb& verb, TrainOptions& options) {
  verb.heading("Networks");
  verb.option("--epochs N", options.epochs, "passes over the spectra").between(1, 1e6);
  verb.option("--batch N", options.batch, "spectra a step of the optimiser").between(1, 1e6);
  verb.option("--optimizer RULE", options.optimizer, "sgd, rmsprop or adam")
      .one_of({"sgd", "rmsprop", "adam"})
      .default_text("the network's own");
  verb.option("--learning-rate NUMBER", options.learning_rate,
              "larger learns faster, until the loss diverges; 0: the network's own")
      .not_negative();
  verb.option("--head HEAD", options.head,
              "of convolutional networks: average over the positions, or flatten: all of\n"
              "them go on")
      .one_of({"average", "flatten"});
  verb.option("--dense-branch KIND", options.dense_branch,
              "of conv_tpe and conv_rs: channel: the same layers on each channel by\n"
              "itself; spectrum: on all of them")
      .one_of({"channel", "spectrum"});
  verb.option("--validation F", options.validation,
              "share of each class that judges each epoch and is not trained on")
      .between(0.0, 0.9);
  verb.option("--patience N", options.patience,
              "stop after N epochs without a lower validation loss (training loss where\n"
              "there is no --validation), and keep the best weights; 0: never")
      .not_negative();
  verb.option("--checkpoint-every N", options.checkpoint_every,
              "epochs; an interrupted training goes on from the last one; 0: never")
      .not_negative();
}

void add_augmentation(Verb& verb, TrainOptions& options) {
  verb.heading("More spectra");
  verb.option("--augment HOW", options.augment,
              "classic: copies of the training spectra, shifted and with noise;\n"
              "DIR: generated ones, by the networks that `augment --gan` wrote there");
  verb.option("--augment-count N", options.augment_count, "spectra of each class in the end")
      .between(1, 10000000);
  verb.option("--augment-shift EV", options.augment_shift, "of classic: up to so much to each side")
      .not_negative();
}

void add_evaluation(Verb& verb, TrainOptions& options) {
  verb.heading("Probabilities and accuracy");
  verb.option("--calibrate,--calibration METHOD", options.calibrate,
              "how the model gives probabilities: platt: a sigmoid of the decision;\n"
              "isotonic: any rising function, needs more spectra; none: not at all")
      .one_of({"platt", "isotonic", "none"});
  verb.option("--folds N", options.folds, "of the calibration").between(2, 1000);
  verb.option("--calibration-seed N", options.calibration_seed,
              "of its assignment of spectra to folds (default: --seed)");
  verb.option("--train-fraction F", options.train_fraction,
              "share of each class to train on; accuracy is that of the rest")
      .between(1e-9, 1.0);
}

}  // namespace

void add_train(CommandLine& command) {
  Verb verb = command.verb("train", "Train a classifier on labelled spectra");
  auto options = std::make_shared<TrainOptions>();
  verb.option("data DATA", options->data, "a labelled set (.npz), or an image with labels")
      .required();
  verb.option("-o,--output MODEL", options->output,
              "the model to write; its suffix is .safetensors by custom")
      .required();
  add_preparation_options(verb, "Preparation (saved in the model)", options->preparation);
  verb.option("--normalise KIND", options->normalise, parse_normalise,
              "none, max, l2, l1, area or area:LOW:HIGH")
      .default_text("none");
  add_learning(verb, *options);
  add_networks(verb, *options);
  add_augmentation(verb, *options);
  add_evaluation(verb, *options);
  add_axis_options(verb, options->axis);
  add_common_options(verb, options->common);
  verb.footer(
      "Also writes MODEL.run.json: options, versions, times, hashes, accuracy; of networks\n"
      "MODEL.history.csv, MODEL.loss.svg and MODEL.accuracy.svg.\n"
      "  whiteline train w.npz --window 460:800 --background powerlaw:485:515 \\\n"
      "      --kernel cosine --C 10 --train-fraction 0.15 -o fe.safetensors\n"
      "  whiteline train w.npz --background powerlaw:485:515 --normalise max --model net:conv_tpe "
      "\\\n"
      "      --train-fraction 0.5 -o net.safetensors");
  verb.run([options](const Json& given) { run_train(*options, given); });
}

}  // namespace whiteline::cli
