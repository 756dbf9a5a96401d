#include <gtest/gtest.h>
#include <whiteline/search.hpp>

#include <atomic>
#include <chrono>
#include <random>
#include <set>
#include <thread>

#include "io/files.hpp"
#include "support/search_spaces.hpp"

namespace whiteline {
namespace {

using test::small_outcome;
using test::small_space;
using test::values_of;

TrialOutcome run_small(const TrialTask& task) { return small_outcome(task.values); }

// Takes up to 3 ms, another time in every run.
TrialOutcome run_slowly(const TrialTask& task) {
  static std::atomic<unsigned> calls = 0;
  std::mt19937 random(1000 * unsigned(task.number) + calls++);
  std::this_thread::sleep_for(std::chrono::microseconds(random() % 3000));
  return small_outcome(task.values);
}

SearchParams params_of(int in_flight, std::int64_t trials = 40) {
  SearchParams params;
  params.suggest = {.tpe = {.startup_trials = 6}, .seed = 3, .in_flight = in_flight};
  params.trials = trials;
  return params;
}

// All but seconds.
void expect_same(const SearchResult& a, const SearchResult& b) {
  EXPECT_EQ(values_of(a.trials), values_of(b.trials));
  EXPECT_EQ(a.best, b.best);
  EXPECT_EQ(a.exhausted, b.exhausted);
  ASSERT_EQ(a.trials.size(), b.trials.size());
  for (std::size_t t = 0; t < a.trials.size(); ++t) {
    ASSERT_TRUE(a.trials[t].outcome && b.trials[t].outcome) << t;
    TrialOutcome other = *b.trials[t].outcome;
    other.seconds = a.trials[t].outcome->seconds;
    EXPECT_EQ(*a.trials[t].outcome, other) << t;
  }
}

TEST(Search, RunsTheTrialsThatAreSuggested) {
  const SearchResult result =
      search(Context("cpu", {.threads = 1}), small_space(), params_of(1), run_small);
  const auto expected = test::trials_of(small_space(), params_of(1).suggest, 40, small_outcome);
  EXPECT_EQ(values_of(result.trials), values_of(expected));
  ASSERT_TRUE(result.best);
  for (const SearchTrial& trial : result.trials)
    EXPECT_LE(result.trials[*result.best].outcome->loss, trial.outcome->loss);
  EXPECT_FALSE(result.exhausted);
}

TEST(Search, IsTheSameForAnyTimingAndAnyNumberOfThreads) {
  for (const int in_flight : {2, 4}) {
    const SearchParams params = params_of(in_flight);
    const SearchResult alone =
        search(Context("cpu", {.threads = 1}), small_space(), params, run_small);
    for (const int threads : {1, 2, 4, 7})
      expect_same(search(Context("cpu", {.threads = threads}), small_space(), params, run_slowly),
                  alone);
  }
}

TEST(Search, GivesEachTrialItsNumberModelAndContext) {
  std::atomic<int> at_work = 0, most = 0, threads = 0;
  std::vector<std::atomic<int>> runs(24);
  std::atomic<bool> is_numbered = true;
  const auto trial = [&](const TrialTask& task) {
    const int now = ++at_work;
    for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
    }
    threads = std::max(threads.load(), task.ctx.threads());
    is_numbered = is_numbered && task.model_id == 8 * std::uint32_t(task.number);
    ++runs[std::size_t(task.number)];
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    --at_work;
    return small_outcome(task.values);
  };
  search(Context("cpu", {.threads = 8}), small_space(), params_of(3, 24), trial);
  EXPECT_LE(most, 3);
  EXPECT_EQ(threads, 1);
  EXPECT_TRUE(is_numbered);
  for (const auto& count : runs) EXPECT_EQ(count, 1);
  search(Context("cpu", {.threads = 2}), small_space(), params_of(1, 2), trial);
  EXPECT_EQ(threads, 2) << "a trial that runs alone has all threads";
}

TEST(Search, TellsWhatItAsks) {
  SearchParams params = params_of(3, 30);
  std::vector<SearchTrial> trials;
  std::set<std::int64_t> told;
  params.on_ask = [&](std::int64_t number, const SearchTrial& trial) {
    EXPECT_EQ(number, std::int64_t(trials.size()));
    for (std::int64_t before = 0; before + 3 <= number; ++before) EXPECT_TRUE(told.count(before));
    EXPECT_FALSE(trial.outcome);
    trials.push_back(trial);
  };
  params.on_tell = [&](std::int64_t number, const SearchTrial& trial) {
    EXPECT_TRUE(trial.outcome);
    EXPECT_TRUE(told.insert(number).second);
    EXPECT_EQ(trial.values, trials[std::size_t(number)].values);
  };
  search(Context("cpu", {.threads = 3}), small_space(), params, run_slowly);
  EXPECT_EQ(told.size(), 30u);
}

TEST(Search, CountsALossThatIsNoNumberAsDiverged) {
  const auto trial = [](const TrialTask& task) {
    return TrialOutcome{.loss = task.number % 2 ? NAN : 0.5, .accuracy = 1.0};
  };
  const SearchResult result =
      search(Context("cpu", {.threads = 1}), small_space(), params_of(2, 4), trial);
  EXPECT_EQ(result.trials[1].outcome->status, TrialStatus::diverged);
  EXPECT_EQ(result.trials[1].outcome->loss, std::numeric_limits<double>::infinity());
  EXPECT_EQ(result.trials[1].outcome->accuracy, 0.0);
  EXPECT_EQ(result.best, 0u);
}

TEST(Search, HasNoBestTrialWhereAllFail) {
  const auto fails = [](const TrialTask&) { return TrialOutcome{.status = TrialStatus::invalid}; };
  EXPECT_EQ(search(Context("cpu"), small_space(), params_of(2, 30), fails).best, std::nullopt);
}

TEST(Search, EndsWhereRandomSearchFindsNothingNew) {
  const SearchSpace space({{.name = "n", .low = 1, .high = 5}});
  SearchParams params = params_of(3, 1000);
  params.suggest.sampler = SearchSampler::random;
  const auto trial = [](const TrialTask& task) {
    return TrialOutcome{.loss = double(*task.values[0])};
  };
  const SearchResult result = search(Context("cpu", {.threads = 3}), space, params, trial);
  EXPECT_TRUE(result.exhausted);
  EXPECT_LE(result.trials.size(), 5u);
  EXPECT_GE(result.trials.size(), 4u);
}

TEST(Search, StopsWhenATrialThrowsAndStopsTheOthers) {
  std::atomic<int> stopped = 0;
  const auto trial = [&](const TrialTask& task) {
    if (task.number == 5) throw std::runtime_error("out of luck");
    if (task.number > 5)
      for (;;) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        try {
          report(task.progress, "train", 1, 2);
        } catch (const Cancelled&) {
          ++stopped;
          throw;
        }
      }
    return small_outcome(task.values);
  };
  for (const int threads : {1, 4}) {
    const std::string message = test::message_of<std::runtime_error>(
        [&] { search(Context("cpu", {.threads = threads}), small_space(), params_of(4), trial); });
    EXPECT_EQ(message, "out of luck");
  }
}

TEST(Search, ReportsFromTheCallersThreadAndIsCancelled) {
  for (const int threads : {1, 3}) {
    SearchParams params = params_of(3);
    const auto caller = std::this_thread::get_id();
    std::uint64_t last = 0;
    params.progress = [&](const ProgressEvent& event) {
      EXPECT_EQ(std::this_thread::get_id(), caller);
      EXPECT_EQ(event.stage, "search");
      EXPECT_EQ(event.total, 40000u);
      EXPECT_GE(event.done, last);
      last = event.done;
      return event.done < 20000;
    };
    const auto trial = [](const TrialTask& task) {
      for (std::uint64_t i = 1; i <= 4; ++i) {
        std::this_thread::sleep_for(std::chrono::microseconds(200));
        report(task.progress, "train", i, 4);
      }
      return small_outcome(task.values);
    };
    EXPECT_THROW(search(Context("cpu", {.threads = threads}), small_space(), params, trial),
                 Cancelled);
    EXPECT_GE(last, 20000u);
    EXPECT_LE(last, 24000u);
  }
}

TEST(Search, RefusesNumbersThatMakeNoSense) {
  const Context ctx("cpu", {.threads = 1});
  EXPECT_THROW(search(ctx, small_space(), params_of(0), run_small), InvalidArgument);
  EXPECT_THROW(search(ctx, small_space(), params_of(1, 0), run_small), InvalidArgument);
  SearchParams params = params_of(1);
  params.known = {{{0, 1}}};
  EXPECT_THROW(search(ctx, small_space(), params, run_small), InvalidArgument);
}

enum class Keep { journal, nothing };

// A search of 8 trials, 3 in flight, that goes on from the journal at `path`.
SearchResult journaled(const std::filesystem::path& path, int threads, std::int64_t trials = 8,
                       Keep keep = Keep::journal) {
  SearchParams params = params_of(3, trials);
  TrialJournal journal(path, small_space(), params.suggest, {{"data", "abc"}});
  params.known = journal.trials();
  if (keep == Keep::journal) {
    params.on_ask = [&](std::int64_t number, const SearchTrial& trial) {
      journal.ask(number, trial);
    };
    params.on_tell = [&](std::int64_t number, const SearchTrial& trial) {
      journal.tell(number, trial);
    };
  }
  return search(Context("cpu", {.threads = threads}), small_space(), params,
                threads > 1 ? run_slowly : run_small);
}

TEST(Search, GoesOnFromAnyLineOfItsJournal) {
  const test::TemporaryFolder folder;
  const SearchResult whole = journaled(folder / "whole", 3);
  const std::string text = test::read_text(folder / "whole");
  int cuts = 0;
  for (std::size_t end = 0; end != std::string::npos; end = text.find('\n', end + 1)) {
    const std::string lines = text.substr(0, end == 0 ? 0 : end + 1);
    test::write_text(folder / "cut", lines);
    expect_same(journaled(folder / "cut", 1, 8, Keep::nothing), whole);
    test::write_text(folder / "cut", lines + text.substr(lines.size(), 9));
    expect_same(journaled(folder / "cut", 1), whole);
    expect_same(journaled(folder / "cut", 1, 8, Keep::nothing), whole);
    ++cuts;
  }
  EXPECT_EQ(cuts, 1 + 1 + 2 * 8);
  expect_same(journaled(folder / "whole", 1), whole);
  EXPECT_EQ(test::read_text(folder / "whole"), text) << "nothing was left to do";
}

TEST(Search, IsPartOfALongerOne) {
  const test::TemporaryFolder folder;
  const SearchResult longer = journaled(folder / "longer", 1, 12, Keep::nothing);
  journaled(folder / "short", 1, 8);
  expect_same(journaled(folder / "short", 1, 12), longer);
  const SearchResult first = journaled(folder / "short", 1, 8);
  EXPECT_EQ(first.trials.size(), 8u);
}

}  // namespace
}  // namespace whiteline
