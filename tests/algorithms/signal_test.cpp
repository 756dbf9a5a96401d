// The parts of the signal mask, for images in pieces.
#include <whiteline/signal.hpp>

#include <algorithm>
#include <limits>
#include <random>

#include "io/files.hpp"

namespace whiteline::test {
namespace {

TEST(Signal, TheLevelIsTheRankedSumWhateverThePieces) {
  std::mt19937 generator(5);
  for (const std::size_t count : {1, 2, 99, 100, 101, 1000, 4001}) {
    std::vector<double> sums(count);
    for (double& sum : sums) sum = (double(generator()) - 1e9) / 7.0;
    sums[0] = 0.0;
    std::vector<double> sorted = sums;
    std::sort(sorted.begin(), sorted.end());
    const double bright = sorted[(99 * count + 99) / 100 - 1];
    const double level = signal_level(
        [&](const SumVisitor& visit) {
          for (std::size_t i = 0; i < count; i += 17)
            visit(std::span(sums).subspan(i, std::min<std::size_t>(17, count - i)));
        },
        std::int64_t(count), 0.25);
    EXPECT_EQ(level, bright > 0.0 ? 0.25 * bright : std::numeric_limits<double>::infinity());
  }
}

TEST(Signal, CountsOfEveryTypeAddUpAsFloats) {
  const std::uint32_t wide[] = {4000000001u, 3, 7, 1};
  const std::uint16_t raw[] = {65535, 1, 65535, 65535};
  double sums[2] = {};
  sums_of_counts(HostView(wide, 2, 2), 0, sums);
  EXPECT_EQ(sums[0], double(4000000001.0f) + 3.0);
  sums_of_counts(HostView(raw, 2, 2), 0, sums);
  EXPECT_EQ(sums[1], 131070.0);
  const double hole[] = {1.0, 2.0, 3.0, 1e300};
  const std::string message =
      message_of<InvalidArgument>([&] { sums_of_counts(HostView(hole, 2, 2), 40, sums); });
  EXPECT_NE(message.find("pixel 41"), std::string::npos) << message;
  EXPECT_NE(message.find("channel 1"), std::string::npos) << message;
}

}  // namespace
}  // namespace whiteline::test
