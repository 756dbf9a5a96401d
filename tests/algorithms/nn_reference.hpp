// What tests of networks share: random batches, dropout as its counters say, gradients in double.
#pragma once

#include <gtest/gtest.h>
#include <whiteline/nn/architectures.hpp>

#include <optional>
#include <random>
#include <string>
#include <vector>

#include "formulas/normal.hpp"
#include "reference/network_graph.hpp"
#include "support/framed.hpp"

namespace whiteline::test {

struct Batch {
  std::int64_t samples = 0, channels = 0;
  std::vector<float> x;
  std::vector<std::int32_t> labels;
};

inline Batch random_batch(const nn::Network& network, std::int64_t samples, unsigned seed) {
  Batch batch{samples, network.channels(), {}, {}};
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(0.0f, 0.5f);
  for (std::int64_t i = 0; i < samples * batch.channels; ++i) batch.x.push_back(normal(random));
  for (std::int64_t b = 0; b < samples; ++b)
    batch.labels.push_back(std::int32_t(b % network.classes()));
  return batch;
}

// First weights, and random numbers where these are all alike.
inline nn::Weights random_weights(const nn::Network& network, unsigned seed) {
  nn::Weights weights = nn::initial_weights(network, seed);
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(0.0f, 0.2f);
  for (std::size_t p = 0; p < weights.values.size(); ++p)
    if (network.parameters()[p].role != nn::ParameterRole::weights)
      for (float& value : weights.values[p]) {
        value += normal(random);
        if (network.parameters()[p].role == nn::ParameterRole::moving_variance)
          value = 0.5f + std::abs(value);
      }
  return weights;
}

inline std::vector<std::vector<double>> as_doubles(const nn::Weights& weights) {
  std::vector<std::vector<double>> tables;
  for (const auto& table : weights.values) tables.emplace_back(table.begin(), table.end());
  return tables;
}

// Where the numbers of one step come from.
struct DrawsOf {
  std::uint64_t seed = 1;
  std::uint32_t step = 0, model = 0, first_layer = 0, attempt = 0;
  std::optional<formulas::Purpose> purpose = {};  // of noises and translations, instead of theirs
};

inline double normal_of(const formulas::PhiloxWords& words, std::int64_t element) {
  return double(formulas::normal(words, std::uint32_t(element % 4)));
}

// Words at or above the shares of at most 0, 1, 2, ...
inline double poisson_of(std::uint32_t word, double mean) {
  double term = std::exp(-mean), share = term, count = 0.0;
  while (double(word) >= std::floor(share * 4294967296.0) && count < 31.0) {
    count += 1.0;
    term *= mean / count;
    share += term;
  }
  return count;
}

// What the layers of a network draw in one step, as their counters say.
inline reference::LayerDraw layer_draws(const nn::Network& network, const DrawsOf& of) {
  return [=, &network](std::int32_t node, std::int64_t element) {
    const nn::Layer& layer = network.nodes()[std::size_t(node)].layer;
    const auto words = [&](formulas::Purpose purpose) {
      return formulas::philox_block(of.seed, std::uint32_t(element / 4), of.step,
                                    of.first_layer + std::uint32_t(node), purpose, of.model,
                                    of.attempt);
    };
    const auto word = [&](formulas::Purpose purpose) { return words(purpose).word[element % 4]; };
    const formulas::Purpose noise = of.purpose.value_or(formulas::Purpose::noise);
    if (const auto* gaussian = std::get_if<nn::GaussianNoise>(&layer))
      return double(float(gaussian->deviation)) * normal_of(words(noise), element);
    if (const auto* poisson = std::get_if<nn::PoissonNoise>(&layer))
      return double(float(poisson->scale)) * poisson_of(word(noise), double(float(poisson->mean)));
    if (std::holds_alternative<nn::Translation>(layer))
      return word(of.purpose.value_or(formulas::Purpose::translation)) < 0x80000000u ? -1.0 : 1.0;
    const auto& dropout = std::get<nn::Dropout>(layer);
    const double rate = double(float(dropout.rate));
    if (dropout.kind == nn::DropoutKind::gaussian)
      return 1.0 +
             std::sqrt(rate / (1.0 - rate)) * normal_of(words(formulas::Purpose::dropout), element);
    const double u = double(formulas::uniform(word(formulas::Purpose::dropout)));
    return u >= rate ? 1.0 / (1.0 - rate) : 0.0;
  };
}

struct ReferenceStep {
  double loss = 0.0;
  std::vector<std::vector<double>> gradients;  // one table a parameter; zeros of moving ones
  std::vector<std::pair<std::size_t, std::vector<double>>> moving;
};

inline ReferenceStep reference_step(const nn::Network& network,
                                    const std::vector<std::vector<double>>& parameters,
                                    const std::vector<double>& x,
                                    const std::vector<std::int32_t>& labels,
                                    const reference::LayerDraw& draw,
                                    const std::vector<double>& class_weights = {}) {
  Tape tape;
  std::vector<std::vector<Traced>> traced;
  for (const auto& table : parameters) {
    traced.emplace_back();
    for (const double value : table) traced.back().push_back(Traced::variable(tape, value));
  }
  reference::NetworkGraph<Traced> graph(network, traced);
  const auto logits = graph.forward(std::vector<Traced>(x.begin(), x.end()),
                                    std::int64_t(labels.size()), true, draw);
  const Traced loss = reference::network_loss(network.output(), logits, labels, class_weights);
  const std::vector<double> derivatives = tape.derivatives(loss.place);
  ReferenceStep step{loss.value, {}, graph.moving()};
  for (const auto& table : traced) {
    step.gradients.emplace_back();
    for (const Traced& variable : table)
      step.gradients.back().push_back(derivatives[std::size_t(variable.place)]);
  }
  return step;
}

// The same numbers, each off by up to 4 units in its last place of float32. How far a result in
// double moves with them is how far a computation in float32 may be from it.
inline std::vector<std::vector<double>> nudged(std::vector<std::vector<double>> tables,
                                               unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> share(-4.0 * 0x1p-23, 4.0 * 0x1p-23);
  for (auto& table : tables)
    for (double& value : table) value *= 1.0 + share(random);
  return tables;
}

inline double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  double most = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(a[i] - b[i]));
  return most;
}

// A structure with so few numbers that its definition in double is quick.
inline nn::Structure small_structure(nn::Family family, int number) {
  nn::Structure s;
  s.family = family;
  s.number = number;
  s.layers = family == nn::Family::dense ? 5 : 2;
  s.units = 6;
  s.blocks = 2;
  s.filters = number == 7 ? 2 : 3;
  s.width = 3;
  return s;
}

inline std::vector<nn::Structure> small_structures() {
  std::vector<nn::Structure> all;
  for (const nn::Family family : {nn::Family::dense, nn::Family::convolutional})
    for (int number = 0; number < nn::structure_count(family); ++number)
      all.push_back(small_structure(family, number));
  return all;
}

}  // namespace whiteline::test
