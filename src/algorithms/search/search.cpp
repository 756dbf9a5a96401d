#include <algorithm>
#include <chrono>

#include "algorithms/search/samplers.hpp"
#include "algorithms/search/schedule.hpp"
#include "core/parallel.hpp"
#include "core/seconds.hpp"

namespace whiteline {

namespace {

constexpr std::int64_t most_queues = 32;  // of a GPU: more do not work at the same time

// As many as trials run at a time; they share the memory.
std::vector<Context> contexts(const Context& ctx, const SearchParams& params) {
  const std::int64_t wanted = std::min<std::int64_t>(params.suggest.in_flight, params.trials);
  const std::int64_t most = ctx.device().name == "cpu" ? ctx.threads() : most_queues;
  const std::int64_t count = std::min(wanted, most);
  if (count == 1) return {ctx};
  ctx.synchronize();  // what trials share is there
  const std::uint64_t memory = ctx.memory_limit() / std::uint64_t(count);
  std::vector<Context> all;
  for (std::int64_t i = 0; i < count; ++i)
    all.emplace_back(ctx.device().name, ContextOptions{.threads = 1, .memory_limit = memory});
  return all;
}

}  // namespace

SearchResult search(const Context& ctx, const SearchSpace& space, const SearchParams& params,
                    const TrialFunction& trial) {
  const auto start = std::chrono::steady_clock::now();
  search_parts::check(params.suggest);
  require(params.trials >= 1 && std::uint64_t(params.trials) <= search_parts::most_trials,
          "cannot search with that many trials (1 to 2^29 are possible) correct the number");
  for (const SearchTrial& known : params.known) space.check(known.values);
  const std::vector<Context> each = contexts(ctx, params);
  search_parts::Schedule schedule(space, params, trial);
  core::ThreadPool pool(int(each.size()));
  pool.run(std::int64_t(each.size()),
           [&](std::int64_t worker) { schedule.work(each[std::size_t(worker)]); });
  SearchResult result = schedule.result();
  result.seconds = core::seconds_since(start);
  return result;
}

}  // namespace whiteline
