#include <fmt/format.h>
#include <whiteline/preprocess.hpp>

#include <algorithm>

#include "algorithms/preprocess/text.hpp"

namespace whiteline {

namespace {

std::string window(double low, double high) { return fmt::format("{:.6g}:{:.6g} eV", low, high); }

struct Describe {
  std::string operator()(const Crop& crop) const {
    return "crop to " + window(crop.low, crop.high);
  }
  std::string operator()(const Background& background) const {
    using Curve = Background::Curve;
    const std::string fitted = " fitted to " + window(background.low, background.high);
    const std::string filled = background.zero_fill ? ", zeros below" : "";
    if (background.curve == Curve::polynomial)
      return background.degree == 0 ? "subtract a constant" + fitted + filled
                                    : fmt::format("subtract a polynomial of degree {}{}{}",
                                                  background.degree, fitted, filled);
    std::string method(preprocess::name(background.method));
    for (char& letter : method)
      if (letter == '_') letter = ' ';
    return fmt::format("subtract {}{} ({}){}",
                       background.curve == Curve::power_law ? "a power law" : "an exponential",
                       fitted, method, filled);
  }
  std::string operator()(const Normalise& normalise) const {
    std::string text = fmt::format("divide by {}", name(normalise.kind));
    if (normalise.low < normalise.high) text += " in " + window(normalise.low, normalise.high);
    return text;
  }
  std::string operator()(const Resample& resample) const {
    return fmt::format("resample to {}{}", preprocess::text(resample.axis),
                       resample.keep == Resample::Keep::counts ? ", keeping counts" : "");
  }
  std::string operator()(const RemoveSpikes& rule) const {
    return fmt::format("remove spikes above {:.6g} deviations within {} channels", rule.threshold,
                       rule.half_window);
  }
  std::string operator()(const AlignPeak& align) const {
    return fmt::format("shift the peak in {} to {:.6g} eV ({}, at most {:.6g} eV)",
                       window(align.low, align.high), align.energy, preprocess::name(align.refine),
                       align.max_shift);
  }
  std::string operator()(const Rebin& rebin) const {
    return fmt::format("sum {} channels", rebin.channels);
  }
  std::string operator()(const PcaFilter& filter) const {
    return fmt::format("keep {} principal components",
                       filter.loadings.size() / std::max<std::size_t>(filter.weights.size(), 1));
  }
};

}  // namespace

std::string description(const PreparationStep& step) { return std::visit(Describe{}, step); }

}  // namespace whiteline
