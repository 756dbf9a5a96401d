// Output files: refused early, written whole or not at all.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <whiteline/io.hpp>

namespace whiteline::cli {

// Throws Error, before any work is done, when a file exists and `force` is not set, or when the
// folder it is to lie in does not exist.
void check_outputs(const std::vector<std::filesystem::path>& files, bool force);

// The same for files in a folder that may be missing: it will be made.
void check_output_folder(const std::filesystem::path& folder, const std::vector<std::string>& names,
                         bool force);

// Files of one result are made in a folder of their own beside `folder` and moved into it at the
// end, so that a run that stops in between leaves nothing.
class StagedFolder {
 public:
  explicit StagedFolder(std::filesystem::path folder);
  ~StagedFolder();  // removes what was not published
  StagedFolder(const StagedFolder&) = delete;
  StagedFolder& operator=(const StagedFolder&) = delete;

  // Where to write the file that will be called `name`.
  std::filesystem::path file(const std::string& name);
  void forget(const std::string& name);  // it was not written after all
  std::filesystem::path written(const std::string& name) const { return staging_ / name; }
  const std::vector<std::string>& names() const { return names_; }
  // Throws Error when one of the files exists already, unless `overwrite` allows it.
  void publish(Overwrite overwrite);

 private:
  std::filesystem::path folder_, staging_;
  std::vector<std::string> names_;
};

// The files of `from` go to `to`, which may be there already; `from` is no more.
void move_folder(const std::filesystem::path& from, std::filesystem::path to, Overwrite overwrite);

Overwrite overwrite_if(bool force);

}  // namespace whiteline::cli
