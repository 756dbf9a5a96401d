// The training of a GAN in double, pass by pass as the design has it.
#pragma once

#include <whiteline/gan.hpp>

#include <numeric>

#include "algorithms/nn/draws.hpp"
#include "algorithms/nn_reference.hpp"

namespace whiteline::test {

using Tables = std::vector<std::vector<double>>;

// Parameters with what Adam keeps.
struct ReferencePlayer {
  nn::Network network;
  std::uint32_t first_layer = 0;
  double rate = 0.0;
  Tables tables, mean, square;
  int steps = 0;

  ReferencePlayer(nn::Network made, std::uint32_t first, double learning_rate,
                  const GanParams& params)
      : network(std::move(made)),
        first_layer(first),
        rate(learning_rate),
        tables(as_doubles(nn::initial_weights(network, params.seed, params.model, first))),
        mean(tables) {
    for (auto& table : mean) table.assign(table.size(), 0.0);
    square = mean;
  }

  void descend(const Tables& gradients) {
    ++steps;
    const double now =
        rate * std::sqrt(1.0 - std::pow(0.999, steps)) / (1.0 - std::pow(0.9, steps));
    for (std::size_t p = 0; p < tables.size(); ++p)
      for (std::size_t i = 0; i < tables[p].size(); ++i) {
        const double g = gradients[p][i];
        double &m = mean[p][i], &v = square[p][i];
        m += 0.1 * (g - m);
        v += 0.001 * (g * g - v);
        tables[p][i] -= now * m / (std::sqrt(v) + 1e-7);
      }
  }
};

class ReferenceGan {
 public:
  // `x`: rows of maximum 1.
  ReferenceGan(const GanParams& params, std::int64_t translation, std::vector<float> x,
               std::int64_t rows)
      : params_(params),
        x_(std::move(x)),
        rows_(rows),
        channels_(std::int64_t(x_.size()) / rows),
        batch_(std::min(params.batch, rows)) {
    players.emplace_back(gan_generator(params.structure, channels_, translation), 0,
                         params.generator_rate, params);
    for (int d = 0; d < discriminator_count(params.design); ++d) {
      const std::uint32_t first =
          players.back().first_layer + std::uint32_t(players.back().network.nodes().size());
      players.emplace_back(gan_discriminator(params.structure, channels_), first,
                           params.discriminator_rate, params);
    }
  }

  std::vector<ReferencePlayer> players;  // the generator, then the discriminators

  void nudge() {
    for (ReferencePlayer& player : players) player.tables = nudged(player.tables, 1);
  }

  // Losses of the players.
  std::vector<double> epoch() {
    const bool multi = params_.design == GanDesign::multi_mono_trans ||
                       params_.design == GanDesign::multi_bi_trans;
    const bool bi =
        params_.design == GanDesign::single_bi_trans || params_.design == GanDesign::multi_bi_trans;
    sums_.assign(players.size(), 0.0);
    counts_.assign(players.size(), 0);
    pass(0, 1, true);
    pass(1, multi ? 2 : 1, true);
    if (bi) pass(2, multi ? 3 : 1, true);
    pass(3, 1, false);
    ++epoch_;
    for (std::size_t p = 0; p < sums_.size(); ++p) sums_[p] /= double(counts_[p]);
    return sums_;
  }

 private:
  using Values = std::vector<Traced>;

  void pass(std::uint32_t number, std::size_t judge, bool joint) {
    std::vector<std::int64_t> all(at(rows_));
    std::iota(all.begin(), all.end(), 0);
    const auto order = nn::epoch_order(all, params_.seed, 4 * epoch_ + number, params_.model);
    for (std::int64_t first = 0; first < rows_; first += batch_) {
      std::vector<double> measured;
      for (std::int64_t i = first; i < first + batch_; ++i)
        for (std::int64_t c = 0; c < channels_; ++c)
          measured.push_back(x_[at(order[at(i % rows_)] * channels_ + c)]);
      step(number, players[judge], judge, joint, measured);
      ++step_;
    }
  }

  formulas::PhiloxWords words(std::uint32_t block, std::uint32_t layer, formulas::Purpose purpose,
                              std::uint32_t attempt = 0) const {
    return formulas::philox_block(params_.seed, block, step_, layer, purpose, params_.model,
                                  attempt);
  }

  std::vector<double> latent() const {
    std::vector<double> z;
    for (std::int64_t e = 0; e < batch_ * params_.structure.latent; ++e)
      z.push_back(normal_of(words(std::uint32_t(e / 4), 0, formulas::Purpose::latent), e));
    return z;
  }

  Values run(const ReferencePlayer& player, const std::vector<Values>& tables, const Values& x,
             std::uint32_t attempt) const {
    reference::NetworkGraph<Traced> graph(player.network, tables);
    return graph.forward(x, batch_, true,
                         layer_draws(player.network, {.seed = params_.seed,
                                                      .step = step_,
                                                      .model = params_.model,
                                                      .first_layer = player.first_layer,
                                                      .attempt = attempt}));
  }

  // As pass `number` shows spectra to the discriminator.
  Values shown(std::uint32_t number, const Values& x, std::uint32_t attempt) const {
    if (number == 0 || number == 3) return x;
    Values y = x;
    if (number == 2) {  // additive noise
      for (std::size_t e = 0; e < y.size(); ++e)
        y[e] += Traced(
            double(0.15f) *
            poisson_of(
                words(std::uint32_t(e / 4), 1, formulas::Purpose::shot_noise, attempt).word[e % 4],
                0.5));
      return y;
    }
    const formulas::PhiloxWords drawn = words(0, 0, formulas::Purpose::energy_shift);
    const auto t = std::int64_t(1 + ((std::uint64_t(drawn.word[0]) * 10) >> 32));
    const std::int64_t by = drawn.word[1] < 0x80000000u ? t : -t;
    for (std::int64_t b = 0; b < batch_; ++b)
      for (std::int64_t c = 0; c < channels_; ++c) {
        const std::int64_t from = c + by >= 0 && c + by < channels_ ? c + by : c;
        y[at(b * channels_ + c)] = x[at(b * channels_ + from)];
      }
    return y;
  }

  static Traced mean_loss(const Values& logits, double target) {
    Traced sum = 0.0;
    for (const Traced& z : logits) sum += log(Traced(1.0) + exp(z)) - Traced(target) * z;
    return sum / Traced(double(logits.size()));
  }

  static std::vector<Values> traced(Tape& tape, const Tables& tables) {
    std::vector<Values> all;
    for (const auto& table : tables) {
      all.emplace_back();
      for (const double value : table) all.back().push_back(Traced::variable(tape, value));
    }
    return all;
  }

  static Tables gradients(const Tape& tape, const Traced& loss,
                          const std::vector<Values>& variables) {
    const std::vector<double> derivatives = tape.derivatives(loss.place);
    Tables out;
    for (const Values& table : variables) {
      out.emplace_back();
      for (const Traced& variable : table)
        out.back().push_back(derivatives[std::size_t(variable.place)]);
    }
    return out;
  }

  void step(std::uint32_t number, ReferencePlayer& judge, std::size_t j, bool joint,
            const std::vector<double>& measured) {
    constexpr std::uint32_t generated_half = 128;
    Tape tape;
    ReferencePlayer& maker = players[0];
    const auto made_by = traced(tape, maker.tables), judged_by = traced(tape, judge.tables);
    const std::vector<double> z = latent();
    const Values made = run(maker, made_by, Values(z.begin(), z.end()), 0);
    const Values real_logits =
        run(judge, judged_by, shown(number, Values(measured.begin(), measured.end()), 0), 0);
    const Values made_logits =
        run(judge, judged_by, shown(number, made, generated_half), generated_half);
    const Traced judge_loss =
        mean_loss(real_logits, double(float(params_.real_target))) + mean_loss(made_logits, 0.0);
    const Traced maker_loss = mean_loss(made_logits, 1.0);
    sums_[j] += judge_loss.value;
    ++counts_[j];
    const Tables judge_gradients = gradients(tape, judge_loss, judged_by);
    if (joint) {
      sums_[0] += maker_loss.value;
      ++counts_[0];
      maker.descend(gradients(tape, maker_loss, made_by));
    }
    judge.descend(judge_gradients);
  }

  const GanParams& params_;
  std::vector<float> x_;
  std::int64_t rows_, channels_, batch_;
  std::uint32_t step_ = 0, epoch_ = 0;
  std::vector<double> sums_;
  std::vector<std::int64_t> counts_;
};

}  // namespace whiteline::test
