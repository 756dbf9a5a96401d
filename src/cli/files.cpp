#include "cli/files.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <system_error>

#include "cli/interrupt.hpp"

namespace whiteline::cli {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void cannot_write(const fs::path& path, const std::string& why,
                               const std::string& advice) {
  throw Error(fmt::format("cannot write {} ({}) {}", path.string(), why, advice));
}

[[noreturn]] void already_there(const fs::path& path) {
  cannot_write(path, "it exists", "choose another name, or overwrite it with --force");
}

// Moves a finished file to its name; with Overwrite::refuse an existing one stays.
void move_into_place(const fs::path& from, const fs::path& to, Overwrite overwrite) {
  if (overwrite == Overwrite::refuse && fs::exists(fs::symlink_status(to))) already_there(to);
  std::error_code problem;
  fs::rename(from, to, problem);
  if (problem) cannot_write(to, problem.message(), "check the folder");
}

}  // namespace

void check_outputs(const std::vector<fs::path>& files, bool force) {
  for (const fs::path& file : files) {
    const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
    std::error_code ignored;
    if (!fs::is_directory(folder, ignored))
      cannot_write(file, fmt::format("there is no folder {}", folder.string()), "make it first");
    if (fs::is_directory(file, ignored)) cannot_write(file, "it is a folder", "name a file");
    if (!force && fs::exists(fs::symlink_status(file, ignored))) already_there(file);
  }
}

void check_output_folder(const fs::path& folder, const std::vector<std::string>& names,
                         bool force) {
  std::error_code ignored;
  if (fs::exists(folder, ignored) && !fs::is_directory(folder, ignored))
    throw Error(
        fmt::format("cannot write into {} (it is no folder) choose another -o", folder.string()));
  if (!fs::is_directory(folder, ignored)) return;
  std::vector<fs::path> files;
  for (const std::string& name : names) files.push_back(folder / name);
  check_outputs(files, force);
}

StagedFolder::StagedFolder(fs::path folder) : folder_(std::move(folder)) {
  if (folder_.filename().empty()) folder_ = folder_.parent_path();  // "maps/"
  staging_ = fmt::format("{}.tmp-{}", folder_.string(), ::getpid());
  std::error_code problem;
  fs::create_directories(staging_, problem);
  if (problem) cannot_write(folder_, problem.message(), "check the folder it lies in");
}

StagedFolder::~StagedFolder() {
  std::error_code ignored;
  fs::remove_all(staging_, ignored);
}

fs::path StagedFolder::file(const std::string& name) {
  names_.push_back(name);
  return staging_ / name;
}

void StagedFolder::forget(const std::string& name) { std::erase(names_, name); }

void StagedFolder::publish(Overwrite overwrite) {
  throw_if_interrupted();
  if (!fs::exists(folder_)) {
    move_into_place(staging_, folder_, overwrite);
    return;
  }
  for (const std::string& name : names_)
    if (overwrite == Overwrite::refuse && fs::exists(folder_ / name)) already_there(folder_ / name);
  for (const std::string& name : names_)
    move_into_place(staging_ / name, folder_ / name, overwrite);
}

void move_folder(const fs::path& from, fs::path to, Overwrite overwrite) {
  if (to.filename().empty()) to = to.parent_path();  // "maps/"
  if (!fs::exists(to)) return move_into_place(from, to, overwrite);
  for (const auto& file : fs::directory_iterator(from))
    move_into_place(file.path(), to / file.path().filename(), overwrite);
  fs::remove(from);
}

Overwrite overwrite_if(bool force) { return force ? Overwrite::allow : Overwrite::refuse; }

}  // namespace whiteline::cli
