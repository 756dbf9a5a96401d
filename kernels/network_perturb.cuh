// Random numbers on features (core/ops/network.hpp). The same draws as on a CPU: element
// row * columns + column takes its word of its block of four.
#pragma once

#include "formulas/normal.hpp"
#include "formulas/poisson.hpp"
#include "formulas/translation.hpp"
#include "network_columns.cuh"

namespace whiteline::kernels {

constexpr int perturb_threads = 128;  // a block, each a block of four words

// core::Perturb, on minibatches of so many rows.
struct Draw {
  std::uint64_t seed;
  formulas::Purpose purpose;
  std::uint32_t layer, model;
  const std::uint32_t* step;
  std::uint32_t first_attempt;
  std::int64_t minibatch_rows;

  __device__ std::uint32_t attempt(std::int64_t minibatch) const {
    return first_attempt + 128u * std::uint32_t(minibatch);
  }
  __device__ formulas::PhiloxWords words(std::uint32_t block, std::int64_t minibatch) const {
    return formulas::philox_block(seed, block, *step, layer, purpose, model, attempt(minibatch));
  }
  __device__ formulas::PhiloxWords words_for_all(std::uint32_t of_layer) const {
    return formulas::philox_block(seed, 0, *step, of_layer, purpose, model);
  }
};

// change(x, words, place in them).
struct Drop {
  std::uint32_t threshold;
  float scale;
  __device__ float operator()(float x, const formulas::PhiloxWords& words, int i) const {
    return words.word[i] < threshold ? 0.0f : x * scale;
  }
};
struct TimesNormal {
  float deviation;
  __device__ float operator()(float x, const formulas::PhiloxWords& words, int i) const {
    return x * fmaf(deviation, formulas::normal(words, std::uint32_t(i)), 1.0f);
  }
};
struct AddNormal {
  float amount;
  __device__ float operator()(float x, const formulas::PhiloxWords& words, int i) const {
    return fmaf(amount, formulas::normal(words, std::uint32_t(i)), x);
  }
};
struct AddPoisson {
  formulas::PoissonTable table;
  float scale;
  __device__ float operator()(float x, const formulas::PhiloxWords& words, int i) const {
    return fmaf(scale, float(formulas::poisson(table, words.word[i])), x);
  }
};

// A thread a block of four elements; blockIdx.y: the minibatch.
template <class Change>
__global__ void change_elements(Change change, Draw draw, Table<const float> x, Table<float> y) {
  const std::int64_t block = std::int64_t(blockIdx.x) * blockDim.x + threadIdx.x;
  const std::int64_t first = 4 * block, count = draw.minibatch_rows * x.cols;
  if (first >= count) return;
  const formulas::PhiloxWords words = draw.words(std::uint32_t(block), blockIdx.y);
  std::int64_t row = first / x.cols, column = first - row * x.cols;
  row += std::int64_t(blockIdx.y) * draw.minibatch_rows;
#pragma unroll
  for (int i = 0; i < 4; ++i) {
    if (first + i >= count) return;
    y.row(row)[column] = change(x.row(row)[column], words, i);
    if (++column < x.cols) continue;
    column = 0;
    ++row;
  }
}

// `quality` counts make 1, but for what a step draws for all.
struct AddShotNoise {
  Draw draw;
  double quality;
  Table<const float> x;
  Table<float> y;

  __device__ void operator()(std::int64_t row, std::int64_t column) const {
    const double own_quality = formulas::shot_quality(quality, draw.words_for_all(0).word[0]);
    const std::int64_t minibatch = row / draw.minibatch_rows;
    const std::int64_t element = (row - minibatch * draw.minibatch_rows) * x.cols + column;
    const float value = x.row(row)[column];
    const double rate = formulas::shot_rate(value, own_quality);
    const std::int64_t counts =
        formulas::poisson(rate, draw.seed, std::uint32_t(element), *draw.step, draw.layer,
                          draw.purpose, draw.model, draw.attempt(minibatch));
    y.row(row)[column] = formulas::with_shot_noise(value, own_quality, rate, counts);
  }
};

// What moves: columns, or the positions of each sample.
struct MovedPlaces {
  Draw draw;
  bool columns, random;
  std::int64_t places, amount;

  __device__ formulas::Translation translation() const {
    const formulas::PhiloxWords words = draw.words_for_all(draw.layer);
    return random ? formulas::random_translation(words, std::uint32_t(amount))
                  : formulas::translation(words, amount);
  }
  __device__ std::int64_t place(std::int64_t row, std::int64_t column) const {
    return columns ? column : row % places;
  }
  // Element (row, column) moved to place p.
  template <class T>
  __device__ T& at(const Table<T>& table, std::int64_t row, std::int64_t column,
                   std::int64_t p) const {
    return columns ? table.row(row)[p] : table.row(row - row % places + p)[column];
  }
};

struct Translate {
  MovedPlaces moved;
  Table<const float> x;
  Table<float> y;

  __device__ void operator()(std::int64_t row, std::int64_t column) const {
    const std::int64_t from = moved.translation().source(moved.place(row, column), moved.places);
    y.row(row)[column] = moved.at(x, row, column, from);
  }
};

// The adjoint: what the places taken from here give back, in ascending order.
struct TranslateBack {
  MovedPlaces moved;
  Table<const float> dy;
  Table<float> dx;

  __device__ void operator()(std::int64_t row, std::int64_t column) const {
    const formulas::Translation translation = moved.translation();
    const std::int64_t here = moved.place(row, column);
    const std::int64_t taker = translation.left ? here - translation.by : here + translation.by;
    const std::int64_t takers[2] = {here < taker ? here : taker, here < taker ? taker : here};
    float sum = 0.0f;
    for (int i = translation.by == 0 ? 1 : 0; i < 2; ++i) {
      const std::int64_t p = takers[i];
      if (p >= 0 && p < moved.places && translation.source(p, moved.places) == here)
        sum += moved.at(dy, row, column, p);
    }
    dx.row(row)[column] = sum;
  }
};

struct CopyElements {
  Table<const float> from;
  Table<float> to;
  __device__ void operator()(std::int64_t row, std::int64_t column) const {
    to.row(row)[column] = from.row(row)[column];
  }
};

}  // namespace whiteline::kernels
