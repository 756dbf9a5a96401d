// Decisions of one-vs-one classifiers, and the latency of one spectrum.
#include <fmt/format.h>
#include <whiteline/svm.hpp>

#include <algorithm>
#include <chrono>
#include <numeric>
#include <optional>
#include <vector>

#include "core/ops/ops.hpp"
#include "support.hpp"

namespace whiteline::bench {
namespace {

constexpr std::int64_t channels = 700, classes = 5, pairs = 10;

// A model of random numbers: what it says means nothing, what it costs does.
SvmModel random_model(const Kernel& kernel, std::int64_t support, std::int64_t length) {
  SvmModel model;
  model.kernel = kernel;
  model.channels = length;
  for (std::int32_t c = 0; c < classes; ++c) {
    model.classes.push_back(c);
    model.class_names.push_back(fmt::format("{}", c));
  }
  const Context ctx("cpu");
  model.support_vectors.resize(std::size_t(support * length));
  random_matrix(ctx, support, length, 3).copy_to(model.support_vectors);
  std::vector<float> weights(std::size_t(pairs * support));
  random_matrix(ctx, pairs, support, 4).copy_to(weights);
  model.coefficients.assign(weights.begin(), weights.end());
  model.rho.assign(pairs, 0.1);
  model.platt.assign(pairs, {-1.0, 0.0});
  model.mean.assign(std::size_t(length), 0.5f);
  return model;
}

void add_decisions(const Context& ctx, const Kernel& kernel, std::int64_t support,
                   std::int64_t rows) {
  const bool primal = kernel.type == KernelType::linear || kernel.type == KernelType::cosine;
  add(fmt::format("decide_{}", name(kernel.type)), ctx,
      primal ? fmt::format("{}x{}", rows, channels) : fmt::format("{}x{}sv", rows, support),
      [=, &ctx](benchmark::State& state) {
        SvmPredictor predictor(ctx, random_model(kernel, support, channels));
        const Matrix x = random_matrix(ctx, rows, channels, 1);
        SvmPrediction out;
        time(state, ctx, [&] { predictor.predict(x, out); });
        count_spectra(state, double(rows));
        if (primal)
          count_bytes(state, double(rows * channels) * sizeof(float));
        else
          count_flops(state, ctx, 2.0 * double(rows) * double(support) * double(channels + pairs));
      });
}

// One spectrum from host memory to label and probabilities, call after call.
void add_latency(const Context& ctx) {
  constexpr std::int64_t support = 500, length = 2048;
  add("classify_one_spectrum", ctx, fmt::format("{}x{}sv", length, support),
      [=, &ctx](benchmark::State& state) {
        using Clock = std::chrono::steady_clock;
        SvmPredictor predictor(ctx, random_model(rbf(0.01), support, length),
                               {.probability = true});
        std::vector<float> spectrum(length);
        std::iota(spectrum.begin(), spectrum.end(), 0.0f);
        SvmPrediction out;
        std::vector<double> milliseconds;
        for (auto _ : state) {
          const auto begin = Clock::now();
          predictor.classify({spectrum.data(), 1, length}, std::nullopt, out);
          milliseconds.push_back(
              std::chrono::duration<double, std::milli>(Clock::now() - begin).count());
        }
        std::sort(milliseconds.begin(), milliseconds.end());
        const auto quantile = [&](double q) {
          return milliseconds[std::size_t(q * double(milliseconds.size() - 1))];
        };
        state.counters["p50_ms"] = quantile(0.5);
        state.counters["p99_ms"] = quantile(0.99);
      });
}

const Cases decisions([](const Context& ctx) {
  if (!ctx.queue().ops().svm_predict) return;
  for (const Kernel& kernel : {linear(), cosine()}) {
    add_decisions(ctx, kernel, 100, 512);
    add_decisions(ctx, kernel, 100, 100'000);
  }
  for (const Kernel& kernel : {rbf(0.01), sigmoid(0.001, 0.1), polynomial(3, 0.001, 1.0)})
    add_decisions(ctx, kernel, 1514, 2000);
  add_latency(ctx);
});

}  // namespace
}  // namespace whiteline::bench
