#include <fmt/format.h>
#include <fmt/ranges.h>
#include <whiteline/search.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

namespace whiteline {

namespace {

constexpr std::size_t most_parameters = 65535;  // the layer field of a counter has 16 bits

bool are_different(const std::vector<std::string>& texts) {
  const std::set<std::string_view> different(texts.begin(), texts.end());
  return different.size() == texts.size() && !different.count("");
}

void check_range(const SearchParameter& parameter) {
  constexpr std::int64_t limit = std::int64_t(1) << 31;
  const auto [low, high, step] = std::array{parameter.low, parameter.high, parameter.step};
  if (step < 1 || low > high || low <= -limit || high >= limit || low % step != 0 ||
      high % step != 0)
    throw InvalidArgument(fmt::format(
        "cannot search `{}` from {} to {} in steps of {} (the ends are multiples of the step, in "
        "order) correct its range",
        parameter.name, low, high, step));
}

}  // namespace

SearchSpace::SearchSpace(std::vector<SearchParameter> parameters)
    : parameters_(std::move(parameters)) {
  require(!parameters_.empty() && parameters_.size() <= most_parameters,
          "cannot search without parameters (1 to 65535 are needed) give some");
  std::vector<std::string> names;
  for (const SearchParameter& parameter : parameters_) {
    names.push_back(parameter.name);
    if (!are_different(names))
      throw InvalidArgument(fmt::format(
          "cannot search `{}` (a name is empty or given twice) name each parameter once",
          parameter.name));
    if (parameter.choices.empty())
      check_range(parameter);
    else if (!are_different(parameter.choices))
      throw InvalidArgument(
          fmt::format("cannot search `{}` (a choice is empty or given twice) give each choice once",
                      parameter.name));
    conditions_.emplace_back();
    if (parameter.parent.empty() && parameter.parent_values.empty()) continue;
    const auto parent = std::find(names.begin(), names.end() - 1, parameter.parent);
    if (parent == names.end() - 1 || parameter.parent_values.empty())
      throw InvalidArgument(fmt::format(
          "cannot search `{}` where `{}` is [{}] (it depends on values of an earlier parameter) "
          "correct its parent",
          parameter.name, parameter.parent, fmt::join(parameter.parent_values, ", ")));
    Condition condition{std::size_t(parent - names.begin()), {}};
    for (const std::string& text : parameter.parent_values) {
      const auto wanted = value(condition.parent, text);
      if (!wanted)
        throw InvalidArgument(
            fmt::format("cannot search `{}` where `{}` is `{}` (it never is) correct the value",
                        parameter.name, parameter.parent, text));
      condition.values.push_back(*wanted);
    }
    conditions_.back() = std::move(condition);
  }
}

std::size_t SearchSpace::index(std::string_view name) const {
  for (std::size_t p = 0; p < parameters_.size(); ++p)
    if (parameters_[p].name == name) return p;
  throw InvalidArgument(
      fmt::format("cannot find parameter `{}` (the space has none of that name) correct it", name));
}

std::int64_t SearchSpace::count(std::size_t p) const {
  const SearchParameter& parameter = parameters_[p];
  return parameter.choices.empty() ? (parameter.high - parameter.low) / parameter.step + 1
                                   : std::int64_t(parameter.choices.size());
}

bool SearchSpace::active(std::size_t p, const SearchValues& values) const {
  const auto& condition = conditions_[p];
  if (!condition) return true;
  const auto& parent = values[condition->parent];
  return parent && std::find(condition->values.begin(), condition->values.end(), *parent) !=
                       condition->values.end();
}

std::string SearchSpace::text(std::size_t p, std::int64_t value) const {
  const auto& choices = parameters_[p].choices;
  return choices.empty() ? std::to_string(value) : choices[std::size_t(value)];
}

std::optional<std::string> SearchSpace::text(std::string_view name,
                                             const SearchValues& values) const {
  const std::size_t p = index(name);
  if (!values.at(p)) return std::nullopt;
  return text(p, *values[p]);
}

std::optional<std::int64_t> SearchSpace::value(std::size_t p, std::string_view text) const {
  const SearchParameter& parameter = parameters_[p];
  if (!parameter.choices.empty()) {
    const auto found = std::find(parameter.choices.begin(), parameter.choices.end(), text);
    if (found == parameter.choices.end()) return std::nullopt;
    return found - parameter.choices.begin();
  }
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = read.ec == std::errc() && read.ptr == text.data() + text.size();
  if (!is_number || number < parameter.low || number > parameter.high ||
      number % parameter.step != 0)
    return std::nullopt;
  return number;
}

void SearchSpace::check(const SearchValues& values) const {
  if (values.size() != parameters_.size())
    throw InvalidArgument(fmt::format(
        "cannot take {} values of {} parameters (one each is needed) give values of this space",
        values.size(), parameters_.size()));
  for (std::size_t p = 0; p < parameters_.size(); ++p) {
    const SearchParameter& parameter = parameters_[p];
    if (values[p].has_value() != active(p, values))
      throw InvalidArgument(fmt::format(
          "cannot take these values (`{}` {}) give values of this space", parameter.name,
          values[p] ? "is not active and has a value" : "is active and has none"));
    if (!values[p]) continue;
    const bool is_choice = !parameter.choices.empty();
    const std::int64_t low = is_choice ? 0 : parameter.low;
    const std::int64_t high = is_choice ? count(p) - 1 : parameter.high;
    const std::int64_t step = is_choice ? 1 : parameter.step;
    if (*values[p] < low || *values[p] > high || *values[p] % step != 0)
      throw InvalidArgument(fmt::format(
          "cannot take {} for `{}` (it is none of its values) give values of this space",
          *values[p], parameter.name));
  }
}

}  // namespace whiteline
