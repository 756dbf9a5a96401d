// Searches for good parameters of whatever can be tried: at random, or by TPE, many trials at once.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <whiteline/context.hpp>
#include <whiteline/progress.hpp>

namespace whiteline {

namespace io {
class JsonLines;
}

// One of `choices`, or a whole number: low, low + step, ..., high.
struct SearchParameter {
  std::string name;
  std::vector<std::string> choices = {};     // empty: a whole number
  std::int64_t low = 0, high = 0, step = 1;  // ends are multiples of the step, below 2^31
  // Active only where the earlier parameter `parent` is active and has one of these values, as
  // text. No parent: always active.
  std::string parent = {};
  std::vector<std::string> parent_values = {};

  bool operator==(const SearchParameter&) const = default;
};

// One a parameter, in the order of the space: the whole number, or the position of the choice.
// nullopt: the parameter is not active.
using SearchValues = std::vector<std::optional<std::int64_t>>;

class WHITELINE_EXPORT SearchSpace {
 public:
  // Throws InvalidArgument for a name, choice or range that the comments above do not allow.
  explicit SearchSpace(std::vector<SearchParameter> parameters);

  const std::vector<SearchParameter>& parameters() const { return parameters_; }
  std::size_t index(std::string_view name) const;   // throws InvalidArgument
  std::int64_t count(std::size_t parameter) const;  // of different values
  // By the values of the parameters before it.
  bool active(std::size_t parameter, const SearchValues& values) const;

  std::string text(std::size_t parameter, std::int64_t value) const;  // "C5", "11"
  // nullopt: not active. Throws InvalidArgument for a name that is no parameter.
  std::optional<std::string> text(std::string_view name, const SearchValues& values) const;
  std::optional<std::int64_t> value(std::size_t parameter, std::string_view text) const;
  void check(const SearchValues& values) const;  // throws InvalidArgument: not of this space

 private:
  struct Condition {
    std::size_t parent;
    std::vector<std::int64_t> values;
  };
  std::vector<SearchParameter> parameters_;
  std::vector<std::optional<Condition>> conditions_;
};

enum class TrialStatus { ok, diverged, invalid, too_costly };
WHITELINE_EXPORT std::string_view name(TrialStatus status);        // "too_costly"
WHITELINE_EXPORT TrialStatus trial_status(std::string_view name);  // throws InvalidArgument

struct TrialOutcome {
  TrialStatus status = TrialStatus::ok;
  double loss = std::numeric_limits<double>::infinity();  // smaller is better; not `ok`: infinite
  double accuracy = 0.0;                                  // in [0, 1]
  int epochs = 0;
  double seconds = 0.0;            // filled in by search()
  std::vector<double> curve = {};  // of a training: its loss after each epoch, while it is finite

  bool operator==(const TrialOutcome&) const = default;
};

struct SearchTrial {
  SearchValues values;
  std::optional<TrialOutcome> outcome = {};  // nullopt: not ended
};

enum class SearchSampler { random, tpe };
WHITELINE_EXPORT std::string_view name(SearchSampler sampler);         // "tpe"
WHITELINE_EXPORT SearchSampler search_sampler(std::string_view name);  // throws InvalidArgument

// Tree-structured Parzen estimators, as Hyperopt's tpe.suggest: J. Bergstra et al., "Algorithms for
// hyper-parameter optimization", NIPS 2011.
struct TpeParams {
  int startup_trials = 20;  // drawn uniformly; >= 1
  double gamma = 0.25;  // the best min(ceil(gamma sqrt(trials)), forgetting) are the good ones; > 0
  int candidates = 24;  // drawn for each parameter; more: closer to the best so far; >= 1
  double prior_weight = 1.0;  // of the uniform or widest density, in trials; > 0
  int forgetting = 25;        // the last so many trials have full weight, older ones less; >= 1
};

struct SuggestParams {
  SearchSampler sampler = SearchSampler::tpe;
  TpeParams tpe = {};
  std::uint64_t seed = 1;
  // Trials at work at the same time, 1 .. 4096. A trial is suggested by what came out of all but
  // the in_flight - 1 trials just before it, so that the sequence depends on seed and in_flight,
  // never on which trial ended first.
  int in_flight = 4;
};

// Values of the next trial after `before`, which holds all earlier trials in order. Outcomes of the
// last in_flight - 1 are not looked at; the rest must have ended. nullopt: random search met, for
// the 21st time for this trial, a combination that was tried already. Draws are Philox words: seed,
// block = candidate, step 0, layer = parameter, purpose 8, model = number of the trial, attempt.
// Throws InvalidArgument for parameters out of range and for trials that are not of the space.
WHITELINE_EXPORT std::optional<SearchValues> suggest(const SearchSpace& space,
                                                     const SuggestParams& params,
                                                     std::span<const SearchTrial> before);

// What a trial is given.
struct TrialTask {
  std::int64_t number;         // of the trial, from 0
  std::uint32_t model_id;      // 8 * number: of its random numbers
  const SearchValues& values;  // of the space, checked
  const Context& ctx;          // of its own: no other trial works on it meanwhile
  const Progress& progress;    // to be called; asks the trial to stop when the search does
};
using TrialFunction = std::function<TrialOutcome(const TrialTask&)>;

struct SearchParams {
  SuggestParams suggest = {};
  std::int64_t trials = 60;  // those of `known` included; >= 1
  // Trials of an earlier run, in order; those that had not ended run again with the same values.
  std::vector<SearchTrial> known = {};
  // Called before a new trial begins and after each trial has ended, by one thread at a time.
  std::function<void(std::int64_t number, const SearchTrial&)> on_ask = {}, on_tell = {};
  Progress progress = {};  // stage "search", in thousandths of a trial
};

struct SearchResult {
  std::vector<SearchTrial> trials;  // all ended; fewer than asked for where `exhausted`
  std::optional<std::size_t> best;  // smallest finite loss, the first of equal ones
  bool exhausted = false;           // random search found nothing new
  double seconds = 0.0;
};

// Runs trials, min(in_flight, threads of ctx) at a time on a CPU, each on a context of one thread,
// and min(in_flight, 32) at a time on a GPU, each on a queue of its own; they share the memory that
// ctx may use (where one runs at a time, it is on ctx). Trials and, where `trial` depends on
// nothing else, their outcomes but for seconds are the same for any number of threads. An `ok`
// trial whose loss is not finite counts as diverged. What a trial throws stops the search: the
// other trials are asked to stop, and it is thrown on. Throws InvalidArgument as suggest().
WHITELINE_EXPORT SearchResult search(const Context& ctx, const SearchSpace& space,
                                     const SearchParams& params, const TrialFunction& trial);

// Trials in a file of JSON lines, each on disk before its call returns, so that a search that was
// killed goes on from there to the same trials.
class WHITELINE_EXPORT TrialJournal {
 public:
  // Opens or makes the file. `facts` are whatever else outcomes depend on: epochs, a hash of the
  // data. A damaged last line is cut off. Throws FormatError for any other line that does not
  // belong there, ReadError, Error where the file cannot be written, is in use by another journal,
  // or is of another space, sampler, seed, number in flight or other facts; these are named.
  TrialJournal(std::filesystem::path file, const SearchSpace& space, const SuggestParams& params,
               const std::map<std::string, std::string>& facts);

  const std::vector<SearchTrial>& trials() const { return trials_; }  // as found when it was opened
  void ask(std::int64_t number, const SearchTrial& trial);
  void tell(std::int64_t number, const SearchTrial& trial);

 private:
  std::shared_ptr<io::JsonLines> lines_;
  SearchSpace space_;
  std::vector<SearchTrial> trials_;
};

// How often something succeeded, and what its true share may be.
struct SuccessRatio {
  std::string name;  // of the values of the parameter: "C5", "16-141"; empty: of all trials
  std::int64_t trials = 0, successes = 0;
  double mean = 0.5;             // (successes + 1) / (trials + 2)
  double low = 0.0, high = 1.0;  // 95 % interval, equal tails
};

// Posterior of the share under a uniform prior: Beta(successes + 1, trials - successes + 1). Throws
// InvalidArgument unless 0 <= successes <= trials < 2^31.
WHITELINE_EXPORT SuccessRatio success_ratio(std::int64_t successes, std::int64_t trials);

// Share of ended trials with accuracy >= `threshold`, of the trials in which the parameter has each
// of its values; 8 ranges of a number with more than 16 values. Accuracy of failed trials is 0.
WHITELINE_EXPORT std::vector<SuccessRatio> success_ratios(const SearchSpace& space,
                                                          std::span<const SearchTrial> trials,
                                                          std::string_view parameter,
                                                          double threshold = 0.90);

// The spaces of tables 1 and 2 of del-Pozo-Bueno et al., Ultramicroscopy 253 (2023) 113828, in the
// order in which they are drawn: structure (D0 .. D13; C0 .. C7), blocks, filters, width, pooling,
// pool_size (conv only), layers, units, activation, optimizer, learning_rate, output, and dropout
// (dense only). `units` has steps of 16 in random search, else of 1.
WHITELINE_EXPORT SearchSpace dense_search_space(SearchSampler sampler = SearchSampler::tpe);
WHITELINE_EXPORT SearchSpace conv_search_space(SearchSampler sampler = SearchSampler::tpe);

}  // namespace whiteline
