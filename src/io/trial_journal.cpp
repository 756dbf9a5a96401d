#include <fmt/format.h>
#include <whiteline/search.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "io/json.hpp"
#include "io/json_lines.hpp"

// Lines: {"line":"header",...}, then {"line":"ask","trial":0,"values":{"structure":"D3",...}} and
// {"line":"tell","trial":0,"status":"ok",...}. A trial is asked once and told once at most.

namespace whiteline {

namespace {

using OrderedJson = nlohmann::ordered_json;  // "line" comes first

constexpr int version = 1;

OrderedJson to_json(const SearchSpace& space) {
  OrderedJson all = OrderedJson::array();
  for (const SearchParameter& parameter : space.parameters()) {
    OrderedJson one = {{"name", parameter.name}};
    if (parameter.choices.empty())
      one.update({{"low", parameter.low}, {"high", parameter.high}, {"step", parameter.step}});
    else
      one["choices"] = parameter.choices;
    if (!parameter.parent.empty()) one["where"] = {{parameter.parent, parameter.parent_values}};
    all.push_back(std::move(one));
  }
  return all;
}

OrderedJson header(const SearchSpace& space, const SuggestParams& params,
                   const std::map<std::string, std::string>& facts) {
  OrderedJson json = {{"line", "header"},        {"version", version},
                      {"space", to_json(space)}, {"sampler", name(params.sampler)},
                      {"seed", params.seed},     {"in_flight", params.in_flight}};
  if (params.sampler == SearchSampler::tpe)
    json["tpe"] = {{"startup_trials", params.tpe.startup_trials},
                   {"gamma", params.tpe.gamma},
                   {"candidates", params.tpe.candidates},
                   {"prior_weight", params.tpe.prior_weight},
                   {"forgetting", params.tpe.forgetting}};
  json["facts"] = OrderedJson(facts);
  return json;
}

// Names of the members that are not the same, those of `facts` by themselves.
std::string differences(const io::Json& a, const io::Json& b) {
  std::string names;
  io::Json all = a;
  if (b.is_object()) all.update(b);
  for (const auto& [name, unused] : all.items()) {
    const bool in_both = a.contains(name) && b.contains(name);
    if (in_both && a[name] == b[name]) continue;
    const bool has_parts = in_both && a[name].is_object() && b[name].is_object();
    names += (names.empty() ? "" : ", ") + (has_parts ? differences(a[name], b[name]) : name);
  }
  return names;
}

OrderedJson ask_line(const SearchSpace& space, std::int64_t number, const SearchTrial& trial) {
  OrderedJson values = OrderedJson::object();
  for (std::size_t p = 0; p < trial.values.size(); ++p) {
    const SearchParameter& parameter = space.parameters()[p];
    if (!trial.values[p]) continue;
    if (parameter.choices.empty())
      values[parameter.name] = *trial.values[p];
    else
      values[parameter.name] = space.text(p, *trial.values[p]);
  }
  return {{"line", "ask"}, {"trial", number}, {"values", std::move(values)}};
}

OrderedJson tell_line(std::int64_t number, const TrialOutcome& outcome) {
  OrderedJson json = {{"line", "tell"},
                      {"trial", number},
                      {"status", name(outcome.status)},
                      {"loss", outcome.loss},
                      {"accuracy", outcome.accuracy},
                      {"epochs", outcome.epochs},
                      {"seconds", outcome.seconds}};
  if (!outcome.curve.empty()) json["curve"] = outcome.curve;
  if (!std::isfinite(outcome.loss)) json["loss"] = nullptr;
  return json;
}

// The functions below throw nlohmann's or whiteline's errors for what does not belong there.

SearchValues values_of(const SearchSpace& space, const io::Json& json) {
  SearchValues values(space.parameters().size());
  for (const auto& [name, value] : json.items()) {
    const std::size_t p = space.index(name);
    values[p] = space.value(p, value.is_string() ? value.get<std::string>() : value.dump());
  }
  space.check(values);
  return values;
}

TrialOutcome outcome_of(const io::Json& json) {
  TrialOutcome outcome;
  outcome.status = trial_status(json.at("status").get<std::string>());
  const bool is_ok = outcome.status == TrialStatus::ok;
  const io::Json& loss = json.at("loss");
  outcome.loss = is_ok ? loss.get<double>() : std::numeric_limits<double>::infinity();
  outcome.accuracy = json.at("accuracy").get<double>();
  outcome.epochs = json.at("epochs").get<int>();
  outcome.seconds = json.at("seconds").get<double>();
  outcome.curve = json.value("curve", std::vector<double>());
  require(is_ok || loss.is_null(), "a failed trial has a loss");
  return outcome;
}

std::size_t number_of(const io::Json& json) {
  const io::Json& number = json.at("trial");
  require(number.is_number_unsigned(), "the trial has no number");
  return number.get<std::size_t>();
}

void take_trial(const SearchSpace& space, const io::Json& json, std::vector<SearchTrial>& trials) {
  const std::string line = json.at("line").get<std::string>();
  require(line == "ask" || line == "tell", "it is neither asked nor told");
  const std::size_t number = number_of(json);
  if (line == "ask") {
    require(number == trials.size(), "it is not the next trial");
    trials.push_back({values_of(space, json.at("values"))});
  } else {
    require(number < trials.size(), "the trial was not asked");
    require(!trials[number].outcome, "the trial was told already");
    trials[number].outcome = outcome_of(json);
  }
}

}  // namespace

TrialJournal::TrialJournal(std::filesystem::path file, const SearchSpace& space,
                           const SuggestParams& params,
                           const std::map<std::string, std::string>& facts)
    : space_(space) {
  const std::string first = header(space, params, facts).dump();
  const io::Json expected = io::parse_json(first);
  const std::string shown = file.string();
  bool has_header = false;
  const auto take = [&](std::string_view text) -> std::string {
    try {
      const io::Json json = io::parse_json(text);
      if (has_header) {
        take_trial(space_, json, trials_);
        return {};
      }
      require(json.at("line") == "header", "it is no header");
      if (const std::string names = differences(expected, json); !names.empty())
        throw ReadError(fmt::format(
            "cannot continue {} (it is of another search: {}) choose another name", shown, names));
      has_header = true;
    } catch (const ReadError&) {
      throw;
    } catch (const std::exception& error) {
      return error.what();
    }
    return {};
  };
  lines_ = std::make_shared<io::JsonLines>(
      std::move(file), io::JsonLines::Kind{"a line of a search", "{\"line\":\"", true}, take);
  if (!has_header) lines_->append(first);
}

void TrialJournal::ask(std::int64_t number, const SearchTrial& trial) {
  lines_->append(ask_line(space_, number, trial).dump());
}

void TrialJournal::tell(std::int64_t number, const SearchTrial& trial) {
  lines_->append(tell_line(number, trial.outcome.value()).dump());
}

}  // namespace whiteline
