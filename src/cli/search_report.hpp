// What came out of a search of networks, as tables and pictures. Times are left out, so that a
// search that was interrupted has the same report as one that was not.
#pragma once

#include <whiteline/charts.hpp>
#include <whiteline/search.hpp>

#include <string>
#include <utility>
#include <vector>

#include "cli/options.hpp"

namespace whiteline::cli {

struct SearchReport {
  const SearchSpace& space;
  const SearchResult& result;
  double threshold;  // accuracy from which a trial is a success
  // What was searched and how, for people: {"data", "wl.npz"}, {"epochs", "10"}, ...
  std::vector<std::pair<std::string, std::string>> settings;
};

// Success by structure with 95 % intervals, the best trials, success by every other parameter.
std::string report_markdown(const SearchReport& report, std::size_t best);
Json report_json(const SearchReport& report);

std::string trials_csv(const SearchReport& report);       // one line a trial
std::string curves_csv(const SearchReport& report);       // the loss of each after each epoch
IntervalChart success_chart(const SearchReport& report);  // by the values of each parameter
LineChart course_chart(const SearchReport& report);       // accuracy of the trials, and the best

// "structure C5, filters 11, ..." of the active parameters.
std::string describe(const SearchSpace& space, const SearchValues& values);

}  // namespace whiteline::cli
