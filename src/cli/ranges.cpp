#include "cli/ranges.hpp"

#include <whiteline/nn/architectures.hpp>

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <string_view>
#include <tuple>
#include <vector>

#include "cli/errors.hpp"

namespace whiteline::cli {

namespace {

std::optional<double> number(std::string_view text) {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

// What lies before and after the first `separator`, if there is one.
std::optional<std::pair<std::string, std::string>> halves(const std::string& text, char separator) {
  const auto at = text.find(separator);
  if (at == std::string::npos) return std::nullopt;
  return std::pair(text.substr(0, at), text.substr(at + 1));
}

[[noreturn]] void refuse(const std::string& text, std::string_view why, std::string_view advice) {
  throw UsageError(fmt::format("cannot use `{}` ({}) {}", text, why, advice));
}

}  // namespace

Range parse_range(const std::string& text) {
  constexpr auto advice = "write 460:800 for eV or #0:600 for channels";
  Range range;
  range.in_channels = !text.empty() && text.front() == '#';
  const auto parts = halves(range.in_channels ? text.substr(1) : text, ':');
  if (!parts) refuse(text, "it is no range", advice);
  const auto low = number(parts->first), high = number(parts->second);
  if (!low || !high) refuse(text, "it is no range", advice);
  if (!(*low < *high)) refuse(text, "the range is empty: LOW must be below HIGH", advice);
  if (range.in_channels && (*low < 0 || *low != std::floor(*low) || *high != std::floor(*high)))
    refuse(text, "channels are whole numbers from 0", advice);
  range.low = *low;
  range.high = *high;
  return range;
}

Range in_energy(const Range& range, const std::optional<EnergyAxis>& axis) {
  if (!range.in_channels) return range;
  if (!axis)
    throw InvalidArgument(
        fmt::format("cannot use channels #{}:{} (the spectra have no common energy axis) give one "
                    "with --axis OFFSET:DISPERSION",
                    range.low, range.high));
  if (range.high > double(axis->size))
    throw InvalidArgument(
        fmt::format("cannot use channels #{}:{} (the spectra have {}) choose a range inside them",
                    range.low, range.high, axis->size));
  return {axis->energy(std::int64_t(range.low)), axis->energy(std::int64_t(range.high)), false};
}

std::optional<BackgroundChoice> parse_background(const std::string& text) {
  using Method = Background::Method;
  using Curve = Background::Curve;
  constexpr auto advice =
      "write none, or powerlaw:485:515, twoarea, egerton, likelihood, exponential, constant or "
      "poly1 to poly5 in place of powerlaw";
  constexpr std::tuple<std::string_view, Method, Curve, int> known[] = {
      {"powerlaw", Method::log_least_squares, Curve::power_law, 0},
      {"twoarea", Method::two_area, Curve::power_law, 0},
      {"egerton", Method::two_area_closed, Curve::power_law, 0},
      {"likelihood", Method::likelihood, Curve::power_law, 0},
      {"exponential", Method::log_least_squares, Curve::exponential, 0},
      {"constant", Method::log_least_squares, Curve::polynomial, 0},
      {"poly1", Method::log_least_squares, Curve::polynomial, 1},
      {"poly2", Method::log_least_squares, Curve::polynomial, 2},
      {"poly3", Method::log_least_squares, Curve::polynomial, 3},
      {"poly4", Method::log_least_squares, Curve::polynomial, 4},
      {"poly5", Method::log_least_squares, Curve::polynomial, 5}};
  if (text == "none") return std::nullopt;
  const auto parts = halves(text, ':');
  if (!parts) refuse(text, "a background needs a window", advice);
  for (const auto& [name, method, curve, degree] : known)
    if (name == parts->first)
      return BackgroundChoice{{method, 0.0, 0.0, curve, degree}, parse_range(parts->second)};
  refuse(text, "this background is not known", advice);
}

NormaliseChoice parse_normalise(const std::string& text) {
  if (text == "none") return {Normalise::Kind::none, {}};
  if (text == "max") return {Normalise::Kind::max, {}};
  if (text == "l2") return {Normalise::Kind::l2, {}};
  if (text == "l1") return {Normalise::Kind::l1, {}};
  if (text == "area") return {Normalise::Kind::area, {}};
  if (text.starts_with("area:")) return {Normalise::Kind::area, parse_range(text.substr(5))};
  refuse(text, "this normalisation is not known", "write none, max, l2, l1, area or area:LOW:HIGH");
}

GammaChoice parse_gamma(const std::string& text) {
  if (text == "scale") return {GammaRule::scale, 0.0};
  if (text == "channels" || text == "auto") return {GammaRule::channels, 0.0};
  const auto value = number(text);
  if (!value || !(*value > 0.0))
    refuse(text, "gamma is a number above 0", "write scale, channels or a number such as 0.01");
  return {GammaRule::value, *value};
}

ClassWeightChoice parse_class_weight(const std::string& text) {
  constexpr auto advice = "write none, balanced, FeO=2 or balanced,FeO=2,Fe3O4=0.5";
  ClassWeightChoice choice{text, ClassWeight::none, {}};
  for (std::string rest = text; !rest.empty();) {
    const auto parts = halves(rest, ',');
    const std::string one = parts ? parts->first : rest;
    rest = parts ? parts->second : std::string();
    if (one == "balanced") choice.rule = ClassWeight::balanced;
    if (one == "balanced" || one == "none") continue;
    const auto equals = one.rfind('=');  // class names may hold the sign
    const auto factor = equals == std::string::npos ? std::nullopt : number(one.substr(equals + 1));
    if (!factor || equals == 0) refuse(one, "it names no class and factor", advice);
    if (!(*factor > 0.0)) refuse(one, "a factor must be above 0", advice);
    if (!choice.factors.emplace(one.substr(0, equals), *factor).second)
      refuse(one, "the class was named before", advice);
  }
  return choice;
}

ModelChoice parse_model(const std::string& text) {
  constexpr std::string_view prefix = "net:";
  if (text == "svm") return {};
  if (!text.starts_with(prefix))
    throw UsageError(fmt::format("`{}` is no kind of model: write svm, or net:NAME", text));
  try {
    return {std::string(nn::preset(text.substr(prefix.size())).name)};
  } catch (const InvalidArgument& error) {
    throw UsageError(error.what());
  }
}

AxisChoice parse_axis(const std::string& text) {
  constexpr auto advice = "write OFFSET:DISPERSION, for example 615:0.1";
  const auto parts = halves(text, ':');
  const auto offset = parts ? number(parts->first) : std::nullopt;
  const auto dispersion = parts ? number(parts->second) : std::nullopt;
  if (!offset || !dispersion) refuse(text, "it is no axis", advice);
  if (!(*dispersion > 0.0)) refuse(text, "the dispersion must be above 0", advice);
  return {*offset, *dispersion};
}

PeakChoice parse_peak(const std::string& text) {
  constexpr auto advice = "write LOW:HIGH=EV, for example 635:650=640.5";
  const auto parts = halves(text, '=');
  const auto energy = parts ? number(parts->second) : std::nullopt;
  if (!energy) refuse(text, "it names no energy", advice);
  return {parse_range(parts->first), *energy};
}

EnergyAxis parse_new_axis(const std::string& text) {
  constexpr auto advice = "write OFFSET:DISPERSION:CHANNELS, for example 500:0.25:1200";
  const auto last = text.rfind(':');
  const auto channels = number(last == std::string::npos ? "" : text.substr(last + 1));
  if (!channels) refuse(text, "it is no axis", advice);
  if (!(*channels >= 1.0 && *channels < 1e9) || *channels != std::floor(*channels))
    refuse(text, "channels are a whole number from 1", advice);
  const AxisChoice axis = parse_axis(text.substr(0, last));
  return {axis.offset, axis.dispersion, std::int64_t(*channels)};
}

AlignChoice parse_align(const std::string& text) {
  constexpr auto advice = "write peak:-5:5=0, peak:-5:5 or correlate:520:560";
  const auto parts = halves(text, ':');
  if (!parts || (parts->first != "peak" && parts->first != "correlate"))
    refuse(text, "this alignment is not known", advice);
  AlignChoice choice{parts->first == "correlate", {}, {}};
  const auto target = halves(parts->second, '=');
  if (target) {
    choice.energy = number(target->second);
    if (!choice.energy || choice.correlate) refuse(text, "it names no energy of a peak", advice);
  }
  choice.window = parse_range(target ? target->first : parts->second);
  return choice;
}

RebinChoice parse_rebin(const std::string& text) {
  constexpr auto advice = "write Y:X:CHANNELS, for example 2:2:1, or a number of channels";
  std::vector<std::int64_t> factors;
  for (std::string rest = text;;) {
    const auto parts = halves(rest, ':');
    const auto factor = number(parts ? parts->first : rest);
    if (!factor || !(*factor >= 1.0 && *factor < 1e9) || *factor != std::floor(*factor))
      refuse(text, "factors are whole numbers from 1", advice);
    factors.push_back(std::int64_t(*factor));
    if (!parts) break;
    rest = parts->second;
  }
  if (factors.size() == 1) return {1, 1, factors[0]};
  if (factors.size() != 3) refuse(text, "one or three factors are needed", advice);
  return {factors[0], factors[1], factors[2]};
}

VacuumChoice parse_vacuum(const std::string& text) {
  if (text == "auto") return {};
  if (text == "none") return {false, 0.0};
  const auto threshold = number(text);
  if (!threshold || !(*threshold > 0.0 && *threshold < 1.0))
    refuse(text, "the threshold lies between 0 and 1", "write auto, none or a share such as 0.1");
  return {true, *threshold};
}

std::uint64_t parse_bytes(const std::string& text) {
  constexpr auto advice = "write 2GiB, 512MiB, 64KiB or a number of bytes";
  const auto unit_at = text.find_first_not_of("0123456789.");
  const auto value = number(std::string_view(text).substr(0, unit_at));
  if (!value) refuse(text, "it is no memory size", advice);
  const std::string unit = unit_at == std::string::npos ? "" : text.substr(unit_at);
  double factor = 0.0;
  if (unit.empty() || unit == "B") factor = 1.0;
  if (unit == "KiB") factor = 0x1p10;
  if (unit == "MiB") factor = 0x1p20;
  if (unit == "GiB") factor = 0x1p30;
  if (unit == "TiB") factor = 0x1p40;
  if (factor == 0.0) refuse(text, "this unit is not known", advice);
  const double bytes = std::floor(*value * factor);
  if (!(bytes >= 1.0 && bytes < 0x1p62)) refuse(text, "it is no memory size", advice);
  return std::uint64_t(bytes);
}

std::string format_bytes(std::uint64_t bytes) {
  constexpr const char* units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  double value = double(bytes);
  std::size_t unit = 0;
  for (; value >= 1024.0 && unit + 1 < std::size(units); ++unit) value /= 1024.0;
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", value, units[unit]);
}

}  // namespace whiteline::cli
