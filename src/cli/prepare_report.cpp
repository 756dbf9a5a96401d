#include "cli/prepare_report.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <whiteline/charts.hpp>

#include <algorithm>
#include <cmath>

#include "cli/statistics.hpp"

namespace whiteline::cli {

namespace {

template <class T>
void append(std::vector<T>& to, const std::vector<T>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

// Lowest, median (the lower one), highest.
Json range_of(std::vector<double> values) {
  if (values.empty()) return nullptr;
  std::sort(values.begin(), values.end());
  return {{"lowest", values.front()},
          {"median", values[(values.size() - 1) / 2]},
          {"highest", values.back()}};
}

Json fit_json(const BackgroundFit& fit) {
  if (fit.amplitude.empty()) return {{"spectra", nullptr}, {"centre_eV", fit.centre}};
  std::vector<double> exponents;
  for (std::size_t i = 0; i < fit.amplitude.size(); ++i)
    if (fit.amplitude[i] != 0.0) exponents.push_back(fit.exponent[i]);
  return {{"without_fit", fit.amplitude.size() - exponents.size()},
          {"exponent", range_of(exponents)}};
}

double highest(const std::vector<double>& values) {
  double top = 0.0;
  for (const double value : values)
    if (value > top) top = value;
  return top;
}

ChartSeries curve(std::string name, const MeanCurve& mean, double scale) {
  ChartSeries series;
  series.name = std::move(name);
  for (std::size_t c = 0; c < mean.counts.size(); ++c) {
    series.x.push_back(mean.energy.energy(std::int64_t(c)));
    series.y.push_back(scale * mean.counts[c]);
  }
  return series;
}

}  // namespace

void PrepareReport::add(const PreparedSpectra& tile) {
  fits_.resize(std::max(fits_.size(), tile.fits.size()));
  for (std::size_t step = 0; step < tile.fits.size(); ++step) {
    append(fits_[step].amplitude, tile.fits[step].amplitude);
    append(fits_[step].exponent, tile.fits[step].exponent);
    fits_[step].centre = tile.fits[step].centre;
  }
  spikes_.resize(std::max(spikes_.size(), tile.spikes.size()));
  for (std::size_t step = 0; step < tile.spikes.size(); ++step)
    for (const std::int32_t count : tile.spikes[step]) {
      spikes_[step].channels += count;
      spikes_[step].spectra += count > 0 ? 1 : 0;
    }
  for (const std::vector<double>& shifts : tile.shifts) add_shifts(shifts);
}

void PrepareReport::add_shifts(const std::vector<double>& shifts) {
  if (shifts_.empty()) shifts_.emplace_back();
  append(shifts_.back(), shifts);
}

Json PrepareReport::to_json() const {
  Json json = Json::object();
  for (const BackgroundFit& fit : fits_) json["backgrounds"].push_back(fit_json(fit));
  for (const Spikes& spikes : spikes_)
    json["spikes"].push_back({{"channels", spikes.channels}, {"spectra", spikes.spectra}});
  for (const std::vector<double>& shifts : shifts_) json["shifts_eV"].push_back(range_of(shifts));
  return json;
}

std::string PrepareReport::text() const {
  std::string text;
  const auto say = [&](const std::string& words) { text += (text.empty() ? "" : "; ") + words; };
  for (const Spikes& spikes : spikes_)
    say(fmt::format("{} spike channels in {} spectra replaced", spikes.channels, spikes.spectra));
  for (const std::vector<double>& shifts : shifts_) {
    const Json range = range_of(shifts);
    if (!range.is_null())
      say(fmt::format("moved by {:.3g} to {:.3g} eV", range["lowest"].get<double>(),
                      range["highest"].get<double>()));
  }
  for (const BackgroundFit& fit : fits_) {
    const Json json = fit_json(fit);
    if (!json.contains("exponent") || json["exponent"].is_null()) continue;
    say(fmt::format("background exponent {:.3g} (median), {} spectra without a fit",
                    json["exponent"]["median"].get<double>(),
                    json["without_fit"].get<std::size_t>()));
  }
  return text;
}

MeanCurve mean_curve(const SpectrumImage& image) { return {image.energy, statistics(image).mean}; }

std::string before_after_chart(const MeanCurve& before, const MeanCurve& after) {
  const double first = highest(before.counts), second = highest(after.counts);
  const bool other_scale =
      second > 0.0 && first > 0.0 && (second > 3.0 * first || second < first / 30.0);
  const double scale = other_scale ? first / second : 1.0;
  LineChart chart;
  chart.title = "Mean spectrum";
  chart.x.label = "energy loss (eV)";
  chart.y.label = "counts";
  chart.series.push_back(curve("before", before, 1.0));
  chart.series.push_back(
      curve(other_scale ? fmt::format("after, times {:.3g}", scale) : "after", after, scale));
  return svg(chart);
}

std::string scree_chart(const Pca& found, std::int64_t kept) {
  constexpr std::size_t most = 40;
  ChartSeries all, taken;
  all.name = "left out";
  taken.name = fmt::format("kept ({})", kept);
  all.mark = taken.mark = ChartSeries::Mark::points;
  for (std::size_t k = 0; k < std::min(found.variance.size(), most); ++k) {
    ChartSeries& series = std::int64_t(k) < kept ? taken : all;
    series.x.push_back(double(k + 1));
    series.y.push_back(100.0 * found.explained(std::int64_t(k)));
  }
  LineChart chart;
  chart.title = "Explained variance";
  chart.x.label = "component";
  chart.y.label = "share of the variance (%)";
  chart.y.scale = ChartAxis::Scale::logarithmic;
  chart.series.push_back(std::move(taken));
  if (!all.x.empty()) chart.series.push_back(std::move(all));
  return svg(chart);
}

}  // namespace whiteline::cli
