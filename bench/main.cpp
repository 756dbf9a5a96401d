// whiteline_bench [--device=cpu|cuda|emu|all] [--threads=N] and the options of Google Benchmark.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <charconv>
#include <string_view>
#include <vector>

#include "support.hpp"

namespace {

struct Options {
  std::string_view device = "all";
  int threads = 0;
};

// Takes our own options out of the command line.
Options take_options(int& argc, char** argv) {
  Options options;
  int kept = 1;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word.starts_with("--device="))
      options.device = word.substr(9);
    else if (word.starts_with("--threads="))
      std::from_chars(word.data() + 10, word.data() + word.size(), options.threads);
    else
      argv[kept++] = argv[i];
  }
  argc = kept;
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const Options options = take_options(argc, argv);
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    std::vector<whiteline::Context> contexts;
    for (const std::string_view device : {"cpu", "cuda", "emu"}) {
      if (options.device != device && (options.device != "all" || device == "emu")) continue;
      try {
        contexts.emplace_back(device, whiteline::ContextOptions{.threads = options.threads});
        benchmark::AddCustomContext(std::string(device), contexts.back().device().description);
      } catch (const whiteline::DeviceUnavailable& error) {
        if (options.device != "all") throw;
        benchmark::AddCustomContext(std::string(device), error.what());
      }
    }
    for (const whiteline::Context& ctx : contexts) {
      if (ctx.device().name == "cpu")
        benchmark::AddCustomContext("fma_peak", fmt::format("{:.1f} Gflop/s a thread",
                                                            whiteline::bench::fma_peak() * 1e-9));
      whiteline::bench::Cases::add_all(ctx);
    }
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
  } catch (const whiteline::Error& error) {
    fmt::print(stderr, "whiteline_bench: {}\n", error.what());
    return 1;
  }
}
