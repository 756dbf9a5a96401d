// whiteline augment: more labelled spectra out of few.
#include <fmt/format.h>
#include <whiteline/augment.hpp>
#include <whiteline/io.hpp>

#include <memory>

#include "cli/class_counts.hpp"
#include "cli/input.hpp"
#include "cli/interrupt.hpp"
#include "cli/options.hpp"
#include "cli/results.hpp"

namespace whiteline::cli {

namespace {

struct AugmentOptions {
  CommonOptions common;
  std::filesystem::path input, output;
  AxisOptions axis;
  AugmentParams params;
};

void run_augment(const AugmentOptions& options, const Json& given) {
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
  AugmentParams params = options.params;
  params.seed = options.common.seed;
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

}  // namespace

void add_augment(CommandLine& command) {
  Verb verb = command.verb("augment", "Make more labelled spectra out of few: shifts and noise");
  auto options = std::make_shared<AugmentOptions>();
  verb.option("set FILE", options->input, "labelled spectra, or an image with labels").required();
  verb.option("-o,--output FILE", options->output, ".npz, .csv or .libsvm").required();
  verb.option("--copies N", options->params.copies, "of each spectrum, beside the original")
      .not_negative();
  verb.option("--per-class N", options->params.per_class,
              "instead: copies until each class has N spectra;\n0: --copies")
      .not_negative();
  verb.option("--shift EV", options->params.shift,
              "each copy is moved by a number drawn evenly from -EV to EV")
      .not_negative();
  verb.option("--electrons E", options->params.electrons,
              "Poisson noise of E electrons a count: 1 for counted\nelectrons, less for a lower "
              "dose; 0: none")
      .not_negative();
  add_axis_options(verb, options->axis);
  add_common_options(verb, options->common);
  verb.footer(
      "The originals come first, then their copies, with truth `augmented_from` (row of the\n"
      "original) and `augmented_shift` (eV). Also writes FILE.run.json.\n"
      "  whiteline augment fe.npz --copies 4 --shift 1.75 --electrons 0.5 -o more.npz\n"
      "  whiteline augment fe.npz --per-class 1000 --shift 1 -o even.npz");
  verb.run([options](const Json& given) { run_augment(*options, given); });
}

}  // namespace whiteline::cli
