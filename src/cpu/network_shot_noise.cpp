#include <algorithm>
#include <vector>

#include "cpu/network.hpp"
#include "cpu/row_tasks.hpp"
#include "formulas/poisson.hpp"

namespace whiteline::cpu {

namespace {

constexpr std::int64_t together = 16;  // numbers

// Numbers side by side, so that loops become vectors, and what their counts are drawn from.
struct SomeCounts {
  float x[together];
  double rate[together], first[together], second[together];  // uniform numbers
  double counts[together];
  std::uint32_t open[together];  // 1: not settled by what was drawn

  [[gnu::always_inline]] void load(const float* from, const std::uint32_t* words, double quality,
                                   std::int64_t count) {
    for (std::int64_t l = 0; l < count; ++l) {
      x[l] = from[l];
      rate[l] = formulas::shot_rate(from[l], quality);
      first[l] = double(formulas::uniform(words[4 * l]));
      second[l] = double(formulas::uniform(words[4 * l + 1]));
    }
  }

  [[gnu::always_inline]] bool any_high() const {
    std::uint32_t any = 0;
    for (std::int64_t l = 0; l < together; ++l) any |= rate[l] >= formulas::least_tried_rate;
    return any != 0;
  }
  [[gnu::always_inline]] bool any_low() const {
    std::uint32_t any = 0;
    for (std::int64_t l = 0; l < together; ++l) any |= rate[l] < formulas::least_tried_rate;
    return any != 0;
  }

  // formulas::poisson_by_inversion.
  [[gnu::always_inline]] void invert_low_rates() {
    double term[together], sum[together], k[together];
    for (std::int64_t l = 0; l < together; ++l) {
      sum[l] = term[l] = formulas::precise_exponential(-rate[l]);
      k[l] = 0.0;
    }
    for (std::uint32_t any = 1; any;) {
      any = 0;
      for (std::int64_t l = 0; l < together; ++l) {
        const bool more =
            (rate[l] < formulas::least_tried_rate) & (first[l] > sum[l]) & (k[l] < 63.0);
        const double next = k[l] + 1.0, next_term = term[l] * (rate[l] / next);
        k[l] = more ? next : k[l];
        term[l] = more ? next_term : term[l];
        sum[l] = more ? sum[l] + next_term : sum[l];
        any |= std::uint32_t(more);
      }
    }
    for (std::int64_t l = 0; l < together; ++l)
      counts[l] = rate[l] < formulas::least_tried_rate ? k[l] : counts[l];
  }

  [[gnu::always_inline]] void try_high_rates() {
    for (std::int64_t l = 0; l < together; ++l) {
      const formulas::PoissonTrial trial(rate[l], first[l]);
      counts[l] = trial.k;
      open[l] =
          std::uint32_t((rate[l] >= formulas::least_tried_rate) & !trial.soon_accepted(second[l]));
    }
  }

  [[gnu::always_inline]] void settle(double quality, float* noisy) const {
    for (std::int64_t l = 0; l < together; ++l)
      noisy[l] = formulas::with_shot_noise(x[l], quality, rate[l], counts[l]);
  }
};

struct AddShotNoise {
  ConstMatrixView x;
  MatrixView y;
  const core::Perturb& perturb;
  const NetworkKernels& kernels;
  double quality;

  [[gnu::always_inline]] void rows(std::int64_t begin, std::int64_t end) const {
    std::vector<std::uint32_t> words(std::size_t(4 * x.cols));
    for (std::int64_t row = begin; row < end; ++row) {
      const DrawnRow drawn(perturb, x, row);
      kernels.draw(perturb.seed, drawn.first_element, x.cols, drawn.counter, words.data());
      for (std::int64_t c = 0; c < x.cols; c += together)
        some(drawn, row, c, words.data() + 4 * c, std::min(together, x.cols - c));
    }
  }

  // Each element has a block of Philox for itself.
  struct DrawnRow {
    std::uint32_t first_element, attempt, counter[3];

    DrawnRow(const core::Perturb& perturb, ConstMatrixView x, std::int64_t row) {
      const std::int64_t rows = x.rows / perturb.minibatches;
      first_element = std::uint32_t(row % rows * x.cols);
      attempt = first_attempt(perturb, row / rows);
      counter[0] = perturb.state.data->step;
      counter[1] = stream_word(perturb, attempt);
      counter[2] = perturb.model;
    }
  };

  [[gnu::always_inline]] void some(const DrawnRow& drawn, std::int64_t row, std::int64_t column,
                                   const std::uint32_t* words, std::int64_t count) const {
    SomeCounts all{};
    const float* const from = x.data + row * x.stride + column;
    if (count == together)
      all.load(from, words, quality, together);
    else
      all.load(from, words, quality, count);
    if (all.any_high()) all.try_high_rates();
    if (all.any_low()) all.invert_low_rates();
    for (std::int64_t l = 0; l < count; ++l)
      if (all.open[l])
        all.counts[l] = double(formulas::poisson(
            all.rate[l], perturb.seed, drawn.first_element + std::uint32_t(column + l),
            drawn.counter[0], perturb.layer, perturb.purpose, perturb.model, drawn.attempt));
    float noisy[together];
    all.settle(quality, noisy);
    std::copy_n(noisy, count, y.data + row * y.stride + column);
  }
};

}  // namespace

void CpuNetwork::add_shot_noise(ConstMatrixView x, const core::Perturb& perturb, MatrixView y) {
  const double quality =
      formulas::shot_quality(double(perturb.amount), words_for_all(perturb, 0).word[0]);
  run_rows(pool_, x.rows, AddShotNoise{x, y, perturb, kernels_, quality}, isa_);
}

}  // namespace whiteline::cpu
