#include "cli/results.hpp"

namespace whiteline::cli {

std::filesystem::path record_of(const std::filesystem::path& file) {
  return file.string() + ".run.json";
}

void finish_file(const std::filesystem::path& file, RunRecord& record, Console& console,
                 const CommonOptions& options) {
  record.add_output(file.filename().string(), file);
  const Json result = record.to_json(console);
  write_text_file(record_of(file), to_text(result) + "\n", overwrite_if(options.force));
  console.result("wrote " + file.string());
  console.json(result);
}

Json finish_folder(StagedFolder& folder, RunRecord& record, Console& console,
                   const CommonOptions& options) {
  for (const std::string& name : folder.names()) record.add_output(name, folder.written(name));
  Json result = record.to_json(console);
  write_text_file(folder.file("run.json"), to_text(result) + "\n", Overwrite::refuse);
  folder.publish(overwrite_if(options.force));
  return result;
}

}  // namespace whiteline::cli
