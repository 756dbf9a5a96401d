#include "algorithms/charts/ticks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace whiteline::charts {

namespace {

constexpr double rounding = 1e-9;  // of a step, forgiven at the ends of an axis

std::string power_of_ten(int exponent) {
  constexpr const char* digits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string text = exponent < 0 ? "10⁻" : "10";
  for (const char c : fmt::format("{}", std::abs(exponent))) text += digits[c - '0'];
  return text;
}

// The smallest of 1, 2, 5, 10, 20, ... (and 0.5, ...) not below `step` > 0.
double round_step(double step) {
  const double decade = std::pow(10.0, std::floor(std::log10(step)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * decade >= step * (1.0 - rounding)) return factor * decade;
  return 10.0 * decade;
}

std::string minus(std::string text) { return text.front() == '-' ? "−" + text.substr(1) : text; }

std::vector<Tick> linear_ticks(double low, double high, int about) {
  const double step = round_step((high - low) / about);
  const double largest = std::max(std::abs(low), std::abs(high));
  // Common power of ten of very large or small numbers.
  const int exponent = static_cast<int>(std::floor(std::log10(largest) + rounding));
  const bool scientific = exponent >= 6 || exponent < -3;
  const double unit = scientific ? std::pow(10.0, exponent) : 1.0;
  const int decimals =
      std::clamp(static_cast<int>(std::ceil(-std::log10(step / unit) - rounding)), 0, 12);
  std::vector<Tick> ticks;
  const double first = std::ceil(low / step - rounding), last = std::floor(high / step + rounding);
  for (int k = 0; k <= std::min(last - first, 100.0); ++k) {
    const double i = first + k, value = i * step;
    std::string label = minus(fmt::format("{:.{}f}", i == 0.0 ? 0.0 : value / unit, decimals));
    if (scientific) label = i == 0.0 ? "0" : label + "×" + power_of_ten(exponent);
    ticks.push_back({value, label});
  }
  return ticks;
}

std::string decade_label(int exponent, bool powers) {
  if (powers) return power_of_ten(exponent);
  return fmt::format("{:.{}f}", std::pow(10.0, exponent), std::max(0, -exponent));
}

std::vector<Tick> logarithmic_ticks(double low, double high, int about) {
  const double first = std::log10(low), last = std::log10(high);
  const int from = static_cast<int>(std::floor(first + rounding));
  const int to = static_cast<int>(std::ceil(last - rounding));
  const bool powers = from < -3 || to > 4;
  const int stride = std::max(1, (to - from + about - 1) / about);
  const bool few = last - first < 2.5;  // decades: 2 and 5 get numbers as well
  std::vector<Tick> ticks;
  for (int exponent = from; exponent <= to; ++exponent)
    for (int factor = 1; factor <= 9; ++factor) {
      const double value = factor * std::pow(10.0, exponent);
      const double place = std::log10(value);
      if (place < first - rounding || place > last + rounding) continue;
      if (factor == 1)
        ticks.push_back({value, exponent % stride == 0 ? decade_label(exponent, powers) : ""});
      else if (few && (factor == 2 || factor == 5))
        ticks.push_back({value, short_number(value)});
      else if (stride == 1)
        ticks.push_back({value, ""});
    }
  return ticks;
}

void check_end(const ChartAxis& axis, const std::optional<double>& end) {
  if (!end) return;
  require(std::isfinite(*end) && (axis.scale == ChartAxis::Scale::linear || *end > 0.0),
          fmt::format("cannot draw the axis `{}` to {} (an end is finite and, on a logarithmic "
                      "axis, above 0) correct it",
                      axis.label, *end));
}

struct Ends {
  double low, high;
};

// Whole steps (or decades, or their 2 and 5) around the data.
Ends rounded_outward(Ends ends, bool logarithmic) {
  if (!logarithmic) {
    const double step = round_step((ends.high - ends.low) / 6.0);
    return {std::floor(ends.low / step + rounding) * step,
            std::ceil(ends.high / step - rounding) * step};
  }
  const auto out = [](double value, bool up) {
    const double decade = std::pow(10.0, std::floor(std::log10(value) + rounding));
    double best = up ? 10.0 * decade : decade;
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double candidate = factor * decade;
      if (up && candidate >= value * (1.0 - rounding)) best = std::min(best, candidate);
      if (!up && candidate <= value * (1.0 + rounding)) best = std::max(best, candidate);
    }
    return best;
  };
  return {out(ends.low, false), out(ends.high, true)};
}

}  // namespace

std::string short_number(double value, int digits) {
  if (!std::isfinite(value)) return std::isnan(value) ? "NaN" : value > 0.0 ? "∞" : "−∞";
  std::string text = fmt::format("{:.{}g}", value, digits);
  const std::size_t e = text.find('e');
  if (e == std::string::npos) return minus(text);
  const int exponent = std::stoi(text.substr(e + 1));
  const std::string mantissa = text.substr(0, e);
  if (mantissa == "1") return power_of_ten(exponent);
  return minus(mantissa) + "×" + power_of_ten(exponent);
}

double Scale::share(double value) const {
  if (kind == ChartAxis::Scale::linear) return (value - low) / (high - low);
  return (std::log10(value) - std::log10(low)) / (std::log10(high) - std::log10(low));
}

bool Scale::shows(double value) const {
  return std::isfinite(value) && (kind == ChartAxis::Scale::linear || value > 0.0);
}

std::vector<Tick> Scale::ticks(int about) const {
  return kind == ChartAxis::Scale::linear ? linear_ticks(low, high, about)
                                          : logarithmic_ticks(low, high, about);
}

Scale scale_around(const ChartAxis& axis, const std::vector<double>& values) {
  check_end(axis, axis.low);
  check_end(axis, axis.high);
  Scale scale{axis.scale, 0.0, 1.0};
  const bool logarithmic = axis.scale == ChartAxis::Scale::logarithmic;
  Ends ends{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
  for (const double value : values)
    if (scale.shows(value)) {
      ends.low = std::min(ends.low, value);
      ends.high = std::max(ends.high, value);
    }
  if (ends.low > ends.high) ends = logarithmic ? Ends{1.0, 10.0} : Ends{0.0, 1.0};
  const double half = ends.low == 0.0 ? 0.5 : std::abs(ends.low) / 20.0;
  if (!logarithmic && ends.high - ends.low <= 1e-12 * std::abs(ends.high) + 1e-300)
    ends = {ends.low - half, ends.high + half};
  if (logarithmic && ends.high < ends.low * 1.001) ends = {ends.low / 2.0, ends.high * 2.0};
  const Ends round = rounded_outward(ends, logarithmic);
  scale.low = axis.low.value_or(round.low);
  scale.high = axis.high.value_or(round.high);
  // One end given, and all data beyond it.
  if (scale.low >= scale.high && !axis.high)
    scale.high = logarithmic ? 10.0 * scale.low : scale.low + 1.0;
  if (scale.low >= scale.high && !axis.low)
    scale.low = logarithmic ? scale.high / 10.0 : scale.high - 1.0;
  require(scale.low < scale.high,
          fmt::format("cannot draw the axis `{}` from {} to {} (the ends are in the wrong order) "
                      "exchange them",
                      axis.label, scale.low, scale.high));
  return scale;
}

}  // namespace whiteline::charts
