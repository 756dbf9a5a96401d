// The spectra of one file, labelled by a model: the steps that tables, held in memory, and images,
// taken tile by tile, share.
#pragma once

#include <whiteline/spectrum_reader.hpp>

#include <optional>
#include <string>
#include <vector>

#include "cli/classifier.hpp"
#include "cli/classify_options.hpp"
#include "cli/console.hpp"
#include "cli/map_files.hpp"
#include "cli/peak_calibration.hpp"
#include "cli/run_record.hpp"
#include "cli/truth.hpp"

namespace whiteline::cli {

// The energy axis of a file, as the options correct it.
struct AxisInUse {
  std::optional<EnergyAxis> energy;
  std::optional<PeakCalibration> calibration;
};
AxisInUse axis_in_use(const Context& ctx, const Classifier& model, const SpectrumReader& reader,
                      const ClassifyOptions& options, Console& console);

// Throws InvalidArgument for decisions that the model does not have.
SvmPredictParams predict_params(const Classifier& model, const ClassifyOptions& options);

// Names of the columns of decisions: "f(FeO,Fe3O4)" a pair (kind "ovo"), "f(FeO)" a class ("ovr";
// of a network its logits).
std::vector<std::string> decision_names(const Classifier& model, const std::string& kind);

// The file's labels as positions in the model; warns of classes that the model does not know. Empty
// where there is nothing to compare with.
std::vector<std::int32_t> truth_of(const SpectrumImage& image, const Classifier& model,
                                   const std::string& file, Console& console);

// What became of the spectra.
struct LabelCounts {
  std::int64_t spectra = 0, vacuum = 0, unknown = 0, invalid = 0;
  std::int64_t disagreements = 0;      // spectra whose label is not their most probable class
  std::vector<std::int64_t> labelled;  // one a class
  std::optional<Score> score;          // where the file has labels
};

// The rules by which labels are settled once all spectra are decided.
struct SettleRules {
  std::vector<std::string> class_names;  // of the model; `unknown` is no class
  double signal_level = 0.0;  // pixels with smaller sums are vacuum, where there are sums
  double unknown_below = 0.0;

  std::int32_t unknown_label() const { return std::int32_t(class_names.size()); }
};
// Vacuum gets neither label nor probabilities (NaN); improbable spectra become unknown_label().
// Adds to `counts`.
void settle(const SettleRules& rules, MapPiece& piece, LabelCounts& counts);

void describe(const LabelCounts& counts, const std::vector<std::string>& class_names,
              RunRecord& record);
void describe(const AxisInUse& axis, RunRecord& record);
// "; 2110 vacuum; 87 unknown; 812 FeO; 17 Fe3O4"
std::string counts_text(const LabelCounts& counts, const std::vector<std::string>& class_names,
                        bool is_table);
// "; peak at 640.25 eV, axis shifted by +0.75 eV", or nothing.
std::string shift_text(const AxisInUse& axis);
void warn_of_trouble(const LabelCounts& counts, const std::string& file, Console& console);

}  // namespace whiteline::cli
