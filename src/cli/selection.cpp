#include "cli/selection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "cli/csv.hpp"

namespace whiteline::cli {

namespace {

bool has_gamma(KernelType type) {
  return type == KernelType::polynomial || type == KernelType::rbf || type == KernelType::sigmoid;
}
bool has_coef0(KernelType type) { return has_gamma(type) && type != KernelType::rbf; }

std::string parameters(const Kernel& kernel) {
  std::string text(name(kernel.type));
  if (kernel.type == KernelType::polynomial) text += fmt::format(", degree {}", kernel.degree);
  if (has_coef0(kernel.type)) text += fmt::format(", coef0 {:.6g}", kernel.coef0);
  return text;
}

std::vector<double> distinct(const std::vector<SvmCell>& cells, double (*value)(const SvmCell&)) {
  std::vector<double> values;
  for (const SvmCell& cell : cells) values.push_back(value(cell));
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

// The cells of one picture: one kernel, normalisation, coef0 and degree; with the best of them.
struct Sheet {
  std::vector<SvmCell> cells;
  const SvmCell* best = nullptr;
};

bool same_sheet(const SvmCell& a, const SvmCell& b) {
  return a.point.kernel.type == b.point.kernel.type && a.point.normalise == b.point.normalise &&
         a.point.kernel.coef0 == b.point.kernel.coef0 &&
         a.point.kernel.degree == b.point.kernel.degree;
}

// The cell with the largest mean, the first of those equal; null: none passes.
template <class Condition>
const SvmCell* best_of(const std::vector<SvmCell>& cells, Condition&& passes) {
  const SvmCell* best = nullptr;
  for (const SvmCell& cell : cells)
    if (passes(cell) && (!best || cell.mean > best->mean)) best = &cell;
  return best;
}

HeatMap map_of(const Sheet& sheet, const std::string& score) {
  const auto Cs = distinct(sheet.cells, [](const SvmCell& c) { return c.point.C; });
  const auto gammas = distinct(sheet.cells, [](const SvmCell& c) { return c.point.kernel.gamma; });
  const SvmPoint& point = sheet.best->point;
  HeatMap map;
  map.title = parameters(point.kernel) +
              fmt::format(", normalise {}: mean {}", name(point.normalise), score);
  map.column_label = "C";
  map.row_label = has_gamma(point.kernel.type) ? "gamma" : "";
  map.value_label = score;
  for (const double C : Cs) map.columns.push_back(fmt::format("{:.3g}", C));
  for (const double gamma : gammas)
    map.rows.push_back(has_gamma(point.kernel.type) ? fmt::format("{:.3g}", gamma) : "");
  map.values.assign(Cs.size() * gammas.size(), std::numeric_limits<double>::quiet_NaN());
  for (const SvmCell& cell : sheet.cells) {
    const auto column = std::lower_bound(Cs.begin(), Cs.end(), cell.point.C) - Cs.begin();
    const auto row =
        std::lower_bound(gammas.begin(), gammas.end(), cell.point.kernel.gamma) - gammas.begin();
    const auto index = row * std::ptrdiff_t(Cs.size()) + column;
    map.values[std::size_t(index)] = cell.mean;
    if (cell.point == sheet.best->point) map.marked = index;
  }
  return map;
}

}  // namespace

std::string describe(const SvmPoint& point) {
  std::string text = parameters(point.kernel) + fmt::format(", C {:.6g}", point.C);
  if (has_gamma(point.kernel.type)) text += fmt::format(", gamma {:.6g}", point.kernel.gamma);
  return text + fmt::format(", normalise {}", name(point.normalise));
}

std::string best_cells(const SvmSearch& search, std::size_t rows) {
  std::vector<std::size_t> order(search.cells.size());
  std::iota(order.begin(), order.end(), std::size_t(0));
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if ((a == search.best) != (b == search.best)) return a == search.best;
    return search.cells[a].mean > search.cells[b].mean;
  });
  std::string text = "   mean +- deviation  support vectors  point";
  for (std::size_t i = 0; i < std::min(rows, order.size()); ++i) {
    const SvmCell& cell = search.cells[order[i]];
    text += fmt::format("\n {:.4f} +- {:.4f}   {:15.1f}  {}", cell.mean, cell.deviation,
                        cell.support_vectors, describe(cell.point));
    if (cell.status != SolveStatus::converged) text += fmt::format(" ({})", name(cell.status));
  }
  return text;
}

std::string cells_csv(const SvmSearch& search) {
  std::vector<std::string> head = {"kernel",          "normalise",  "C",       "gamma",
                                   "coef0",           "degree",     "mean",    "deviation",
                                   "support_vectors", "iterations", "seconds", "status"};
  for (std::size_t f = 0; f < search.cells.front().scores.size(); ++f)
    head.push_back(fmt::format("fold_{}", f));
  std::string text = csv_line(head);
  for (const SvmCell& cell : search.cells) {
    const Kernel& kernel = cell.point.kernel;
    const bool polynomial = kernel.type == KernelType::polynomial;
    std::vector<std::string> line = {std::string(name(kernel.type)),
                                     std::string(name(cell.point.normalise)),
                                     fmt::format("{}", cell.point.C),
                                     has_gamma(kernel.type) ? fmt::format("{}", kernel.gamma) : "",
                                     has_coef0(kernel.type) ? fmt::format("{}", kernel.coef0) : "",
                                     polynomial ? fmt::format("{}", kernel.degree) : "",
                                     fmt::format("{}", cell.mean),
                                     fmt::format("{}", cell.deviation),
                                     fmt::format("{}", cell.support_vectors),
                                     fmt::format("{}", cell.iterations),
                                     fmt::format("{}", cell.seconds),
                                     std::string(name(cell.status))};
    for (const double score : cell.scores) line.push_back(fmt::format("{}", score));
    text += csv_line(line);
  }
  return text;
}

Json to_json(const SvmCell& cell) {
  const Kernel& kernel = cell.point.kernel;
  Json json = {{"kernel", name(kernel.type)},
               {"normalise", name(cell.point.normalise)},
               {"C", cell.point.C}};
  if (has_gamma(kernel.type)) json["gamma"] = kernel.gamma;
  if (has_coef0(kernel.type)) json["coef0"] = kernel.coef0;
  if (kernel.type == KernelType::polynomial) json["degree"] = kernel.degree;
  json["mean"] = cell.mean;
  json["deviation"] = cell.deviation;
  json["scores"] = cell.scores;
  json["support_vectors"] = cell.support_vectors;
  json["iterations"] = cell.iterations;
  json["seconds"] = cell.seconds;
  json["status"] = name(cell.status);
  return json;
}

std::vector<std::pair<std::string, HeatMap>> heat_maps(const SvmSearch& search,
                                                       const std::string& score) {
  std::vector<std::pair<std::string, HeatMap>> maps;
  for (const SvmCell& first : search.cells) {
    const SvmPoint& point = first.point;
    const std::string file =
        fmt::format("heat_{}_{}.svg", name(point.kernel.type), name(point.normalise));
    const auto has_name = [&](const auto& map) { return map.first == file; };
    if (std::any_of(maps.begin(), maps.end(), has_name)) continue;
    Sheet sheet;
    sheet.best = best_of(search.cells, [&](const SvmCell& cell) {
      return cell.point.kernel.type == point.kernel.type && cell.point.normalise == point.normalise;
    });
    const SvmCell& best = search.cells[search.best];  // the tie rule's choice, where it is here
    if (best.point.kernel.type == point.kernel.type && best.point.normalise == point.normalise)
      sheet.best = &best;
    for (const SvmCell& cell : search.cells)
      if (same_sheet(cell, *sheet.best)) sheet.cells.push_back(cell);
    maps.emplace_back(file, map_of(sheet, score));
  }
  std::erase_if(maps, [](const auto& map) { return map.second.values.size() < 2; });
  return maps;
}

std::string curve_csv(const std::vector<LearningCurvePoint>& curve) {
  std::string text = csv_line(
      {"fraction", "training_rows", "mean", "deviation", "training_mean", "training_deviation"});
  for (const LearningCurvePoint& point : curve)
    text += csv_line({fmt::format("{}", point.fraction), fmt::format("{}", point.training_rows),
                      fmt::format("{}", point.mean), fmt::format("{}", point.deviation),
                      fmt::format("{}", point.training_mean),
                      fmt::format("{}", point.training_deviation)});
  return text;
}

LineChart curve_chart(const std::vector<LearningCurvePoint>& curve, const std::string& score) {
  LineChart chart;
  chart.title = "Learning curve";
  chart.x.label = "training spectra";
  chart.y.label = score;
  ChartSeries held_out, training;
  held_out.name = "held-out folds";
  training.name = "training spectra";
  for (ChartSeries* series : {&held_out, &training})
    series->mark = ChartSeries::Mark::line_with_points;
  const auto add = [](ChartSeries& series, double x, double mean, double deviation) {
    series.x.push_back(x);
    series.y.push_back(mean);
    series.low.push_back(mean - deviation);
    series.high.push_back(mean + deviation);
  };
  for (const LearningCurvePoint& point : curve) {
    add(held_out, point.training_rows, point.mean, point.deviation);
    add(training, point.training_rows, point.training_mean, point.training_deviation);
  }
  chart.series = {held_out, training};
  return chart;
}

Json to_json(const LearningCurvePoint& point) {
  return {{"fraction", point.fraction},
          {"training_rows", point.training_rows},
          {"mean", point.mean},
          {"deviation", point.deviation},
          {"scores", point.scores},
          {"training_mean", point.training_mean},
          {"training_deviation", point.training_deviation},
          {"training_scores", point.training_scores},
          {"status", name(point.status)}};
}

}  // namespace whiteline::cli
