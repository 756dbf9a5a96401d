#include "support.hpp"

#include <fmt/format.h>

#include <random>
#include <vector>

namespace whiteline::bench {

namespace {

std::vector<std::function<void(const Context&)>>& registered() {
  static std::vector<std::function<void(const Context&)>> all;
  return all;
}

benchmark::Counter rate(double each) {
  return benchmark::Counter(each, benchmark::Counter::kIsIterationInvariantRate);
}

}  // namespace

Cases::Cases(std::function<void(const Context&)> add) { registered().push_back(std::move(add)); }

void Cases::add_all(const Context& ctx) {
  for (const auto& add : registered()) add(ctx);
}

std::string device_name(const Context& ctx) {
  const std::string& name = ctx.device().name;
  return name.substr(0, name.find(':'));
}

void add(const std::string& what, const Context& ctx, const std::string& size,
         std::function<void(benchmark::State&)> body) {
  const std::string name = fmt::format("{}/{}/{}", what, device_name(ctx), size);
  auto* const registered = benchmark::RegisterBenchmark(name.c_str(), std::move(body));
  registered->Unit(benchmark::kMillisecond);
  if (device_name(ctx) != "cpu" || ctx.threads() > 1) registered->UseRealTime();
}

void count_flops(benchmark::State& state, const Context& ctx, double flops) {
  state.counters["flop/s"] = rate(flops);
  if (device_name(ctx) == "cpu")
    state.counters["of_peak"] = rate(flops / (fma_peak() * double(ctx.threads())));
}

void count_bytes(benchmark::State& state, double bytes) { state.counters["bytes/s"] = rate(bytes); }

void count_spectra(benchmark::State& state, double spectra) {
  state.counters["spectra/s"] = rate(spectra);
}

Matrix random_matrix(const Context& ctx, std::int64_t rows, std::int64_t cols, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(0.5f, 0.2f);
  std::vector<float> values(static_cast<std::size_t>(rows * cols));
  for (float& value : values) value = normal(random);
  return Matrix::from_host(ctx, HostView(values.data(), rows, cols));
}

}  // namespace whiteline::bench
