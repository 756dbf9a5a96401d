// mutated_hspy COUNT SEED FILE...: damages HDF5 files in COUNT ways and reads each. Prints one line
// of JSON: how many were read, refused, crashed the helper, were stopped; and the slowest. Exit
// status 1 when one took over 5 s or ended in anything but a result or an error of the library.
#include <fmt/format.h>

#include <chrono>

#include "io/files.hpp"

namespace {

using namespace whiteline;

std::string mutated(std::string text, std::mt19937& generator) {
  const auto place = [&] { return std::size_t(generator()) % text.size(); };
  // Headers and trees lie near the beginning: half of the damage goes there.
  const auto early = [&] {
    return generator() % 2 ? place() : place() % std::min<std::size_t>(text.size(), 4096);
  };
  switch (generator() % 5) {
    case 0:
      for (unsigned i = 0; i <= generator() % 8; ++i) text[early()] ^= char(1 << generator() % 8);
      break;
    case 1:
      for (unsigned i = 0; i <= generator() % 4; ++i) text[early()] = char(generator());
      break;
    case 2:
      text.resize(1 + place());
      break;
    case 3: {
      constexpr std::uint64_t extremes[] = {0,      1,          0x7F,       0xFF,
                                            0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, ~0ull};
      const std::string bytes = test::packed(extremes[generator() % std::size(extremes)]);
      const std::size_t at = early();
      for (std::size_t i = 0; i < std::size_t(1) << generator() % 4 && at + i < text.size(); ++i)
        text[at + i] = bytes[i];
      break;
    }
    default: {
      const std::size_t from = early(), to = early();
      for (std::size_t i = 0; i < 1 + generator() % 64; ++i)
        if (std::max(from, to) + i < text.size()) text[to + i] = text[from + i];
    }
  }
  return text;
}

struct Counts {
  int read = 0, refused = 0, crashed = 0, stopped = 0, slow = 0, unexpected = 0;
  double slowest = 0.0;
};

void read_one(const std::filesystem::path& path, Counts& counts) {
  const auto begin = std::chrono::steady_clock::now();
  try {
    for (const SpectrumImage& image : read_file(path).images) validate(image);
    ++counts.read;
  } catch (const Error& error) {
    const std::string text = error.what();
    if (text.find("crashed") != std::string::npos)
      ++counts.crashed;
    else if (text.find("did not end") != std::string::npos ||
             text.find("too much time") != std::string::npos)
      ++counts.stopped;
    else
      ++counts.refused;
  } catch (const std::exception& error) {
    fmt::print(stderr, "unexpected: {}\n", error.what());
    ++counts.unexpected;
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  counts.slowest = std::max(counts.slowest, seconds.count());
  counts.slow += seconds.count() > 5.0;  // the helper has 4.5 s
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 4) return 2;
  const int wanted = std::atoi(arguments[1]);
  std::mt19937 generator(unsigned(std::atoi(arguments[2])));
  std::vector<std::string> files;
  for (int i = 3; i < count; ++i) files.push_back(test::read_text(arguments[i]));
  const test::TemporaryFolder folder;
  Counts counts;
  for (int i = 0; i < wanted; ++i) {
    test::write_text(folder / "damaged.hspy",
                     mutated(files[std::size_t(i) % files.size()], generator));
    read_one(folder / "damaged.hspy", counts);
  }
  fmt::print(
      "{{\"files\": {}, \"seed\": {}, \"read\": {}, \"refused\": {}, \"helper_crashed\": {}, "
      "\"helper_stopped\": {}, \"caller_crashed\": 0, \"slowest_s\": {:.2f}}}\n",
      wanted, arguments[2], counts.read, counts.refused, counts.crashed, counts.stopped,
      counts.slowest);
  return counts.slow || counts.unexpected ? 1 : 0;
}
