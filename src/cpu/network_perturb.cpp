#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <vector>

#include "cpu/network.hpp"
#include "formulas/normal.hpp"

namespace whiteline::cpu {

namespace {

using core::Perturbation;

constexpr std::int64_t numbers_a_task = 4096;

std::array<std::uint32_t, 3> stream_of(const core::Perturb& perturb) {
  return {perturb.state.data->step, perturb.layer << 16 | std::uint32_t(perturb.purpose) << 8,
          perturb.model};
}

// use(c, the normal number of element first + c) for c < count; words[c] is that element's word.
template <class Use>
void each_normal(const std::uint32_t* words, std::int64_t first, std::int64_t count,
                 const Use& use) {
  std::int64_t c = first & 1;
  if (c == 1 && count > 0) use(0, formulas::normal_pair(words[-1], words[0]).second);
  for (; c < count; c += 2) {
    const formulas::NormalPair pair = formulas::normal_pair(words[c], words[c + 1]);
    use(c, pair.first);
    if (c + 1 < count) use(c + 1, pair.second);
  }
}

// Does the batch move towards position 0?
bool moves_left(const core::Perturb& perturb) {
  return formulas::philox_block(perturb.seed, 0, perturb.state.data->step, perturb.layer,
                                perturb.purpose, perturb.model)
             .word[0] < 0x80000000u;
}

// Samples as tables whose rows move: element (p, c) of sample s lies at data + s * sample +
// p * position + c, columns side by side.
struct Movable {
  std::int64_t samples, positions, columns, sample, position;

  Movable(ConstMatrixView x, std::int64_t positions_of_a_sample)
      : samples(x.rows / positions_of_a_sample),
        positions(positions_of_a_sample),
        columns(x.cols),
        sample(positions_of_a_sample * x.stride),
        position(x.stride) {
    if (positions > 1) return;
    std::swap(positions, columns);
    position = 1;
  }
};

template <class Use>
void copy_row(const float* from, std::int64_t count, float* to, const Use& use) {
  for (std::int64_t c = 0; c < count; ++c) to[c] = use(to[c], from[c]);
}

float replaced(float, float x) { return x; }
float added(float sum, float x) { return sum + x; }

}  // namespace

// change(words, first element, x, count, y) for pieces of rows; words[i] is that of element
// first + i, in blocks of four that begin at multiples of four.
template <class Change>
void CpuNetwork::change_rows(core::ConstFeatureMap x, const core::Perturb& perturb,
                             core::FeatureMap y, const Change& change) {
  const std::int64_t rows = x.values.rows, columns = x.features();
  if (rows == 0 || columns == 0) return;
  const std::int64_t together = std::max<std::int64_t>(numbers_a_task / columns, 1);
  const auto [step, use, model] = stream_of(perturb);
  const std::uint32_t counter[3] = {step, use, model};
  each(double(rows) * double(columns), (rows + together - 1) / together, [&](std::int64_t task) {
    const std::int64_t begin = task * together, end = std::min(rows, begin + together);
    const std::int64_t first_block = begin * columns / 4;
    const std::int64_t blocks = (end * columns + 3) / 4 - first_block;
    std::vector<std::uint32_t> words(std::size_t(4 * blocks));
    kernels_.draw(perturb.seed, std::uint32_t(first_block), blocks, counter, words.data());
    for (std::int64_t row = begin; row < end; ++row)
      change(words.data() + (row * columns - 4 * first_block), row * columns,
             x.values.data + row * x.values.stride, columns, y.values.data + row * y.values.stride);
  });
}

void CpuNetwork::scale(core::ConstFeatureMap x, const core::Perturb& perturb, core::FeatureMap y) {
  const float share = perturb.amount;
  if (perturb.kind == Perturbation::dropout) {
    const std::uint32_t threshold = formulas::threshold_of(share);
    change_rows(x, perturb, y,
                [&](const std::uint32_t* words, std::int64_t, const float* from, std::int64_t count,
                    float* to) {
                  kernels_.drop(words, threshold, 1.0f / (1.0f - share), from, count, to);
                });
    return;
  }
  const float deviation = std::sqrt(share / (1.0f - share));
  change_rows(x, perturb, y,
              [&](const std::uint32_t* words, std::int64_t first, const float* from,
                  std::int64_t count, float* to) {
                each_normal(words, first, count, [&](std::int64_t c, float normal) {
                  to[c] = from[c] * std::fma(deviation, normal, 1.0f);
                });
              });
}

void CpuNetwork::add_noise(core::ConstFeatureMap x, const core::Perturb& perturb,
                           core::FeatureMap y) {
  if (perturb.kind == Perturbation::gaussian_noise) {
    change_rows(x, perturb, y,
                [&](const std::uint32_t* words, std::int64_t first, const float* from,
                    std::int64_t count, float* to) {
                  each_normal(words, first, count, [&](std::int64_t c, float normal) {
                    to[c] = std::fma(perturb.amount, normal, from[c]);
                  });
                });
    return;
  }
  const formulas::PoissonTable table = formulas::poisson_table(double(perturb.amount));
  change_rows(
      x, perturb, y,
      [&](const std::uint32_t* words, std::int64_t, const float* from, std::int64_t count,
          float* to) { kernels_.add_poisson(words, table, perturb.scale, from, count, to); });
}

void CpuNetwork::translate(core::ConstFeatureMap x, const core::Perturb& perturb,
                           core::FeatureMap y) {
  const Movable from(x.values, x.positions), to(y.values, y.positions);
  const std::int64_t moved = std::int64_t(perturb.amount);
  const bool left = moves_left(perturb);
  each(double(x.values.rows) * double(x.features()), from.samples, [&](std::int64_t sample) {
    for (std::int64_t p = 0; p < to.positions; ++p) {
      const std::int64_t source = left ? p + moved : p - moved;
      copy_row(x.values.data + sample * from.sample +
                   (source >= 0 && source < from.positions ? source : p) * from.position,
               from.columns, y.values.data + sample * to.sample + p * to.position, replaced);
    }
  });
}

void CpuNetwork::translate_back(core::ConstFeatureMap dy, const core::Perturb& perturb,
                                core::FeatureMap dx) {
  const Movable from(dy.values, dy.positions), to(dx.values, dx.positions);
  const std::int64_t moved = std::int64_t(perturb.amount);
  const bool left = moves_left(perturb);
  each(double(dy.values.rows) * double(dy.features()), from.samples, [&](std::int64_t sample) {
    float* const sums = dx.values.data + sample * to.sample;
    for (std::int64_t p = 0; p < to.positions; ++p)
      std::fill_n(sums + p * to.position, to.columns, 0.0f);
    for (std::int64_t p = 0; p < to.positions; ++p) {
      const std::int64_t source = left ? p + moved : p - moved;
      copy_row(dy.values.data + sample * from.sample + p * from.position, from.columns,
               sums + (source >= 0 && source < to.positions ? source : p) * to.position, added);
    }
  });
}

void CpuNetwork::perturb_forward(core::ConstFeatureMap x, const core::Perturb& perturb,
                                 core::FeatureMap y) {
  assert(x.values.rows == y.values.rows && x.features() == y.features());
  switch (perturb.kind) {
    case Perturbation::dropout:
    case Perturbation::gaussian_dropout:
      return scale(x, perturb, y);
    case Perturbation::gaussian_noise:
    case Perturbation::poisson_noise:
      return add_noise(x, perturb, y);
    case Perturbation::translation:
      return translate(x, perturb, y);
  }
}

void CpuNetwork::perturb_backward(core::ConstFeatureMap dy, const core::Perturb& perturb,
                                  core::FeatureMap dx) {
  assert(dx.values.rows == dy.values.rows && dx.features() == dy.features());
  switch (perturb.kind) {
    case Perturbation::dropout:
    case Perturbation::gaussian_dropout:
      return scale(dy, perturb, dx);
    case Perturbation::gaussian_noise:
    case Perturbation::poisson_noise:
      if (dx.values.data == dy.values.data) return;
      for (std::int64_t row = 0; row < dy.values.rows; ++row)
        std::copy_n(dy.values.data + row * dy.values.stride, dy.features(),
                    dx.values.data + row * dx.values.stride);
      return;
    case Perturbation::translation:
      return translate_back(dy, perturb, dx);
  }
}

}  // namespace whiteline::cpu
