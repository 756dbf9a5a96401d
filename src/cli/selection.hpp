// The cells of a search as tables and pictures.
#pragma once

#include <whiteline/charts.hpp>
#include <whiteline/model_selection.hpp>

#include <string>
#include <utility>
#include <vector>

#include "cli/options.hpp"

namespace whiteline::cli {

std::string describe(const SvmPoint& point);  // "rbf, C 10, gamma 0.01, normalise max"

// The best cells first, as many as `rows`, for people; one line each.
std::string best_cells(const SvmSearch& search, std::size_t rows);

std::string cells_csv(const SvmSearch& search);
Json to_json(const SvmCell& cell);

// One map of the mean score over C and gamma for each kernel and normalisation that has several
// cells, at its best coef0 and degree; the file's name and the map.
std::vector<std::pair<std::string, HeatMap>> heat_maps(const SvmSearch& search,
                                                       const std::string& score);

std::string curve_csv(const std::vector<LearningCurvePoint>& curve);
LineChart curve_chart(const std::vector<LearningCurvePoint>& curve, const std::string& score);
Json to_json(const LearningCurvePoint& point);

}  // namespace whiteline::cli
