// The spectra of one file, labelled by a model.
#pragma once

#include <whiteline/svm.hpp>

#include <optional>
#include <string>
#include <vector>

#include "cli/classify_options.hpp"
#include "cli/console.hpp"
#include "cli/peak_calibration.hpp"
#include "cli/run_record.hpp"
#include "cli/truth.hpp"

namespace whiteline::cli {

struct Classification {
  std::vector<std::string> class_names;  // of the model; `unknown` is no class
  std::vector<std::int32_t> labels;      // positions in class_names, unknown_label or no_label
  std::vector<float> probabilities;      // spectra x classes, NaN where masked; empty: uncalibrated
  std::vector<std::string> decision_names;  // of the columns of `decisions`; empty: not asked for
  std::vector<float> decisions;             // spectra x decision_names
  std::int64_t vacuum = 0, unknown = 0, invalid = 0;
  std::int64_t disagreements = 0;  // spectra whose label is not their most probable class
  std::optional<EnergyAxis> energy;
  std::optional<PeakCalibration> calibration;
  std::optional<Score> score;  // where the file has labels

  std::int32_t unknown_label() const { return std::int32_t(class_names.size()); }
};

// Throws InvalidArgument when the spectra do not fit the model.
Classification classify(const Context& ctx, const SvmModel& model, const Input& input,
                        const ClassifyOptions& options, Console& console, RunRecord& record);

void describe(const Classification& result, RunRecord& record);  // into the run record

}  // namespace whiteline::cli
