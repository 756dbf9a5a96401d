// The rows of a table, classified in memory.
#include <fmt/format.h>

#include "cli/classify_run.hpp"
#include "cli/interrupt.hpp"
#include "cli/results.hpp"

namespace whiteline::cli {

Json ClassifyRun::classify_table(SpectrumReader reader) {
  check_output_folder(job_.folder, {"labels.csv"}, options_.common.force);
  add_inputs(reader);
  const AxisInUse axis = axis_in_use(ctx_, model_, reader, options_, console_);
  const SpectrumImage table = reading([&] { return std::move(reader).read_all(); });
  TableResult result;
  result.class_names = model_.class_names();
  {
    const auto timed = record_.phase("classify");
    SvmPredictParams params = predict_params(model_, options_);
    params.progress = console_.progress();
    Decided decided;
    ReadyClassifier(ctx_, model_, params).classify(table.spectra(), axis.energy, decided);
    result.rows.labels = std::move(decided.labels);
    result.rows.probabilities = std::move(decided.probabilities);
    result.decision_names = decision_names(model_, options_.decisions);
    result.decisions = std::move(decided.decisions);
  }
  throw_if_interrupted();
  result.rows.truth = truth_of(table, model_, job_.input.string(), console_);
  LabelCounts counts;
  settle({model_.class_names(), 0.0, options_.unknown}, result.rows, counts);
  warn_of_trouble(counts, job_.input.string(), console_);
  describe(counts, model_.class_names(), record_);
  describe(axis, record_);
  StagedFolder folder(job_.folder);
  write_text_file(folder.file("labels.csv"), table_as_csv(table, result), Overwrite::refuse);
  const Json all = finish_folder(folder, record_, console_, options_.common);
  report_done(fmt::format("{}: {} spectra on {}{}", job_.input.string(), counts.spectra,
                          ctx_.device().name, counts_text(counts, model_.class_names(), true)),
              counts);
  return all;
}

}  // namespace whiteline::cli
