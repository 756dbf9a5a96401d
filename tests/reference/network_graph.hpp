// Networks by their definitions, in double or recorded (tape.hpp). Of the library it knows only the
// description of a network.
#pragma once

#include <whiteline/nn/network.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <vector>

#include "reference/tape.hpp"

namespace whiteline::test::reference {

template <class T>
T activated(nn::Activation activation, const T& x) {
  using std::exp, std::tanh;
  constexpr double alpha = 1.6732632423543772, scale = 1.0507009873554805;
  const bool positive = value_of(x) > 0.0;
  switch (activation) {
    case nn::Activation::relu:
      return positive ? x : T(0.0);
    case nn::Activation::sigmoid:
      return T(1.0) / (T(1.0) + exp(T(0.0) - x));
    case nn::Activation::tanh:
      return tanh(x);
    case nn::Activation::elu:
      return positive ? x : exp(x) - T(1.0);
    case nn::Activation::selu:
      return positive ? T(scale) * x : T(scale * alpha) * (exp(x) - T(1.0));
    case nn::Activation::exponential:
      return exp(x);
    case nn::Activation::leaky_relu:
      return positive ? x : T(0.3) * x;
    case nn::Activation::linear:
      break;
  }
  return x;
}

// What node `node` draws for element `element` of its output: a dropout's factor, what a noise
// adds; for a translation below 0 where the batch moves towards position 0.
using LayerDraw = std::function<double(std::int32_t node, std::int64_t element)>;

// One pass forward of a batch. Numbers of a node: ((sample * positions) + position) * features +
// feature.
template <class T>
class NetworkGraph {
 public:
  // One table a parameter of the network.
  NetworkGraph(const nn::Network& network, std::vector<std::vector<T>> parameters)
      : network_(network), parameters_(std::move(parameters)) {}

  // Logits of `samples` spectra. In training, moving() follows the batch.
  std::vector<T> forward(const std::vector<T>& x, std::int64_t samples, bool training,
                         const LayerDraw& draw = {}) {
    samples_ = samples;
    training_ = training;
    draw_ = draw;
    moving_.clear();
    values_.assign(1, x);
    for (std::int32_t n = 1; n <= network_.last(); ++n) {
      n_ = n;
      values_.push_back(std::visit([&](const auto& layer) { return run(layer); },
                                   network_.nodes()[std::size_t(n)].layer));
    }
    return values_.back();
  }

  // Number of a parameter and what its numbers became.
  const std::vector<std::pair<std::size_t, std::vector<double>>>& moving() const { return moving_; }

 private:
  using Values = std::vector<T>;

  const nn::Node& node(std::int32_t n) const { return network_.nodes()[std::size_t(n)]; }
  std::int32_t source(std::size_t slot = 0) const { return node(n_).inputs[slot]; }
  const Values& in(std::size_t slot = 0) const { return values_[std::size_t(source(slot))]; }
  nn::Shape in_shape(std::size_t slot = 0) const { return node(source(slot)).shape; }
  nn::Shape out_shape() const { return node(n_).shape; }
  Values blank() const { return Values(std::size_t(samples_ * out_shape().size())); }

  std::size_t parameter(nn::ParameterRole role) const {
    const auto& all = network_.parameters();
    for (std::size_t p = 0; p < all.size(); ++p)
      if (all[p].node == n_ && all[p].role == role) return p;
    return all.size();
  }
  const Values* table(nn::ParameterRole role) const {
    const std::size_t p = parameter(role);
    return p < parameters_.size() ? &parameters_[p] : nullptr;
  }

  Values run(const nn::Input&) { return {}; }

  Values run(const nn::Dense& dense) { return windows(dense.activation, 1, 1, 0, dense.units); }
  Values run(const nn::Conv1D& conv) {
    const std::int64_t T_in = in_shape().positions, T_out = out_shape().positions;
    const std::int64_t pad =
        conv.padding == nn::Padding::valid
            ? 0
            : std::max<std::int64_t>((T_out - 1) * conv.stride + conv.width - T_in, 0);
    return windows(conv.activation, conv.width, conv.stride, pad / 2, conv.filters);
  }
  // A dense layer is a convolution of width 1.
  Values windows(nn::Activation activation, std::int64_t width, std::int64_t stride,
                 std::int64_t left, std::int64_t units) {
    const Values &x = in(), &weights = *table(nn::ParameterRole::weights);
    const Values* bias = table(nn::ParameterRole::bias);
    const std::int64_t T_in = in_shape().positions, C = in_shape().features;
    Values y = blank();
    for (std::int64_t b = 0; b < samples_; ++b)
      for (std::int64_t t = 0; t < out_shape().positions; ++t)
        for (std::int64_t u = 0; u < units; ++u) {
          T sum = bias ? (*bias)[std::size_t(u)] : T(0.0);
          for (std::int64_t k = 0; k < width; ++k) {
            const std::int64_t from = t * stride + k - left;
            if (from < 0 || from >= T_in) continue;
            for (std::int64_t c = 0; c < C; ++c)
              sum += x[std::size_t((b * T_in + from) * C + c)] *
                     weights[std::size_t((k * C + c) * units + u)];
          }
          y[std::size_t((b * out_shape().positions + t) * units + u)] = activated(activation, sum);
        }
    return y;
  }

  Values run(const nn::Norm& norm) {
    const std::int64_t F = in_shape().features, rows = samples_ * in_shape().positions;
    const bool by_batch = norm.kind == nn::NormKind::batch;
    const Values &x = in(), &gamma = *table(nn::ParameterRole::gamma),
                 &beta = *table(nn::ParameterRole::beta);
    Values y = blank();
    std::vector<double> means, variances;
    for (std::int64_t group = 0; group < (by_batch ? F : rows); ++group) {
      const std::int64_t count = by_batch ? rows : F;
      const auto at = [&](std::int64_t i) {
        return std::size_t(by_batch ? i * F + group : group * F + i);
      };
      T mean = 0.0, variance = 0.0;
      if (by_batch && !training_) {
        mean = (*table(nn::ParameterRole::moving_mean))[std::size_t(group)];
        variance = (*table(nn::ParameterRole::moving_variance))[std::size_t(group)];
      } else {
        for (std::int64_t i = 0; i < count; ++i) mean += x[at(i)];
        mean = mean / T(double(count));
        for (std::int64_t i = 0; i < count; ++i) variance += (x[at(i)] - mean) * (x[at(i)] - mean);
        variance = variance / T(double(count));
      }
      using std::sqrt;
      const T scale = T(1.0) / sqrt(variance + T(1e-3));
      for (std::int64_t i = 0; i < count; ++i) {
        const auto f = std::size_t(by_batch ? group : i);
        y[at(i)] = activated(norm.activation, gamma[f] * ((x[at(i)] - mean) * scale) + beta[f]);
      }
      means.push_back(value_of(mean));
      variances.push_back(value_of(variance));
    }
    if (by_batch && training_) {
      follow(nn::ParameterRole::moving_mean, means);
      follow(nn::ParameterRole::moving_variance, variances);
    }
    return y;
  }
  void follow(nn::ParameterRole role, std::vector<double> batch) {
    const std::size_t p = parameter(role);
    for (std::size_t f = 0; f < batch.size(); ++f)
      batch[f] = 0.99 * value_of(parameters_[p][f]) + 0.01 * batch[f];
    moving_.emplace_back(p, std::move(batch));
  }

  Values run(const nn::Pool& pool) {
    const std::int64_t T_in = in_shape().positions, T_out = out_shape().positions;
    const std::int64_t pad =
        pool.padding == nn::Padding::valid
            ? 0
            : std::max<std::int64_t>((T_out - 1) * pool.stride + pool.size - T_in, 0);
    return pooled(pool.kind == nn::PoolKind::max, pool.size, pool.stride, pad / 2);
  }
  Values run(const nn::GlobalAverage&) {
    return pooled(false, in_shape().positions, in_shape().positions, 0);
  }
  Values pooled(bool largest, std::int64_t size, std::int64_t stride, std::int64_t left) {
    const std::int64_t T_in = in_shape().positions, F = in_shape().features;
    Values y = blank();
    for (std::int64_t b = 0; b < samples_; ++b)
      for (std::int64_t t = 0; t < out_shape().positions; ++t)
        for (std::int64_t f = 0; f < F; ++f) {
          const auto x = [&](std::int64_t at) -> const T& {
            return in()[std::size_t((b * T_in + at) * F + f)];
          };
          const std::int64_t begin = std::max<std::int64_t>(t * stride - left, 0),
                             end = std::min(t * stride - left + size, T_in);
          T result = largest ? x(begin) : T(0.0);
          for (std::int64_t at = begin; at < end; ++at) {
            if (!largest)
              result += x(at);
            else if (value_of(x(at)) > value_of(result))
              result = x(at);
          }
          if (!largest) result = result / T(double(size));
          y[std::size_t((b * out_shape().positions + t) * F + f)] = result;
        }
    return y;
  }

  Values run(const nn::Flatten&) { return in(); }
  Values run(const nn::Unflatten&) { return in(); }

  Values run(const nn::Concat&) {
    Values y = blank();
    std::int64_t first = 0;
    for (std::size_t slot = 0; slot < node(n_).inputs.size(); ++slot) {
      const std::int64_t F = in_shape(slot).features;
      for (std::int64_t row = 0; row < samples_ * out_shape().positions; ++row)
        for (std::int64_t f = 0; f < F; ++f)
          y[std::size_t(row * out_shape().features + first + f)] =
              in(slot)[std::size_t(row * F + f)];
      first += F;
    }
    return y;
  }

  Values run(const nn::Add& add) {
    Values y = blank();
    for (std::size_t i = 0; i < y.size(); ++i)
      y[i] = activated(add.activation, in(0)[i] + in(1)[i]);
    return y;
  }

  Values run(const nn::Dropout&) {
    Values y = in();
    if (training_)
      for (std::size_t i = 0; i < y.size(); ++i) y[i] = y[i] * T(draw_(n_, std::int64_t(i)));
    return y;
  }

  Values run(const nn::GaussianNoise&) { return noisy(); }
  Values run(const nn::PoissonNoise&) { return noisy(); }
  Values noisy() {
    Values y = in();
    if (training_)
      for (std::size_t i = 0; i < y.size(); ++i) y[i] = y[i] + T(draw_(n_, std::int64_t(i)));
    return y;
  }

  Values run(const nn::Translation& translation) {
    if (!training_) return in();
    const bool features_move = in_shape().positions == 1;
    const std::int64_t size = features_move ? in_shape().features : in_shape().positions;
    const std::int64_t F = features_move ? 1 : in_shape().features;
    const std::int64_t by = draw_(n_, 0) < 0.0 ? translation.count : -translation.count;
    Values y = blank();
    for (std::int64_t b = 0; b < samples_; ++b)
      for (std::int64_t i = 0; i < size; ++i)
        for (std::int64_t f = 0; f < F; ++f) {
          const std::int64_t from = i + by >= 0 && i + by < size ? i + by : i;
          y[std::size_t((b * size + i) * F + f)] = in()[std::size_t((b * size + from) * F + f)];
        }
    return y;
  }

  Values run(const nn::Crop& crop) {
    const std::int64_t whole = in_shape().size(), kept = crop.positions * in_shape().features;
    Values y;
    for (std::int64_t b = 0; b < samples_; ++b)
      y.insert(y.end(), in().begin() + b * whole, in().begin() + b * whole + kept);
    return y;
  }

  // The sum of the gradient's definition: each input position adds to those that its window covers.
  Values run(const nn::Conv1DTranspose& conv) {
    const std::int64_t T_in = in_shape().positions, T_out = out_shape().positions;
    const std::int64_t C = in_shape().features, F = conv.filters;
    const std::int64_t left =
        std::max<std::int64_t>((T_in - 1) * conv.stride + conv.width - T_out, 0) / 2;
    const Values &x = in(), &weights = *table(nn::ParameterRole::weights);
    const Values* bias = table(nn::ParameterRole::bias);
    Values y = blank();
    for (std::int64_t b = 0; b < samples_; ++b)
      for (std::int64_t f = 0; f < F; ++f) {
        for (std::int64_t t = 0; t < T_in; ++t)
          for (std::int64_t k = 0; k < conv.width; ++k) {
            const std::int64_t to = t * conv.stride + k - left;
            if (to < 0 || to >= T_out) continue;
            for (std::int64_t c = 0; c < C; ++c)
              y[std::size_t((b * T_out + to) * F + f)] += x[std::size_t((b * T_in + t) * C + c)] *
                                                          weights[std::size_t((k * F + f) * C + c)];
          }
        for (std::int64_t t = 0; t < T_out; ++t) {
          T& value = y[std::size_t((b * T_out + t) * F + f)];
          value = activated(conv.activation, bias ? value + (*bias)[std::size_t(f)] : value);
        }
      }
    return y;
  }

  Values run(const nn::MinibatchDiscrimination& minibatch) {
    using std::exp;
    const std::int64_t K = minibatch.kernels, D = minibatch.depth;
    Values o = blank();
    for (std::int64_t i = 0; i < samples_; ++i)
      for (std::int64_t j = 0; j < samples_; ++j)
        for (std::int64_t k = 0; k < K; ++k) {
          T distance = 0.0;
          for (std::int64_t d = 0; d < D; ++d) {
            const T difference =
                in()[std::size_t((i * K + k) * D + d)] - in()[std::size_t((j * K + k) * D + d)];
            if (value_of(difference) > 0.0) distance += difference;
            if (value_of(difference) < 0.0) distance = distance - difference;
          }
          o[std::size_t(i * K + k)] += exp(T(0.0) - distance);
        }
    return o;
  }

  const nn::Network& network_;
  std::vector<Values> parameters_, values_;
  std::vector<std::pair<std::size_t, std::vector<double>>> moving_;
  LayerDraw draw_;
  std::int64_t samples_ = 0;
  bool training_ = false;
  std::int32_t n_ = 0;
};

// The mean over the batch of each sample's loss times the weight of its class.
template <class T>
T network_loss(nn::Output output, const std::vector<T>& logits,
               const std::vector<std::int32_t>& labels, const std::vector<double>& weights = {}) {
  using std::exp, std::log;
  const std::size_t outputs = logits.size() / labels.size();
  T total = 0.0;
  for (std::size_t b = 0; b < labels.size(); ++b) {
    const T* z = logits.data() + b * outputs;
    const auto label = std::size_t(labels[b]);
    T loss = 0.0;
    if (output == nn::Output::softmax) {
      T sum = 0.0;
      for (std::size_t c = 0; c < outputs; ++c) sum += exp(z[c]);
      loss = log(sum) - z[label];
    } else {
      for (std::size_t c = 0; c < outputs; ++c) {
        const bool target = outputs == 1 ? label == 1 : label == c;
        loss += log(T(1.0) + exp(z[c])) - (target ? z[c] : T(0.0));
      }
      loss = loss / T(double(outputs));
    }
    total += (weights.empty() ? T(1.0) : T(weights[label])) * loss;
  }
  return total / T(double(labels.size()));
}

}  // namespace whiteline::test::reference
