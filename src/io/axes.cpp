#include "io/axes.hpp"

#include <algorithm>
#include <cmath>

namespace whiteline::io {

std::optional<EnergyAxis> uniform_axis(std::span<const double> energies) {
  if (energies.empty() || !std::isfinite(energies.front()) || !std::isfinite(energies.back()))
    return std::nullopt;
  const auto size = std::int64_t(energies.size());
  if (size == 1) return EnergyAxis{energies[0], 1.0, 1};
  const EnergyAxis axis{energies.front(), (energies.back() - energies.front()) / double(size - 1),
                        size};
  if (!is_valid(axis)) return std::nullopt;
  for (std::int64_t i = 0; i < size; ++i) {
    const double off = energies[std::size_t(i)] - axis.energy(i);
    if (!(std::abs(off) <= 1e-2 * axis.dispersion)) return std::nullopt;
  }
  return axis;
}

EnergyAxis channel_axis(std::int64_t size, Json& metadata) {
  set(metadata, "Whiteline/energy_axis", "channels");
  return {0.0, 1.0, size};
}

bool is_valid(const EnergyAxis& axis) {
  return std::isfinite(axis.offset) && std::isfinite(axis.dispersion) && axis.dispersion > 0.0 &&
         axis.size > 0 && std::isfinite(axis.last());
}

std::optional<double> electron_volts(std::string_view units) {
  std::string text;
  for (const char c : units)
    if (c != ' ') text += c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
  if (text.empty() || text == "<undefined>" || text == "undefined") return 1.0;
  const auto ends_with = [&](std::string_view unit) {
    return text == unit || text.ends_with("(" + std::string(unit) + ")") ||
           text.ends_with("[" + std::string(unit) + "]");
  };
  if (ends_with("kev")) return 1000.0;
  if (ends_with("mev")) return std::nullopt;  // milli or mega: not for EELS
  if (ends_with("ev")) return 1.0;
  return std::nullopt;
}

Json metadata_tree(const Acquisition& facts) {
  Json tree = Json::object();
  tree["General"]["title"] = facts.title;
  tree["Signal"]["signal_type"] = facts.signal_type;
  Json tem = Json::object();
  if (facts.beam_energy > 0.0) tem["beam_energy"] = facts.beam_energy;
  if (facts.convergence_angle > 0.0) tem["convergence_angle"] = facts.convergence_angle;
  if (facts.collection_angle > 0.0)
    tem["Detector"]["EELS"]["collection_angle"] = facts.collection_angle;
  if (!tem.empty()) tree["Acquisition_instrument"]["TEM"] = tem;
  return tree;
}

Acquisition acquisition(const Json& metadata) {
  Acquisition facts;
  facts.title = text_or(metadata, "General/title", "");
  facts.signal_type = text_or(metadata, "Signal/signal_type", "");
  const std::string tem = "Acquisition_instrument/TEM/";
  facts.beam_energy = number_or(metadata, tem + "beam_energy", 0.0);
  facts.convergence_angle = number_or(metadata, tem + "convergence_angle", 0.0);
  facts.collection_angle = number_or(metadata, tem + "Detector/EELS/collection_angle", 0.0);
  return facts;
}

}  // namespace whiteline::io
