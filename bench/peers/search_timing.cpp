// whiteline_search_timing --trials N --seed N [--clock NAME]: a search by TPE over the dense space
// of dense_search_space(), as one line of JSON: seconds of the last 20 suggestions, and the
// smallest loss. The loss is the mean over active parameters of (share - 0.3)^2, share = place of
// the value among all, from 0 to 1.
#include <whiteline/search.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <vector>

#include "timing.hpp"

namespace {

using namespace whiteline;
using peers::number;

double loss_of(const SearchSpace& space, const SearchValues& values) {
  double sum = 0.0, count = 0.0;
  for (std::size_t p = 0; p < values.size(); ++p) {
    if (!values[p]) continue;
    const double place = double(*values[p] - space.parameters()[p].low);
    const double share = place / double(space.count(p) - 1);
    sum += (share - 0.3) * (share - 0.3);
    ++count;
  }
  return sum / count;
}

void run(const peers::Options& options) {
  const SearchSpace space = dense_search_space();
  const SuggestParams params = {.seed = std::uint64_t(number(options, "seed", 1)), .in_flight = 1};
  const bool processor = peers::text(options, "clock", "wall") == "processor";
  std::vector<SearchTrial> trials;
  std::vector<double> seconds;
  double best = 1.0;
  for (int t = 0; t < int(number(options, "trials", 500)); ++t) {
    const double start = peers::now(processor);
    SearchValues values = *suggest(space, params, trials);
    seconds.push_back(peers::now(processor) - start);
    const double loss = loss_of(space, values);
    best = std::min(best, loss);
    trials.push_back({std::move(values), TrialOutcome{.loss = loss}});
  }
  seconds.erase(seconds.begin(), seconds.end() - 20);
  fmt::print("{{\"seconds\": [{}], \"best\": {}}}\n", fmt::join(seconds, ", "), best);
}

}  // namespace

int main(int argc, char** argv) {
  return peers::ended([&] { run(peers::options_of(argc, argv, 1)); });
}
