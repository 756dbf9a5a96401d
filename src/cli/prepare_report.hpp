// What preparing found and made, in numbers and pictures.
#pragma once

#include <whiteline/pca.hpp>
#include <whiteline/spectra.hpp>

#include <optional>
#include <string>
#include <vector>

#include "cli/json.hpp"

namespace whiteline::cli {

// Fits, spikes and shifts of one run, tiles added up; one entry a step.
class PrepareReport {
 public:
  void add(const PreparedSpectra& tile);
  void add_shifts(const std::vector<double>& shifts);  // eV, of one alignment
  Json to_json() const;
  std::string text() const;  // one line; empty: nothing was found

 private:
  struct Spikes {
    std::int64_t channels = 0, spectra = 0;
  };
  std::vector<BackgroundFit> fits_;
  std::vector<Spikes> spikes_;
  std::vector<std::vector<double>> shifts_;
};

// A mean spectrum, of spectra without NaN or infinity.
struct MeanCurve {
  EnergyAxis energy;
  std::vector<double> counts;
};
MeanCurve mean_curve(const SpectrumImage& image);

// What came of preparing.
struct PrepareOutcome {
  std::int64_t spectra = 0;
  std::optional<EnergyAxis> energy;  // none: unknown
  MeanCurve before, after;
  PrepareReport report;
  std::vector<std::string> done;  // steps, in words
  std::string scree;              // SVG; empty: no PCA
};

// SVG. Where the second is of another scale, it is drawn to the first one's height.
std::string before_after_chart(const MeanCurve& before, const MeanCurve& after);
// SVG: the share of the variance that each component explains.
std::string scree_chart(const Pca& found, std::int64_t kept);

}  // namespace whiteline::cli
