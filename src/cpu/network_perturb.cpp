#include <algorithm>
#include <cassert>
#include <cmath>
#include <vector>

#include "cpu/network.hpp"
#include "formulas/translation.hpp"

namespace whiteline::cpu {

formulas::PhiloxWords words_for_all(const core::Perturb& perturb, std::uint32_t layer) {
  return formulas::philox_block(perturb.seed, 0, perturb.state.data->step, layer, perturb.purpose,
                                perturb.model);
}

namespace {

using core::Perturbation;

constexpr std::int64_t numbers_a_task = 4096;

formulas::Translation translation_of(const core::Perturb& perturb) {
  const formulas::PhiloxWords words = words_for_all(perturb, perturb.layer);
  return perturb.kind == Perturbation::translation
             ? formulas::translation(words, std::int64_t(perturb.amount))
             : formulas::random_translation(words, std::uint32_t(perturb.amount));
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

// change(numbers, x, count, y) for pieces of rows; numbers[i], by `draw`, is that of element i of
// the piece.
template <class Number, class Draw, class Change>
void CpuNetwork::change_rows(core::ConstFeatureMap x, const core::Perturb& perturb,
                             core::FeatureMap y, const Draw& draw, const Change& change) {
  const std::int64_t rows = x.values.rows / perturb.minibatches, columns = x.features();
  if (rows == 0 || columns == 0) return;
  const std::int64_t together = std::max<std::int64_t>(numbers_a_task / columns, 1);
  const std::int64_t pieces = (rows + together - 1) / together;
  each(double(x.values.rows) * double(columns), perturb.minibatches * pieces,
       [&](std::int64_t task) {
         const std::int64_t begin = task % pieces * together,
                            end = std::min(rows, begin + together);
         const std::int64_t first_block = begin * columns / 4;
         const std::int64_t blocks = (end * columns + 3) / 4 - first_block;
         const std::uint32_t counter[3] = {
             perturb.state.data->step, stream_word(perturb, first_attempt(perturb, task / pieces)),
             perturb.model};
         std::vector<Number> numbers(std::size_t(4 * blocks));
         draw(perturb.seed, std::uint32_t(first_block), blocks, counter, numbers.data());
         for (std::int64_t row = begin; row < end; ++row) {
           const std::int64_t place = task / pieces * rows + row;
           change(numbers.data() + (row * columns - 4 * first_block),
                  x.values.data + place * x.values.stride, columns,
                  y.values.data + place * y.values.stride);
         }
       });
}

void CpuNetwork::scale(core::ConstFeatureMap x, const core::Perturb& perturb, core::FeatureMap y) {
  const float share = perturb.amount;
  if (perturb.kind == Perturbation::dropout) {
    const std::uint32_t threshold = formulas::threshold_of(share);
    return change_rows<std::uint32_t>(
        x, perturb, y, kernels_.draw,
        [&](const std::uint32_t* words, const float* from, std::int64_t count, float* to) {
          kernels_.drop(words, threshold, 1.0f / (1.0f - share), from, count, to);
        });
  }
  const float deviation = std::sqrt(share / (1.0f - share));
  change_rows<float>(x, perturb, y, kernels_.draw_normals,
                     [&](const float* normals, const float* from, std::int64_t count, float* to) {
                       kernels_.scale_around_one(normals, deviation, from, count, to);
                     });
}

void CpuNetwork::add_noise(core::ConstFeatureMap x, const core::Perturb& perturb,
                           core::FeatureMap y) {
  if (perturb.kind == Perturbation::gaussian_noise)
    return change_rows<float>(
        x, perturb, y, kernels_.draw_normals,
        [&](const float* normals, const float* from, std::int64_t count, float* to) {
          kernels_.add_scaled(normals, perturb.amount, from, count, to);
        });
  const formulas::PoissonTable table = formulas::poisson_table(double(perturb.amount));
  change_rows<std::uint32_t>(
      x, perturb, y, kernels_.draw,
      [&](const std::uint32_t* words, const float* from, std::int64_t count, float* to) {
        kernels_.add_poisson(words, table, perturb.scale, from, count, to);
      });
}

void CpuNetwork::translate(core::ConstFeatureMap x, const core::Perturb& perturb,
                           core::FeatureMap y) {
  const Movable from(x.values, x.positions), to(y.values, y.positions);
  const formulas::Translation moved = translation_of(perturb);
  each(double(x.values.rows) * double(x.features()), from.samples, [&](std::int64_t sample) {
    for (std::int64_t p = 0; p < to.positions; ++p) {
      copy_row(
          x.values.data + sample * from.sample + moved.source(p, from.positions) * from.position,
          from.columns, y.values.data + sample * to.sample + p * to.position, replaced);
    }
  });
}

void CpuNetwork::translate_back(core::ConstFeatureMap dy, const core::Perturb& perturb,
                                core::FeatureMap dx) {
  const Movable from(dy.values, dy.positions), to(dx.values, dx.positions);
  const formulas::Translation moved = translation_of(perturb);
  each(double(dy.values.rows) * double(dy.features()), from.samples, [&](std::int64_t sample) {
    float* const sums = dx.values.data + sample * to.sample;
    for (std::int64_t p = 0; p < to.positions; ++p)
      std::fill_n(sums + p * to.position, to.columns, 0.0f);
    for (std::int64_t p = 0; p < to.positions; ++p) {
      copy_row(dy.values.data + sample * from.sample + p * from.position, from.columns,
               sums + moved.source(p, to.positions) * to.position, added);
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
    case Perturbation::random_translation:
      return translate(x, perturb, y);
    case Perturbation::shot_noise:
      return add_shot_noise(x.values, perturb, y.values);
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
    case Perturbation::shot_noise:
      if (dx.values.data == dy.values.data) return;
      for (std::int64_t row = 0; row < dy.values.rows; ++row)
        std::copy_n(dy.values.data + row * dy.values.stride, dy.features(),
                    dx.values.data + row * dx.values.stride);
      return;
    case Perturbation::translation:
    case Perturbation::random_translation:
      return translate_back(dy, perturb, dx);
  }
}

}  // namespace whiteline::cpu
