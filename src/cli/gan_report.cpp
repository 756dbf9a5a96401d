#include "cli/gan_report.hpp"

#include <fmt/format.h>
#include <whiteline/spectra_metrics.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include "cli/truth.hpp"

namespace whiteline::cli {

namespace {

using Mark = ChartSeries::Mark;

template <class Value>
ChartSeries course(const GanRun& run, std::string name, Value&& value) {
  ChartSeries series;
  series.name = std::move(name);
  for (std::size_t e = 0; e < run.epochs.size(); ++e) {
    const std::optional<double> y = value(run.epochs[e]);
    if (!y) continue;
    series.x.push_back(double(e + 1));
    series.y.push_back(*y);
  }
  return series;
}

ChartSeries level(const GanRun& run, double value, std::size_t colour) {
  ChartSeries series;
  series.x = {1.0, double(std::max<std::size_t>(run.epochs.size(), 2))};
  series.y = {value, value};
  series.mark = Mark::dashes;
  series.colour = class_colour(std::int32_t(colour));
  return series;
}

std::vector<double> energies(const GanReport& report) {
  std::vector<double> x;
  for (std::int64_t c = 0; c < report.measured.channels; ++c)
    x.push_back(report.energy ? report.energy->energy(c) : double(c));
  return x;
}

LineChart spectra_chart(const GanReport& report, std::string title) {
  LineChart chart;
  chart.title = std::move(title);
  chart.x.label = report.energy ? "energy loss (eV)" : "channel";
  chart.y.label = "counts / maximum";
  return chart;
}

ChartSeries spread(const GanReport& report, const UnitSpectra& spectra, std::string name) {
  ChartSeries series;
  series.name = std::move(name);
  series.x = energies(report);
  std::vector<double> column(std::size_t(spectra.rows));
  for (std::int64_t c = 0; c < spectra.channels; ++c) {
    double sum = 0.0;
    for (std::int64_t r = 0; r < spectra.rows; ++r)
      sum += column[std::size_t(r)] = double(spectra.values[std::size_t(r * spectra.channels + c)]);
    series.y.push_back(sum / double(spectra.rows));
    series.low.push_back(quantile(column, 0.05));
    series.high.push_back(quantile(column, 0.95));
  }
  return series;
}

std::string training_line(const GanRun& run) {
  const GanEpoch& last = run.epochs.back();
  std::string text = fmt::format("{} after {} epochs ({:.1f} s)", name(run.status),
                                 run.epochs.size(), run.seconds);
  if (last.metrics)
    text += fmt::format(
        "; last evaluation of {} spectra: Frechet distance {:.4g} (tolerance {:.4g}, real pairs "
        "{:.4g}), correlation {:.4f} ({:.4f}, {:.4f}), cosine distance {:.4f} ({:.4f}, {:.4f})",
        run.sample, last.metrics->frechet, run.tolerances.frechet, run.real_pairs.frechet,
        last.metrics->correlation, run.tolerances.correlation, run.real_pairs.correlation,
        last.metrics->cosine, run.tolerances.cosine, run.real_pairs.cosine);
  if (run.best_epoch >= 0)
    text +=
        fmt::format("; least Frechet distance {:.4g} in epoch {}",
                    run.epochs[std::size_t(run.best_epoch)].metrics->frechet, run.best_epoch + 1);
  return text;
}

Json metrics_json(const GanMetrics& metrics) {
  return {{"frechet", number_or_null(metrics.frechet)},
          {"correlation", number_or_null(metrics.correlation)},
          {"cosine_distance", number_or_null(metrics.cosine)}};
}

}  // namespace

std::string report_markdown(const GanReport& report, int number) {
  std::string text = fmt::format("## {}\n\n", report.class_name);
  if (report.run)
    text += fmt::format("Trained on {} spectra: {}.\n\n", report.trained_on,
                        training_line(*report.run));
  text += likeness_table(report.likeness);
  text += fmt::format("\n![spectra](lines_{0}.svg) ![means](means_{0}.svg) ![map](map_{0}.png)\n",
                      number);
  if (report.run)
    text += fmt::format("![costs](cost_{0}.svg) ![metrics](metrics_{0}.svg)\n", number);
  return text + "\n";
}

Json report_json(const GanReport& report) {
  Json json = {{"class", report.class_name}, {"trained_on", report.trained_on}};
  if (const auto& run = report.run) {
    json["status"] = name(run->status);
    json["converged"] = run->status == GanStatus::converged;
    json["epochs"] = run->epochs.size();
    json["seconds"] = run->seconds;
    json["best_epoch"] = run->best_epoch + 1;
    json["sample"] = run->sample;
    json["tolerances"] = metrics_json(run->tolerances);
    json["real_pairs"] = metrics_json(run->real_pairs);
    if (run->epochs.back().metrics) json["last"] = metrics_json(*run->epochs.back().metrics);
  }
  Json rows = Json::array();
  for (const Likeness& row : report.likeness) rows.push_back(to_json(row));
  json["likeness"] = rows;
  return json;
}

LineChart cost_chart(const GanReport& report) {
  const GanRun& run = *report.run;
  LineChart chart;
  chart.title = report.class_name;
  chart.x.label = "epoch";
  chart.y.label = "loss";
  chart.series.push_back(
      course(run, "generator", [](const GanEpoch& epoch) { return epoch.generator_loss; }));
  const std::size_t judges = run.epochs.front().discriminator_losses.size();
  for (std::size_t d = 0; d < judges; ++d)
    chart.series.push_back(
        course(run, judges == 1 ? "discriminator" : fmt::format("discriminator {}", d + 1),
               [d](const GanEpoch& epoch) { return epoch.discriminator_losses[d]; }));
  return chart;
}

LineChart metrics_chart(const GanReport& report) {
  const GanRun& run = *report.run;
  LineChart chart;
  chart.title = report.class_name + " (dashes: tolerances)";
  chart.x.label = "epoch";
  chart.y.label = "metric";
  chart.y.scale = ChartAxis::Scale::logarithmic;
  const auto add = [&](const char* name, double tolerance, auto&& value) {
    const std::size_t colour = chart.series.size() / 2;
    chart.series.push_back(course(run, name, [&](const GanEpoch& epoch) -> std::optional<double> {
      if (!epoch.metrics) return std::nullopt;
      return value(*epoch.metrics);
    }));
    chart.series.back().colour = class_colour(std::int32_t(colour));
    chart.series.push_back(level(run, tolerance, colour));
  };
  add("Frechet distance", run.tolerances.frechet, [](const GanMetrics& m) { return m.frechet; });
  add("1 - correlation", 1.0 - run.tolerances.correlation,
      [](const GanMetrics& m) { return 1.0 - m.correlation; });
  add("cosine distance", run.tolerances.cosine, [](const GanMetrics& m) { return m.cosine; });
  return chart;
}

LineChart lines_chart(const GanReport& report) {
  constexpr std::int64_t each = 4;
  LineChart chart = spectra_chart(report, report.class_name);
  chart.y.label += ", one above the other";
  double offset = 0.0;
  for (const UnitSpectra* spectra : {&report.generated, &report.measured}) {
    const bool made = spectra == &report.generated;
    for (std::int64_t i = 0; i < std::min(each, spectra->rows); ++i, offset += 0.7) {
      ChartSeries series;
      if (i == 0) series.name = made ? "generated" : "measured";
      series.colour = class_colour(made ? 1 : 2);
      series.x = energies(report);
      const std::int64_t row = i * spectra->rows / std::min(each, spectra->rows);
      for (std::int64_t c = 0; c < spectra->channels; ++c)
        series.y.push_back(offset +
                           double(spectra->values[std::size_t(row * spectra->channels + c)]));
      chart.series.push_back(std::move(series));
    }
  }
  return chart;
}

LineChart means_chart(const GanReport& report) {
  LineChart chart = spectra_chart(report, report.class_name + ": mean, 5 to 95 %");
  chart.series.push_back(spread(report, report.measured, "measured"));
  chart.series.push_back(spread(report, report.generated, "generated"));
  chart.series[0].colour = class_colour(2);
  chart.series[1].colour = class_colour(1);
  return chart;
}

Picture spectra_map(const GanReport& report) {
  constexpr std::int64_t most = 75, gap = 3;
  const std::int64_t rows = std::min({most, report.measured.rows, report.generated.rows});
  const std::int64_t channels = report.measured.channels;
  std::vector<float> values(report.measured.values.begin(),
                            report.measured.values.begin() + rows * channels);
  values.insert(values.end(), std::size_t(gap * channels), std::numeric_limits<float>::quiet_NaN());
  values.insert(values.end(), report.generated.values.begin(),
                report.generated.values.begin() + rows * channels);
  MapStyle style;
  style.title = report.class_name + ": measured above, generated below";
  return probability_map(2 * rows + gap, channels, values, style);
}

}  // namespace whiteline::cli
