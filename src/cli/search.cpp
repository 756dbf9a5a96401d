// whiteline search: networks and their parameters, tried many at a time.
#include <fmt/format.h>
#include <whiteline/nn/trials.hpp>
#include <whiteline/search.hpp>
#include <whiteline/version.hpp>

#include "cli/interrupt.hpp"
#include "cli/results.hpp"
#include "cli/search_options.hpp"
#include "cli/search_report.hpp"
#include "cli/search_trials.hpp"

namespace whiteline::cli {

namespace {

const std::vector<std::string> report_names = {"report.md",  "report.json", "trials.csv",
                                               "curves.csv", "success.svg", "course.svg",
                                               "run.json"};

class SearchRun {
 public:
  SearchRun(const SearchOptions& options, const Json& given)
      : options_(options),
        console_(options.common.output),
        record_("search", given, options.common),
        sampler_(search_sampler(options.sampler)),
        space_(options.space == "dense" ? dense_search_space(sampler_)
                                        : conv_search_space(sampler_)) {
    if (options.repeat) return;
    check_output_folder(options.output, report_names, options.common.force);
    if (!options.model.empty()) check_outputs({options.model}, options.common.force);
  }

  void run() {
    const Context ctx = open_device(options_.common, console_, record_);
    read();
    prepare(ctx);
    search(ctx);
    if (!options_.repeat) {
      if (!options_.model.empty() && result_.best) refit(ctx);
      write();
    }
    console_.json(record_.to_json(console_));
  }

 private:
  void read() {
    const auto timed = record_.phase("read");
    set_ = read_labelled_set(options_.data, options_.axis);
    hash_ = record_.add_input("data", options_.data, console_.progress());
  }

  void prepare(const Context& ctx) {
    const auto timed = record_.phase("prepare");
    auto steps = steps_before_normalising(options_.preparation, set_.energy);
    if (const auto last = normalise_step(options_.normalise, set_.energy)) steps.push_back(*last);
    pipeline_ = Pipeline(std::move(steps), set_.energy, set_.channels);
    spectra_ = pipeline_.apply(ctx, set_.spectra(), set_.energy).spectra;
    ctx.synchronize();
    protocol_ = nn::training_protocol(set_.labels, options_.common.seed);
    throw_if_interrupted();
  }

  // All that trials depend on but space, sampler, seed and number in flight.
  std::map<std::string, std::string> facts() const {
    return {{"data", hash_},
            {"pipeline", pipeline_.to_json()},
            {"epochs", std::to_string(options_.epochs)},
            {"batch", std::to_string(options_.batch)},
            {"judged", options_.judged},
            {"max_flop", fmt::format("{}", options_.max_flop)},
            {"max_memory", std::to_string(options_.max_memory)},
            {"protocol", "half of each class, folds 1 to 4 of 5 train, fold 0 validates"}};
  }

  void search(const Context& ctx) {
    const auto timed = record_.phase("search");
    SearchParams params;
    params.suggest = {
        .sampler = sampler_, .seed = options_.common.seed, .in_flight = options_.in_flight};
    params.trials = options_.trials;
    params.progress = console_.progress();
    std::filesystem::path path = options_.journal;
    if (path.empty()) path = options_.output.string() + ".trials.jsonl";
    TrialJournal journal(path, space_, params.suggest, facts());
    params.known = journal.trials();
    if (!params.known.empty() && !options_.repeat)
      console_.note(
          fmt::format("going on from {} trials in {}", params.known.size(), path.string()));
    params.on_ask = [&](std::int64_t number, const SearchTrial& trial) {
      journal.ask(number, trial);
    };
    params.on_tell = [&](std::int64_t number, const SearchTrial& trial) {
      journal.tell(number, trial);
    };
    const nn::TrialParams trial = {
        .epochs = options_.epochs,
        .batch = options_.batch,
        .seed = options_.common.seed,
        .judged = options_.judged == "best" ? nn::JudgedEpoch::best : nn::JudgedEpoch::last,
        .max_flop = options_.max_flop,
        .max_bytes = double(options_.max_memory)};
    const TrialFunction run =
        nn::trial_function(space_, trial, spectra_, set_.labels, protocol_.fold(0));
    if (options_.repeat)
      return repeat_trial(ctx, std::int64_t(*options_.repeat), params.known, run, console_,
                          record_);
    result_ = whiteline::search(ctx, space_, params, run);
    tell(ctx);
  }

  void refit(const Context& ctx) {
    Json provenance = {{"made_by", fmt::format("whiteline {} search", version())},
                       {"device", ctx.device().name},
                       {"seed", options_.common.seed},
                       {"source", {{"sha256", hash_}}}};
    write_refitted(ctx, options_, space_, *result_.best, result_.trials[*result_.best],
                   {set_, pipeline_, spectra_, protocol_}, std::move(provenance), console_,
                   record_);
  }

  SearchReport report() const {
    return {space_,
            result_,
            options_.success,
            {{"data", options_.data.filename().string()},
             {"spectra", fmt::format("{} of {} channels, {} classes", set_.rows, spectra_.cols(),
                                     set_.class_names.size())},
             {"space", options_.space},
             {"sampler", options_.sampler},
             {"seed", std::to_string(options_.common.seed)},
             {"in flight", std::to_string(options_.in_flight)},
             {"epochs", std::to_string(options_.epochs)},
             {"batch", std::to_string(options_.batch)}}};
  }

  void tell(const Context& ctx) {
    console_.result(fmt::format("{} spectra x {} channels, {} trials of {} epochs on {}: {:.1f} s",
                                set_.rows, spectra_.cols(), result_.trials.size(), options_.epochs,
                                ctx.device().name, result_.seconds));
    if (result_.exhausted)
      console_.warn("the search ended early (random search drew nothing new) take fewer trials");
    if (!result_.best) {
      console_.warn("no trial gave a network (all failed) look at trials.csv");
      return;
    }
    const SearchTrial& best = result_.trials[*result_.best];
    console_.result(fmt::format("best accuracy {:.4f} of trial {}: {}", best.outcome->accuracy,
                                *result_.best, describe(space_, best.values)));
  }

  void write() {
    StagedFolder folder(options_.output);
    const SearchReport found = report();
    const auto text = [&](const std::string& name, const std::string& content) {
      write_text_file(folder.file(name), content, Overwrite::refuse);
    };
    record_["spectra"] = {{"all", set_.rows}, {"channels", spectra_.cols()}};
    record_["energy"] = to_json(set_.energy);
    record_["classes"] = set_.class_names;
    record_["report"] = report_json(found);
    {
      const auto timed = record_.phase("write");
      text("report.md", report_markdown(found, std::size_t(options_.best)));
      text("report.json", to_text(record_["report"]) + "\n");
      text("trials.csv", trials_csv(found));
      text("curves.csv", curves_csv(found));
      text("success.svg", svg(success_chart(found)));
      text("course.svg", svg(course_chart(found)));
    }
    finish_folder(folder, record_, console_, options_.common);
    console_.result("wrote " + options_.output.string());
  }

  const SearchOptions& options_;
  Console console_;
  RunRecord record_;
  SearchSampler sampler_;
  SearchSpace space_;
  Dataset set_;
  Pipeline pipeline_;
  std::string hash_;
  Matrix spectra_;
  nn::Protocol protocol_;
  SearchResult result_;
};

}  // namespace

void run_search(const SearchOptions& options, const Json& given) {
  SearchRun(options, given).run();
}

}  // namespace whiteline::cli
