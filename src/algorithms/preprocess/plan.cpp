#include "algorithms/preprocess/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "algorithms/preprocess/text.hpp"
#include "algorithms/spectra/checks.hpp"
#include "formulas/resample.hpp"
#include "formulas/spikes.hpp"

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
    const bool polynomial = background.curve == Background::Curve::polynomial;
    if (polynomial && (background.degree < 0 || background.degree > 5))
      throw InvalidArgument(fmt::format(
          "cannot fit a polynomial of degree {} (0 to 5 are possible) use a smaller one",
          background.degree));
    const std::int64_t least = polynomial ? background.degree + 1 : 2;
    if (window.size() < least)
      throw InvalidArgument(fmt::format(
          "cannot fit a background to [{}, {}) eV (it holds {} channel{}, {} needs {}) widen the "
          "window",
          background.low, background.high, window.size(), window.size() == 1 ? "" : "s",
          background.curve == Background::Curve::power_law     ? "a power law"
          : background.curve == Background::Curve::exponential ? "an exponential"
                                                               : "the polynomial",
          least));
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
  Spectra operator()(const RemoveSpikes& rule) const {
    if (rule.half_window < 1 || rule.half_window > formulas::largest_half_window)
      throw InvalidArgument(
          fmt::format("cannot look for spikes within {} channels (1 to {} are possible) use, for "
                      "example, 4",
                      rule.half_window, formulas::largest_half_window));
    if (!(rule.threshold > 0.0) || !std::isfinite(rule.threshold))
      throw InvalidArgument(
          fmt::format("cannot look for spikes {} deviations high (a number above 0 is needed) use, "
                      "for example, 8",
                      rule.threshold));
    return {before.axis, before.channels, {}};
  }
  Spectra operator()(const AlignPeak& align) const {
    const EnergyAxis& axis = known(before, "align a peak");
    window = axis.channels(align.low, align.high);
    const bool sizes = align.max_shift > 0.0 && align.half_width > 0.0;
    if (!sizes || !std::isfinite(align.max_shift + align.half_width + align.energy))
      throw InvalidArgument(
          fmt::format("cannot align a peak at {} eV (at most {} eV, half width {} eV: these are "
                      "numbers, the last two above 0) correct them",
                      align.energy, align.max_shift, align.half_width));
    return {axis, before.channels, {}};
  }
  Spectra operator()(const Rebin& rebin) const {
    if (rebin.channels < 1 || rebin.channels > before.channels)
      throw InvalidArgument(
          fmt::format("cannot sum {} channels (the spectra have {}) choose a number between",
                      rebin.channels, before.channels));
    const std::int64_t channels = before.channels / rebin.channels;
    if (!before.axis) return {std::nullopt, channels, {}};
    const double step = before.axis->dispersion;
    return {EnergyAxis{before.axis->offset + 0.5 * step * double(rebin.channels - 1),
                       step * double(rebin.channels), channels},
            channels,
            {}};
  }
  Spectra operator()(const PcaFilter& filter) const {
    const auto channels = std::size_t(before.channels);
    const bool fits = filter.weights.size() == channels && filter.centre.size() == channels &&
                      !filter.loadings.empty() && filter.loadings.size() % channels == 0 &&
                      filter.loadings.size() / channels <= channels;
    if (!fits)
      throw InvalidArgument(fmt::format(
          "cannot filter spectra of {} channels (the components are of {}) prepare them "
          "as for the decomposition",
          before.channels, filter.weights.size()));
    for (const float weight : filter.weights)
      if (!(weight > 0.0f) || !std::isfinite(weight))
        throw InvalidArgument(
            "cannot filter by components (a weight is not above 0) make them again");
    return {before.axis, before.channels, {}};
  }
};

// Channels of `from` that share counts with those of `to`.
ChannelRange overlapping_channels(const EnergyAxis& from, const EnergyAxis& to) {
  const auto overlap = [&](std::int64_t channel) {
    return formulas::resample_overlap(from.offset, from.dispersion, from.size, to.offset,
                                      to.dispersion, channel);
  };
  const formulas::ResampleOverlap first = overlap(0), last = overlap(to.size - 1);
  const std::int64_t begin = std::clamp<std::int64_t>(first.first, 0, from.size - 1);
  return {begin, std::clamp<std::int64_t>(last.last + 1, begin + 1, from.size)};
}

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
    return resample.keep == Resample::Keep::values
               ? interpolated_channels(*before.axis, resample.axis.cut(used))
               : overlapping_channels(*before.axis, resample.axis.cut(used));
  }
  ChannelRange operator()(const RemoveSpikes&) const { return {0, before.channels}; }
  ChannelRange operator()(const AlignPeak& align) const {
    const std::int64_t reach = most_channels_moved(align, *before.axis) + 1,
                       near = std::max(centroid_half_width(align, *before.axis), std::int64_t{1});
    const ChannelRange needed =
        hull({used.begin - reach, used.end + reach}, {window.begin - near, window.end + near});
    return {std::max(needed.begin, std::int64_t{0}), std::min(needed.end, before.channels)};
  }
  ChannelRange operator()(const Rebin& rebin) const {
    return {used.begin * rebin.channels, used.end * rebin.channels};
  }
  ChannelRange operator()(const PcaFilter&) const { return {0, before.channels}; }
};

void check_energies(const Spectra& before, const PlannedStep& planned) {
  const auto* background = std::get_if<Background>(&planned.step);
  if (!background || background->curve != Background::Curve::power_law) return;
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

std::int64_t most_channels_moved(const AlignPeak& align, const EnergyAxis& axis) {
  return std::int64_t(std::ceil(std::min(align.max_shift / axis.dispersion, double(axis.size))));
}

std::int64_t centroid_half_width(const AlignPeak& align, const EnergyAxis& axis) {
  return std::int64_t(std::ceil(std::min(align.half_width / axis.dispersion, double(axis.size))));
}

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
