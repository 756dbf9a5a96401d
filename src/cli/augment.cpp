// whiteline augment: copies of labelled spectra.
#include <fmt/format.h>
#include <whiteline/io.hpp>

#include "cli/augment_options.hpp"
#include "cli/class_counts.hpp"
#include "cli/interrupt.hpp"
#include "cli/results.hpp"

namespace whiteline::cli {

void run_copies(const AugmentOptions& options, const Json& given) {
  check_outputs({options.output, record_of(options.output)}, options.common.force);
  Console console(options.common.output);
  RunRecord record("augment", given, options.common);
  Dataset set;
  {
    const auto timed = record.phase("read");
    record.add_input("spectra", options.input, console.progress());
    set = read_labelled_set(options.input, options.axis);
  }
  const Context ctx = open_device(options.common, console, record);
  const std::int64_t originals = set.rows;
  AugmentParams params = options.copies;
  params.seed = options.common.seed;
  if (options.own_noise) params.electrons = estimated_electrons(set.spectra());
  record["electrons"] = params.electrons;
  {
    const auto timed = record.phase("augment");
    set = augment(ctx, set, params);
  }
  throw_if_interrupted();
  {
    const auto timed = record.phase("write");
    write_dataset(options.output, set, overwrite_if(options.common.force));
  }
  const Json counts = class_counts(set.labels, set.class_names);
  record["originals"] = originals;
  record["rows"] = set.rows;
  record["classes"] = counts;
  console.result(fmt::format("{} spectra out of {} ({})", set.rows, originals, class_text(counts)));
  finish_file(options.output, record, console, options.common);
}

}  // namespace whiteline::cli
