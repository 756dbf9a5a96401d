#include <fmt/format.h>
#include <whiteline/spectra.hpp>

#include <algorithm>
#include <cmath>

namespace whiteline {

namespace {

constexpr double rounding = 1e-6;          // channels; what decimal axis values lose
constexpr double same_axis = 1e-3;         // channels
constexpr double beyond_the_end = 0.5;     // channels that an axis covers outside its points
constexpr double farthest_channel = 1e15;  // more would not fit an index

std::string axis_text(const EnergyAxis& axis) {
  return fmt::format("{} to {} eV, {} channels", axis.offset, axis.last(), axis.size);
}

}  // namespace

ChannelRange EnergyAxis::channels(double low, double high) const {
  if (!std::isfinite(low) || !std::isfinite(high) || !(low < high))
    throw InvalidArgument(fmt::format(
        "no channel lies in [{}, {}) eV (the range is empty or not a number) give low < high", low,
        high));
  const double first = (low - offset) / dispersion, end = (high - offset) / dispersion;
  if (!(first >= -1.0 - rounding) || !(end <= double(size) + 1.0 + rounding))
    throw InvalidArgument(
        fmt::format("[{}, {}) eV is outside the energy axis ({}) choose a range inside it", low,
                    high, axis_text(*this)));
  const auto begin_at = std::int64_t(std::ceil(std::max(first, -farthest_channel) - rounding));
  const auto end_at = std::int64_t(std::ceil(std::min(end, farthest_channel) - rounding));
  const ChannelRange range{std::max<std::int64_t>(begin_at, 0), std::min(end_at, size)};
  if (range.size() < 1)
    throw InvalidArgument(
        fmt::format("no channel lies in [{}, {}) eV (the axis has {} eV a channel) widen the range",
                    low, high, dispersion));
  return range;
}

EnergyAxis EnergyAxis::cut(ChannelRange range) const {
  return {energy(range.begin), dispersion, range.size()};
}

bool EnergyAxis::matches(const EnergyAxis& other) const {
  const double allowed = same_axis * dispersion;
  return size == other.size && std::abs(offset - other.offset) <= allowed &&
         std::abs(last() - other.last()) <= allowed;
}

bool EnergyAxis::covers(const EnergyAxis& other) const {
  const double slack = (beyond_the_end + rounding) * dispersion;
  return other.offset >= offset - slack && other.last() <= last() + slack;
}

}  // namespace whiteline
