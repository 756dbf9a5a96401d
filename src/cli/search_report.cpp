#include "cli/search_report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "cli/csv.hpp"

namespace whiteline::cli {

namespace {

// The line that parts the head of a table of `columns` from its rows; numbers stand on the right.
std::string table_rule(std::size_t columns, std::size_t texts) {
  std::string line = "|";
  for (std::size_t c = 0; c < columns; ++c) line += c < texts ? "---|" : "---:|";
  return line + "\n";
}

std::string table_line(const std::vector<std::string>& cells) {
  return fmt::format("| {} |\n", fmt::join(cells, " | "));
}

std::vector<std::string> ratio_cells(const SuccessRatio& ratio) {
  return {ratio.name, std::to_string(ratio.trials), std::to_string(ratio.successes),
          fmt::format("{:.3f}", ratio.mean),
          fmt::format("{:.3f} to {:.3f}", ratio.low, ratio.high)};
}

std::string ratio_table(const std::string& parameter, const std::vector<SuccessRatio>& ratios) {
  std::string text =
      table_line({parameter, "trials", "successes", "success ratio", "95 % interval"});
  text += table_rule(5, 1);
  for (const SuccessRatio& ratio : ratios) text += table_line(ratio_cells(ratio));
  return text + "\n";
}

std::vector<SuccessRatio> ratios_of(const SearchReport& report, std::size_t p) {
  return success_ratios(report.space, report.result.trials, report.space.parameters()[p].name,
                        report.threshold);
}

SuccessRatio all_trials(const SearchReport& report) {
  const auto& trials = report.result.trials;
  const auto successes = std::count_if(trials.begin(), trials.end(), [&](const SearchTrial& trial) {
    return trial.outcome->status == TrialStatus::ok && trial.outcome->accuracy >= report.threshold;
  });
  SuccessRatio ratio = success_ratio(successes, std::int64_t(trials.size()));
  ratio.name = "all";
  return ratio;
}

// Trials by loss, the first of equal ones first.
std::vector<std::size_t> ranking(const SearchResult& result) {
  std::vector<std::size_t> order(result.trials.size());
  std::iota(order.begin(), order.end(), std::size_t(0));
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return result.trials[a].outcome->loss < result.trials[b].outcome->loss;
  });
  return order;
}

std::string best_table(const SearchReport& report, std::size_t best) {
  const auto& parameters = report.space.parameters();
  std::vector<std::string> head = {"rank", "trial", "accuracy"};
  for (const SearchParameter& parameter : parameters) head.push_back(parameter.name);
  std::string text = table_line(head) + table_rule(head.size(), 0);
  const std::vector<std::size_t> order = ranking(report.result);
  for (std::size_t rank = 0; rank < std::min(best, order.size()); ++rank) {
    const SearchTrial& trial = report.result.trials[order[rank]];
    if (trial.outcome->status != TrialStatus::ok) break;
    std::vector<std::string> cells = {std::to_string(rank + 1), std::to_string(order[rank]),
                                      fmt::format("{:.4f}", trial.outcome->accuracy)};
    for (std::size_t p = 0; p < parameters.size(); ++p)
      cells.push_back(trial.values[p] ? report.space.text(p, *trial.values[p]) : "–");
    text += table_line(cells);
  }
  return text + "\n";
}

// "2 diverged, 1 invalid", or "none".
std::string failures(const SearchResult& result) {
  std::vector<std::string> parts;
  for (const TrialStatus status :
       {TrialStatus::diverged, TrialStatus::invalid, TrialStatus::too_costly}) {
    const auto count =
        std::count_if(result.trials.begin(), result.trials.end(),
                      [&](const SearchTrial& trial) { return trial.outcome->status == status; });
    if (count > 0) parts.push_back(fmt::format("{} {}", count, name(status)));
  }
  return parts.empty() ? "none" : fmt::format("{}", fmt::join(parts, ", "));
}

Json ratio_json(const SuccessRatio& ratio) {
  return {{"value", ratio.name}, {"trials", ratio.trials}, {"successes", ratio.successes},
          {"ratio", ratio.mean}, {"low", ratio.low},       {"high", ratio.high}};
}

Json trial_json(const SearchSpace& space, std::size_t number, const SearchTrial& trial) {
  Json values = Json::object();
  for (std::size_t p = 0; p < trial.values.size(); ++p) {
    const SearchParameter& parameter = space.parameters()[p];
    if (!trial.values[p]) continue;
    if (parameter.choices.empty())
      values[parameter.name] = *trial.values[p];
    else
      values[parameter.name] = space.text(p, *trial.values[p]);
  }
  return {{"trial", number},
          {"values", values},
          {"status", name(trial.outcome->status)},
          {"accuracy", trial.outcome->accuracy},
          {"epochs", trial.outcome->epochs}};
}

}  // namespace

std::string describe(const SearchSpace& space, const SearchValues& values) {
  std::vector<std::string> parts;
  for (std::size_t p = 0; p < values.size(); ++p)
    if (values[p])
      parts.push_back(fmt::format("{} {}", space.parameters()[p].name, space.text(p, *values[p])));
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string report_markdown(const SearchReport& report, std::size_t best) {
  const SearchResult& result = report.result;
  std::string text = "# Search of networks\n\n";
  for (const auto& [name, value] : report.settings) text += fmt::format("* {}: {}\n", name, value);
  text += fmt::format("* trials: {}{}; failed: {}\n", result.trials.size(),
                      result.exhausted ? " (nothing new was found)" : "", failures(result));
  text +=
      fmt::format("* success: accuracy of at least {}; ratio: (successes + 1) / (trials + 2)\n\n",
                  report.threshold);
  const auto& parameters = report.space.parameters();
  std::vector<SuccessRatio> structures = ratios_of(report, 0);
  structures.push_back(all_trials(report));
  text += fmt::format("## Success by {}\n\n", parameters[0].name);
  text += ratio_table(parameters[0].name, structures);
  text += "## Best trials\n\n" + best_table(report, best);
  text += "## Success by other parameters\n\nOf the trials in which they are active.\n\n";
  for (std::size_t p = 1; p < parameters.size(); ++p)
    text += ratio_table(parameters[p].name, ratios_of(report, p));
  text.pop_back();
  return text;
}

Json report_json(const SearchReport& report) {
  const SearchResult& result = report.result;
  Json success = Json::object(), trials = Json::array(), settings = Json::object();
  for (std::size_t p = 0; p < report.space.parameters().size(); ++p)
    for (const SuccessRatio& ratio : ratios_of(report, p))
      success[report.space.parameters()[p].name].push_back(ratio_json(ratio));
  for (std::size_t t = 0; t < result.trials.size(); ++t)
    trials.push_back(trial_json(report.space, t, result.trials[t]));
  for (const auto& [name, value] : report.settings) settings[name] = value;
  Json json = {{"settings", settings},
               {"threshold", report.threshold},
               {"exhausted", result.exhausted},
               {"all", ratio_json(all_trials(report))},
               {"best", result.best ? trials[*result.best] : Json()},
               {"success", success},
               {"trials", trials}};
  return json;
}

std::string trials_csv(const SearchReport& report) {
  const auto& parameters = report.space.parameters();
  std::vector<std::string> head = {"trial"};
  for (const SearchParameter& parameter : parameters) head.push_back(parameter.name);
  head.insert(head.end(), {"status", "accuracy", "epochs"});
  std::string text = csv_line(head);
  for (std::size_t t = 0; t < report.result.trials.size(); ++t) {
    const SearchTrial& trial = report.result.trials[t];
    std::vector<std::string> line = {std::to_string(t)};
    for (std::size_t p = 0; p < parameters.size(); ++p)
      line.push_back(trial.values[p] ? report.space.text(p, *trial.values[p]) : "");
    line.insert(line.end(), {std::string(name(trial.outcome->status)),
                             fmt::format("{}", trial.outcome->accuracy),
                             std::to_string(trial.outcome->epochs)});
    text += csv_line(line);
  }
  return text;
}

std::string curves_csv(const SearchReport& report) {
  std::string text = csv_line({"trial", "epoch", "loss"});
  for (std::size_t t = 0; t < report.result.trials.size(); ++t) {
    const std::vector<double>& curve = report.result.trials[t].outcome->curve;
    for (std::size_t e = 0; e < curve.size(); ++e)
      text += csv_line({std::to_string(t), std::to_string(e + 1), fmt::format("{}", curve[e])});
  }
  return text;
}

IntervalChart success_chart(const SearchReport& report) {
  IntervalChart chart;
  chart.title = fmt::format("Share of trials with accuracy of at least {}", report.threshold);
  chart.x = {.label = "success ratio, 95 % interval", .low = 0.0, .high = 1.0};
  for (std::size_t p = 0; p < report.space.parameters().size(); ++p) {
    IntervalChart::Group group;
    group.name = report.space.parameters()[p].name;
    for (const SuccessRatio& ratio : ratios_of(report, p))
      group.rows.push_back({ratio.name, ratio.mean, ratio.low, ratio.high,
                            fmt::format("{} of {}", ratio.successes, ratio.trials)});
    chart.groups.push_back(std::move(group));
  }
  return chart;
}

LineChart course_chart(const SearchReport& report) {
  LineChart chart;
  chart.title = "Course of the search";
  chart.x.label = "trial";
  chart.y.label = "accuracy";
  ChartSeries each, best;
  each.name = "a trial";
  each.mark = ChartSeries::Mark::points;
  best.name = "the best so far";
  best.mark = ChartSeries::Mark::steps;
  double highest = 0.0;
  for (std::size_t t = 0; t < report.result.trials.size(); ++t) {
    const TrialOutcome& outcome = *report.result.trials[t].outcome;
    highest = std::max(highest, outcome.accuracy);
    for (ChartSeries* series : {&each, &best}) series->x.push_back(double(t));
    each.y.push_back(outcome.status == TrialStatus::ok ? outcome.accuracy
                                                       : std::numeric_limits<double>::quiet_NaN());
    best.y.push_back(highest);
  }
  chart.series = {std::move(each), std::move(best)};
  return chart;
}

}  // namespace whiteline::cli
