// whiteline prepare: spectra repaired, aligned, filtered and prepared, with pictures of it.
#include <fmt/format.h>

#include "cli/prepare_by_tiles.hpp"
#include "cli/prepare_in_memory.hpp"

namespace whiteline::cli {

namespace {

std::filesystem::path beside(const std::filesystem::path& output, const std::string& ending) {
  return output.string() + ending;
}

void check(const PrepareOptions& options) {
  if (!options.pipeline.empty() && options.has_steps())
    throw UsageError(
        "--pipeline: its steps take the place of --spikes, --resample, --background, "
        "--window and --normalise");
  if (options.also_align.empty() != options.also_output.empty())
    throw UsageError("--also-align and --also-output belong together");
  if (!options.also_align.empty() && !options.align)
    throw UsageError("--also-align: there is no --align to take shifts from");
  if (options.zero_fill && !options.steps.background)
    throw UsageError("--zero-fill: there is no --background");
  if (options.keep_counts && !options.resample)
    throw UsageError("--keep-counts: there is no --resample");
}

// Draws, records and tells what came of it.
void report_outcome(const PrepareOutcome& out, const PrepareOptions& options, RunRecord& record,
                    Console& console) {
  const Overwrite overwrite = overwrite_if(options.common.force);
  write_text_file(beside(options.output, ".before_after.svg"),
                  before_after_chart(out.before, out.after), overwrite);
  if (!out.scree.empty())
    write_text_file(beside(options.output, ".scree.svg"), out.scree, overwrite);
  record["steps"] = out.done;
  record["found"] = out.report.to_json();
  record["spectra"] = out.spectra;
  record["energy"] = to_json(out.energy);
  const std::string found = out.report.text();
  console.result(fmt::format(
      "{} spectra, {}{}{}", out.spectra,
      out.energy ? describe(*out.energy) : fmt::format("{} channels", out.after.energy.size),
      found.empty() ? "" : "; ", found));
}

PrepareOutcome prepare_as_a_whole(const PrepareOptions& options, const Context& ctx,
                                  Console& console, RunRecord& record) {
  Input input;
  {
    const auto timed = record.phase("read");
    input = read_input(options.input);
    input.energy = corrected_axis(input.energy, input.image.energy.size, options.axis);
    if (input.energy) input.image.energy = *input.energy;
  }
  record.add_input("data", options.input, console.progress());
  return prepare_in_memory(options, ctx, std::move(input), console, record);
}

}  // namespace

void run_prepare(const PrepareOptions& options, const Json& given) {
  check(options);
  std::vector<std::filesystem::path> outputs = {options.output, record_of(options.output),
                                                beside(options.output, ".before_after.svg")};
  if (options.components > 0) outputs.push_back(beside(options.output, ".scree.svg"));
  if (!options.also_output.empty()) outputs.push_back(options.also_output);
  check_outputs(outputs, options.common.force);
  Console console(options.common.output);
  RunRecord record("prepare", given, options.common);
  const Context ctx = open_device(options.common, console, record);
  if (!options.pipeline.empty()) record.add_input("pipeline", options.pipeline, console.progress());
  std::optional<PrepareOutcome> out = prepare_by_tiles(options, ctx, console, record);
  if (!out) out = prepare_as_a_whole(options, ctx, console, record);
  report_outcome(*out, options, record, console);
  for (std::size_t i = 2; i < outputs.size(); ++i)
    if (outputs[i] != options.also_output)
      record.add_output(outputs[i].filename().string(), outputs[i]);
  finish_file(options.output, record, console, options.common);
}

}  // namespace whiteline::cli
