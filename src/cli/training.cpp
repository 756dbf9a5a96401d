#include "cli/training.hpp"

#include "cli/truth.hpp"

namespace whiteline::cli {

Dataset hold_out(Dataset& set, double train_fraction, std::uint64_t seed) {
  if (!(train_fraction < 1.0)) return {};
  const Split split = stratified_split(set.labels, train_fraction, seed);
  Dataset held_out = set.subset(split.second);
  set = set.subset(split.first);
  return held_out;
}

void name_classes(SvmModel& model, const Dataset& set) {
  model.class_names.clear();
  for (const std::int32_t label : model.classes)
    model.class_names.push_back(set.class_names.at(std::size_t(label)));
}

void score_held_out(const Context& ctx, const Classifier& model, const Dataset& held_out,
                    Console& console, RunRecord& record, Json& provenance) {
  if (held_out.rows == 0) return;
  const auto timed = record.phase("evaluate");
  Decided decided;
  ReadyClassifier(ctx, model, {.progress = console.progress()})
      .classify(held_out.spectra(), held_out.energy, decided);
  const Score held =
      score(as_positions(held_out.labels, model.classes()), decided.labels, model.class_names());
  console.result("held-out " + summary(held));
  record["held_out"] = held_out.rows;
  record["accuracy"] = number_or_null(held.accuracy);
  record["confusion"] = confusion_json(held);
  provenance["held_out_accuracy"] = number_or_null(held.accuracy);
}

}  // namespace whiteline::cli
