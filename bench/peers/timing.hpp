// What our sides of the comparisons share: options as words, clocks, one line of JSON.
#pragma once

#include <whiteline/context.hpp>
#include <whiteline/error.hpp>
#include <whiteline/matrix.hpp>

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <ctime>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace whiteline::peers {

using Options = std::map<std::string, std::string, std::less<>>;

// `--name value` pairs from argument `first` on.
inline Options options_of(int argc, char** argv, int first) {
  Options options;
  for (int i = first; i + 1 < argc; i += 2)
    options[std::string(argv[i]).substr(std::string_view(argv[i]).find_first_not_of('-'))] =
        argv[i + 1];
  return options;
}

inline std::string text(const Options& options, std::string_view name, std::string_view otherwise) {
  const auto found = options.find(name);
  return found == options.end() ? std::string(otherwise) : found->second;
}

// Numbers between commas.
inline std::vector<double> numbers(const std::string& words) {
  std::vector<double> all;
  for (const char *at = words.data(), *end = at + words.size(); at < end; ++at) {
    double number = 0.0;
    const auto read = std::from_chars(at, end, number);
    require(read.ec == std::errc() && (read.ptr == end || *read.ptr == ','),
            "cannot time this (an option is no list of numbers) put commas between numbers");
    all.push_back(number);
    at = read.ptr;
  }
  return all;
}

inline double number(const Options& options, std::string_view name, double otherwise) {
  return options.count(std::string(name)) ? numbers(text(options, name, "")).at(0) : otherwise;
}

// Seconds of the wall clock, or of processor time, which neighbours on the machine disturb less.
inline double now(bool processor) {
  if (processor) return double(std::clock()) / double(CLOCKS_PER_SEC);
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Seconds of each of --repeats runs, by the --clock asked for (wall, processor).
inline std::vector<double> times(const Context& ctx, const Options& options,
                                 const std::function<void()>& run) {
  const bool processor = text(options, "clock", "wall") == "processor";
  std::vector<double> seconds;
  for (int i = 0; i < int(number(options, "repeats", 1)); ++i) {
    const double start = now(processor);
    run();
    ctx.synchronize();
    seconds.push_back(now(processor) - start);
  }
  return seconds;
}

// PROGRAM ROWS.f32 OUT --channels N [--threads N] ...: rows on the CPU, and where the result goes.
struct RowsTask {
  Options options;
  Context ctx;
  Matrix rows;
  std::string out;
};

// The float32 numbers of a file.
inline std::vector<float> floats_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  require(file.good(), "cannot read the rows (there is no such file) run bench/peers/neighbors.py");
  std::vector<float> all(std::size_t(file.tellg()) / sizeof(float));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(all.data()), std::streamsize(all.size() * sizeof(float)));
  return all;
}

inline RowsTask rows_task(int argc, char** argv) {
  require(argc >= 3, "cannot time this (usage: ROWS.f32 OUT --channels N ...) name both files");
  Options options = options_of(argc, argv, 3);
  const Context ctx("cpu", {.threads = int(number(options, "threads", 1))});
  const std::vector<float> values = floats_of(argv[1]);
  const auto channels = std::int64_t(number(options, "channels", 1));
  Matrix rows = Matrix::from_host(
      ctx, HostView(values.data(), std::int64_t(values.size()) / channels, channels));
  return {std::move(options), ctx, std::move(rows), argv[2]};
}

template <class T>
void write_numbers(const std::string& path, const std::vector<T>& numbers) {
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(numbers.data()),
            std::streamsize(numbers.size() * sizeof(T)));
}

// The exit status of a program that does this; what goes wrong is printed.
inline int ended(const std::function<void()>& work) {
  try {
    work();
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}

}  // namespace whiteline::peers
