// whiteline merge: joins the parts of an image that `whiteline classify --shard` made.
#include <fmt/format.h>

#include <memory>

#include "cli/classify_results.hpp"
#include "cli/command_line.hpp"
#include "cli/results.hpp"

namespace whiteline::cli {

namespace {

namespace fs = std::filesystem;

struct MergeOptions {
  CommonOptions common;  // output and force
  std::vector<std::string> parts;
  fs::path folder;
};

void run_merge(const MergeOptions& options, const Json& given) {
  Console console(options.common.output);
  RunRecord record("merge", given, options.common);
  check_output_folder(options.folder, {"run.json"}, options.common.force);
  std::vector<MapFiles> files;
  for (const std::string& part : options.parts) files.push_back(MapFiles::open(part));
  std::vector<const MapFiles*> parts;
  Json names = Json::array();
  for (const MapFiles& part : files) {
    parts.push_back(&part);
    names.push_back(
        {{"path", part.folder().string()}, {"pixels", {part.run().begin, part.run().end}}});
  }
  const FinishedMaps maps(parts);
  const MapRun& run = maps.run();
  check_output_folder(options.folder, map_names(run.class_names, run.probabilities),
                      options.common.force);
  StagedFolder folder(options.folder);
  const LabelCounts counts = write_maps(maps, folder, console);
  warn_of_trouble(counts, options.folder.string(), console);
  record["parts"] = names;
  record["origin"] = run.origin;
  record["model_sha256"] = run.model_sha256;
  describe(counts, run.class_names, record);
  console.json(finish_folder(folder, record, console, options.common));
  console.result(fmt::format("{} parts: {} x {} spectra{}", parts.size(), run.height, run.width,
                             counts_text(counts, run.class_names, false)));
  if (counts.score) console.result(summary(*counts.score));
  console.result(fmt::format("wrote {}", options.folder.string()));
}

}  // namespace

void add_merge(CommandLine& command) {
  Verb verb = command.verb("merge", "Join the parts of an image that classify --shard made");
  auto options = std::make_shared<MergeOptions>();
  verb.option("parts DIR...", options->parts, "folders of all parts, in any order").required();
  verb.option("-o,--output DIR", options->folder, "folder for the maps").required();
  verb.flag("--force", options->common.force, "overwrite existing output files");
  add_output_options(verb, options->common.output);
  verb.footer(
      "Writes into DIR what classify writes of the whole image, to the same bytes: vacuum is told\n"
      "by the brightness of all parts.\n"
      "  whiteline classify cube.dm4 --model fe.safetensors --shard 0/2 -o part0\n"
      "  whiteline classify cube.dm4 --model fe.safetensors --shard 1/2 -o part1\n"
      "  whiteline merge part0 part1 -o maps");
  verb.run([options](const Json& given) { run_merge(*options, given); });
}

}  // namespace whiteline::cli
