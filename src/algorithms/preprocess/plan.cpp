#include "algorithms/preprocess/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "algorithms/preprocess/text.hpp"
#include "algorithms/spectra/checks.hpp"

namespace whiteline::preprocess {

namespace {

constexpr std::int64_t most_channels = 1 << 24;

const EnergyAxis& known(const Spectra& spectra, std::string_view step) {
  if (!spectra.axis)
    throw InvalidArgument(
        fmt::format("cannot {} (the energy axis is unknown, or rows have different ones) give an "
                    "energy axis or leave the step out",
                    step));
  return *spectra.axis;
}

ChannelRange hull(ChannelRange a, ChannelRange b) {
  return {std::min(a.begin, b.begin), std::max(a.end, b.end)};
}

// What a step makes of the spectra before it.
struct Forward {
  const Spectra& before;
  ChannelRange& window;

  Spectra operator()(const Crop& crop) const {
    const EnergyAxis& axis = known(before, "crop");
    window = axis.channels(crop.low, crop.high);
    return {axis.cut(window), window.size(), {}};
  }
  Spectra operator()(const Background& background) const {
    window = known(before, "subtract a background").channels(background.low, background.high);
    if (window.size() < 2)
      throw InvalidArgument(fmt::format(
          "cannot fit a background to [{}, {}) eV (it holds 1 channel, a power law needs 2) widen "
          "the window",
          background.low, background.high));
    return {before.axis, before.channels, {}};
  }
  Spectra operator()(const Normalise& normalise) const {
    window = {0, before.channels};
    const bool windowed = normalise.low != 0.0 || normalise.high != 0.0;
    if (normalise.kind == Normalise::Kind::area) {
      const EnergyAxis& axis = known(before, "normalise by an area");
      if (windowed) window = axis.channels(normalise.low, normalise.high);
    } else if (windowed) {
      throw InvalidArgument(
          fmt::format("cannot normalise by `{}` in [{}, {}) eV (only an area has a window) leave "
                      "the window out",
                      name(normalise.kind), normalise.low, normalise.high));
    }
    return {before.axis, before.channels, {}};
  }
  Spectra operator()(const Resample& resample) const {
    spectra::check_axis(resample.axis);
    const EnergyAxis& axis = known(before, "resample");
    if (resample.axis.size > most_channels)
      throw InvalidArgument(
          fmt::format("cannot resample to {} channels (at most {} are possible) choose a larger "
                      "dispersion",
                      resample.axis.size, most_channels));
    if (!axis.covers(resample.axis))
      throw InvalidArgument(
          fmt::format("cannot resample {} to {} (it reaches beyond) choose an axis inside",
                      text(axis), text(resample.axis)));
    return {resample.axis, resample.axis.size, {}};
  }
};

// Channels before a step that its used channels depend on.
struct Backward {
  const Spectra& before;
  ChannelRange window;
  ChannelRange used;

  ChannelRange operator()(const Crop&) const {
    return {used.begin + window.begin, used.end + window.begin};
  }
  ChannelRange operator()(const Background&) const { return hull(used, window); }
  ChannelRange operator()(const Normalise& normalise) const {
    return normalise.kind == Normalise::Kind::none ? used : hull(used, window);
  }
  ChannelRange operator()(const Resample& resample) const {
    return interpolated_channels(*before.axis, resample.axis.cut(used));
  }
};

void check_energies(const Spectra& before, const PlannedStep& planned) {
  if (!std::holds_alternative<Background>(planned.step)) return;
  const EnergyAxis& axis = *before.axis;
  const double first = axis.energy(before.used.begin),
               edge = axis.energy(planned.window.begin) - 0.5 * axis.dispersion;
  if (!(std::min(first, edge) > 0.0))
    throw InvalidArgument(
        fmt::format("cannot subtract a power law at {} eV (E^-r needs energies above 0) crop the "
                    "spectra first",
                    std::min(first, edge)));
}

}  // namespace

ChannelRange interpolated_channels(const EnergyAxis& from, const EnergyAxis& to) {
  const auto channel = [&](double energy) { return (energy - from.offset) / from.dispersion; };
  const double last = double(from.size - 1);
  const double first = std::clamp(std::floor(channel(to.offset)), 0.0, last),
               end = std::clamp(std::floor(channel(to.last())) + 1.0, 0.0, last);
  return {std::int64_t(first), std::int64_t(end) + 1};
}

Plan make_plan(const std::vector<PreparationStep>& steps, const std::optional<EnergyAxis>& input,
               std::int64_t channels) {
  Plan plan;
  plan.between.push_back({input, channels, {}});
  for (const PreparationStep& step : steps) {
    PlannedStep planned{step, {}};
    Spectra after = std::visit(Forward{plan.between.back(), planned.window}, step);
    plan.steps.push_back(std::move(planned));
    plan.between.push_back(std::move(after));
  }
  plan.between.back().used = {0, plan.between.back().channels};
  for (std::size_t k = steps.size(); k-- > 0;) {
    Spectra& before = plan.between[k];
    const PlannedStep& planned = plan.steps[k];
    before.used =
        std::visit(Backward{before, planned.window, plan.between[k + 1].used}, planned.step);
    check_energies(before, planned);
  }
  return plan;
}

}  // namespace whiteline::preprocess
