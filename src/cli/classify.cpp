// whiteline classify: labels and probabilities of every pixel, or row.
#include <fmt/format.h>

#include <exception>
#include <set>

#include "cli/classify_run.hpp"
#include "cli/interrupt.hpp"

namespace whiteline::cli {

namespace {

namespace fs = std::filesystem;

std::vector<ClassifyJob> jobs_of(const ClassifyOptions& options) {
  if (options.inputs.size() == 1) return {{options.inputs.front(), options.output}};
  std::vector<ClassifyJob> jobs;
  std::set<fs::path> folders;
  std::int64_t number = 0;
  for (const std::string& input : options.inputs) {
    const fs::path folder = options.output / fs::path(input).stem();
    if (!folders.insert(folder).second)
      throw UsageError(
          fmt::format("two inputs are called {} (each needs a folder of its own) "
                      "classify them apart",
                      folder.filename().string()));
    const bool mine = !options.shard || number % options.shard->count == options.shard->index;
    ++number;
    if (mine) jobs.push_back({input, folder});
  }
  return jobs;
}

}  // namespace

void run_classify(const ClassifyOptions& options, const Json& given) {
  const std::vector<ClassifyJob> jobs = jobs_of(options);
  Console console(options.common.output);
  LoadedModel loaded{read_classifier(options.model), options.model};
  if (options.background_removed) loaded.model.leave_out_background();
  if (options.support_columns) loaded.model.take_support_columns();
  if (options.unknown > 0.0 && !loaded.model.gives_probabilities())
    throw InvalidArgument(
        "cannot use --unknown (the model gives no probabilities) train it with --calibrate platt");
  if (options.labels == "argmax" && !loaded.model.gives_probabilities())
    throw InvalidArgument(
        "cannot use --labels argmax (the model gives no probabilities) train it with --calibrate "
        "platt");
  if (options.shard && options.inputs.size() == 1 && options.calibrate_peak)
    throw InvalidArgument(
        "cannot use --calibrate-peak with --shard (every part would read the whole image) find the "
        "shift once and give it as --shift-energy");
  const Context ctx = open_device(options.common);
  if (!ctx.choice().empty()) console.note(ctx.choice());
  Json runs = Json::array();
  std::exception_ptr first_failure;
  for (const ClassifyJob& job : jobs) {
    throw_if_interrupted();
    Console own(options.common.output);
    try {
      runs.push_back(ClassifyRun(ctx, loaded, job, options, given, own).run());
    } catch (const Cancelled&) {
      throw;
    } catch (const std::exception& error) {
      if (jobs.size() == 1) throw;
      print_error(fmt::format("{}: {}", job.input.string(), error.what()));
      if (!first_failure) first_failure = std::current_exception();
    }
  }
  console.json(jobs.size() == 1 ? runs.front() : Json{{"runs", runs}});
  if (first_failure) std::rethrow_exception(first_failure);
}

}  // namespace whiteline::cli
