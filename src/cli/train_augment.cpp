#include "cli/train_augment.hpp"

#include <fmt/format.h>
#include <whiteline/augment.hpp>
#include <whiteline/gan_file.hpp>

#include <algorithm>

#include "cli/class_counts.hpp"
#include "cli/generators.hpp"
#include "cli/input.hpp"

namespace whiteline::cli {

namespace {

Dataset with_copies(const Context& ctx, const TrainOptions& options, const Dataset& set,
                    Json& provenance) {
  AugmentParams params;
  params.per_class = options.augment_count;
  params.shift = set.energy ? options.augment_shift : 0.0;
  params.electrons = estimated_electrons(set.spectra());
  params.seed = options.common.seed;
  provenance["augment"] = {{"kind", "classic"},
                           {"per_class", params.per_class},
                           {"shift", params.shift},
                           {"electrons", params.electrons}};
  return augment(ctx, set, params);
}

Dataset with_generated(const Context& ctx, const TrainOptions& options, const Dataset& set,
                       Console& console, RunRecord& record, Json& provenance) {
  Dataset out = set;
  out.truth.clear();
  Json hashes = Json::object();
  for (std::int32_t label = 0; label < std::int32_t(set.class_names.size()); ++label) {
    const auto there = std::count(set.labels.begin(), set.labels.end(), label);
    const std::int64_t wanted = options.augment_count - there;
    if (there == 0 || wanted <= 0) continue;
    const std::filesystem::path path = generator_file(options.augment, label);
    hashes[set.class_names[std::size_t(label)]] =
        record.add_input("generator", path, console.progress());
    const Generator generator = read_generator_of(path, set, label);
    GenerateParams params;
    params.seed = options.common.seed;
    params.model = std::uint32_t(label);
    params.progress = console.progress();
    const std::vector<float> made = generate(ctx, generator, wanted, params);
    out.counts.insert(out.counts.end(), made.begin(), made.end());
    out.labels.insert(out.labels.end(), std::size_t(wanted), label);
    out.rows += wanted;
  }
  provenance["augment"] = {
      {"kind", "generators"}, {"per_class", options.augment_count}, {"sha256", hashes}};
  return out;
}

}  // namespace

void augment_training(const Context& ctx, const TrainOptions& options, Dataset& set,
                      Console& console, RunRecord& record, Json& provenance) {
  if (options.augment.empty()) return;
  require(options.sample_weight.empty(),
          "cannot weigh single spectra of an augmented set (copies have no weights) leave out "
          "--sample-weight");
  const auto timed = record.phase("augment");
  const std::int64_t before = set.rows;
  set = options.augment == "classic"
            ? with_copies(ctx, options, set, provenance)
            : with_generated(ctx, options, set, console, record, provenance);
  console.note(fmt::format("{} spectra out of {} ({})", set.rows, before,
                           class_text(class_counts(set.labels, set.class_names))));
}

}  // namespace whiteline::cli
