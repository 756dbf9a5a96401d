// whiteline classify: labels and probabilities of every pixel, or row.
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <set>

#include "cli/classification.hpp"
#include "cli/classify_options.hpp"
#include "cli/classify_results.hpp"
#include "cli/interrupt.hpp"

namespace whiteline::cli {

namespace {

namespace fs = std::filesystem;

struct Job {
  fs::path input, folder;
};

std::vector<Job> jobs_of(const ClassifyOptions& options) {
  if (options.inputs.size() == 1) return {{options.inputs.front(), options.output}};
  std::vector<Job> jobs;
  std::set<fs::path> folders;
  for (const std::string& input : options.inputs) {
    const fs::path folder = options.output / fs::path(input).stem();
    if (!folders.insert(folder).second)
      throw UsageError(
          fmt::format("two inputs are called {} (each needs a folder of its own) "
                      "classify them apart",
                      folder.filename().string()));
    jobs.push_back({input, folder});
  }
  return jobs;
}

std::string headline(const Input& input, const Classification& result, const Context& ctx) {
  const SpectrumImage& image = input.image;
  std::string text =
      input.is_table
          ? fmt::format("{}: {} spectra", input.path.string(), image.pixels())
          : fmt::format("{}: {} x {} spectra", input.path.string(), image.height, image.width);
  text += fmt::format(" on {}", ctx.device().name);
  if (result.calibration)
    text += fmt::format("; peak at {:.2f} eV, axis shifted by {:+.2f} eV",
                        result.calibration->found_at, result.calibration->shift);
  if (!input.is_table) text += fmt::format("; {} vacuum", result.vacuum);
  if (result.unknown > 0) text += fmt::format("; {} unknown", result.unknown);
  for (std::size_t i = 0; i < result.class_names.size(); ++i)
    text += fmt::format("; {} {}",
                        std::count(result.labels.begin(), result.labels.end(), std::int32_t(i)),
                        result.class_names[i]);
  return text;
}

struct LoadedModel {
  SvmModel model;
  fs::path path;
};

Json run_one(const Context& ctx, const LoadedModel& loaded, const Job& job,
             const ClassifyOptions& options, const Json& given, Console& console) {
  RunRecord record("classify", given, options.common);
  record.set_device(ctx);
  check_output_folder(job.folder, {"run.json"}, options.common.force);
  Input input;
  {
    const auto timed = record.phase("read");
    input = read_input(job.input);
  }
  check_output_folder(job.folder, result_names(input, loaded.model), options.common.force);
  const std::string model_hash = record.add_input("model", loaded.path, console.progress());
  record.add_input("spectra", job.input, console.progress());
  const Classification result = classify(ctx, loaded.model, input, options, console, record);
  describe(result, record);
  StagedFolder folder(job.folder);
  {
    const auto timed = record.phase("write");
    write_results(input, loaded.model, model_hash, result, folder, console);
  }
  for (const std::string& name : folder.names()) record.add_output(name, folder.written(name));
  const Json all = record.to_json(console);
  write_text_file(folder.file("run.json"), to_text(all) + "\n", Overwrite::refuse);
  folder.publish(overwrite_if(options.common.force));
  console.result(headline(input, result, ctx));
  if (result.score) console.result(summary(*result.score));
  console.result(fmt::format("wrote {}", job.folder.string()));
  return all;
}

}  // namespace

void run_classify(const ClassifyOptions& options, const Json& given) {
  const std::vector<Job> jobs = jobs_of(options);
  Console console(options.common.output);
  LoadedModel loaded{read_model_file(options.model), options.model};
  if (options.background_removed) loaded.model.pipeline = without_background(loaded.model.pipeline);
  if (options.unknown > 0.0 && !loaded.model.calibrated())
    throw InvalidArgument(
        "cannot use --unknown (the model gives no probabilities) train it with --calibrate platt");
  if (options.labels == "argmax" && !loaded.model.calibrated())
    throw InvalidArgument(
        "cannot use --labels argmax (the model gives no probabilities) train it with --calibrate "
        "platt");
  const Context ctx = open_device(options.common);
  if (!ctx.choice().empty()) console.note(ctx.choice());
  Json runs = Json::array();
  std::exception_ptr first_failure;
  for (const Job& job : jobs) {
    throw_if_interrupted();
    Console own(options.common.output);
    try {
      runs.push_back(run_one(ctx, loaded, job, options, given, own));
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
