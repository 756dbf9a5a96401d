// What the benchmarks share: cases for every device there is, and rates beside the times.
#pragma once

#include <benchmark/benchmark.h>
#include <whiteline/matrix.hpp>

#include <functional>
#include <string>
#include <utility>

namespace whiteline::bench {

// Registers one device's cases; called for each device after the command line was read:
//   const Cases gemm([](const Context& ctx) { add("gemm", ctx, "512x896x700", body); });
class Cases {
 public:
  explicit Cases(std::function<void(const Context&)> add);
  static void add_all(const Context& ctx);
};

// "cpu" or "cuda": the device without its number.
std::string device_name(const Context& ctx);

// Registers the case `<what>/<device>/<size>`, times in milliseconds. One CPU thread is timed by
// its processor time, which neighbours on the machine disturb less; everything else by the wall
// clock.
void add(const std::string& what, const Context& ctx, const std::string& size,
         std::function<void(benchmark::State&)> body);

// Times `run`, which may only enqueue work; the first call, which warms up, is not counted.
template <class Run>
void time(benchmark::State& state, const Context& ctx, Run&& run) {
  run();
  ctx.synchronize();
  for (auto _ : state) {
    run();
    ctx.synchronize();
  }
}

// What one iteration does; to be called after time(). On the CPU `of_peak` is the share of the
// multiply-adds that as many threads could do: the peak is measured there and then, since clocks of
// a shared machine change from second to second.
void count_flops(benchmark::State& state, const Context& ctx, double flops);
void count_bytes(benchmark::State& state, double bytes);
void count_spectra(benchmark::State& state, double spectra);

// float32 operations a second of one thread that only multiplies and adds in registers: the best of
// 25 bursts, 20 ms in all.
double fma_peak();

// Normal random numbers around 1/2, the same in every run.
Matrix random_matrix(const Context& ctx, std::int64_t rows, std::int64_t cols, unsigned seed);

}  // namespace whiteline::bench
