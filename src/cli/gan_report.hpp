// What came of a generative network, as text and pictures.
#pragma once

#include <whiteline/charts.hpp>
#include <whiteline/gan.hpp>
#include <whiteline/maps.hpp>

#include <optional>
#include <string>
#include <vector>

#include "cli/likeness.hpp"

namespace whiteline::cli {

struct GanReport {
  std::string class_name;
  std::int64_t trained_on = 0;
  std::optional<GanRun> run;  // not there where the generator was read from a file
  std::vector<Likeness> likeness;
  UnitSpectra measured, generated;
  std::optional<EnergyAxis> energy;
};

std::string report_markdown(const GanReport& report, int number);
Json report_json(const GanReport& report);

// Losses; metrics with their tolerances, all such that less is better.
LineChart cost_chart(const GanReport& report);
LineChart metrics_chart(const GanReport& report);
// Some measured and generated spectra, one above the other; means with 5 to 95 % of the spectra.
LineChart lines_chart(const GanReport& report);
LineChart means_chart(const GanReport& report);
// Up to 75 measured spectra, one a row, above as many generated ones.
Picture spectra_map(const GanReport& report);

}  // namespace whiteline::cli
