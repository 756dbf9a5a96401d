#include "cli/lists.hpp"

#include <fmt/format.h>
#include <whiteline/model_selection.hpp>

#include <charconv>
#include <cmath>
#include <string_view>

#include "cli/errors.hpp"

namespace whiteline::cli {

namespace {

constexpr int most_values = 1000;  // of one range

[[noreturn]] void refuse(std::string_view text, std::string_view why, std::string_view advice) {
  throw UsageError(fmt::format("cannot use `{}` ({}) {}", text, why, advice));
}

std::vector<std::string> parts_of(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (std::size_t end; (end = text.find(separator, begin)) != std::string::npos; begin = end + 1)
    parts.push_back(text.substr(begin, end - begin));
  parts.push_back(text.substr(begin));
  return parts;
}

template <class Number>
Number number(const std::string& text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(double(value)))
    refuse(text, "it is no number", "write a list such as 0.1,1,10 or a range such as 1e-3:1e4:8");
  return value;
}

void add_range(const std::string& text, const std::vector<std::string>& parts,
               std::vector<double>& values) {
  constexpr auto advice = "write LOW:HIGH:COUNT, for example 1e-3:1e4:8";
  if (parts.size() != 3) refuse(text, "a range has three parts", advice);
  const double low = number<double>(parts[0]), high = number<double>(parts[1]);
  const int count = number<int>(parts[2]);
  if (!(low > 0.0 && low < high)) refuse(text, "a range goes up from a number above 0", advice);
  if (count < 2 || count > most_values)
    refuse(text, fmt::format("a range has 2 to {} values", most_values), advice);
  for (const double value : geometric(low, high, count)) values.push_back(value);
}

}  // namespace

std::vector<double> parse_numbers(const std::string& text) {
  std::vector<double> values;
  for (const std::string& part : parts_of(text, ',')) {
    const std::vector<std::string> range = parts_of(part, ':');
    if (range.size() == 1)
      values.push_back(number<double>(part));
    else
      add_range(part, range, values);
  }
  return values;
}

std::vector<double> parse_positive_numbers(const std::string& text) {
  std::vector<double> values = parse_numbers(text);
  for (const double value : values)
    if (!(value > 0.0)) refuse(text, "numbers here are above 0", "leave out the others");
  return values;
}

std::vector<int> parse_degrees(const std::string& text) {
  std::vector<int> values;
  for (const std::string& part : parts_of(text, ',')) {
    values.push_back(number<int>(part));
    if (values.back() < 1 || values.back() > 64)
      refuse(text, "a degree is a whole number from 1 to 64", "write, for example, 2,3");
  }
  return values;
}

std::vector<double> parse_fractions(const std::string& text) {
  std::vector<double> values = parse_positive_numbers(text);
  for (const double value : values)
    if (value > 1.0) refuse(text, "a fraction is at most 1", "write, for example, 0.1,0.3,1");
  return values;
}

std::vector<KernelType> parse_kernels(const std::string& text) {
  std::vector<KernelType> kernels;
  for (const std::string& part : parts_of(text, ',')) try {
      kernels.push_back(kernel_type(part));
    } catch (const InvalidArgument& error) {
      throw UsageError(error.what());
    }
  return kernels;
}

std::vector<Normalise::Kind> parse_normalisations(const std::string& text) {
  std::vector<Normalise::Kind> kinds;
  for (const std::string& part : parts_of(text, ',')) {
    Normalise::Kind kind = Normalise::Kind::area;
    try {
      kind = normalise_kind(part);
    } catch (const InvalidArgument&) {  // refused below, with those that can be searched
    }
    if (kind == Normalise::Kind::area)
      refuse(part, "this normalisation cannot be searched", "write some of none,max,l2,l1");
    kinds.push_back(kind);
  }
  return kinds;
}

}  // namespace whiteline::cli
