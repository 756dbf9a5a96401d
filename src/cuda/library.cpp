#include "cuda/library.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <vector>

#include "cuda/platform.hpp"

namespace whiteline::cuda {

namespace {

using Folders = std::vector<std::filesystem::path>;

// Where the packages nvidia-cublas and the like lie in a folder of Python packages.
void add_packages(const std::filesystem::path& packages, Folders& folders) {
  for (const char* package : {"cu13", "cublas"})
    folders.push_back(packages / "nvidia" / package / "lib");
}

void add_environment(const char* prefix, Folders& folders) {
  folders.push_back(std::filesystem::path(prefix) / "lib");
  std::error_code missing;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(prefix) / "lib", missing))
    if (entry.path().filename().string().starts_with("python3"))
      add_packages(entry.path() / "site-packages", folders);
}

std::filesystem::path this_file() {
  Dl_info self{};
  dladdr(reinterpret_cast<const void*>(&this_file), &self);
  std::error_code failed;
  return std::filesystem::absolute(self.dli_fname ? self.dli_fname : ".", failed);
}

Folders candidate_folders() {
  Folders folders;
  for (const char* variable : {"CUDA_HOME", "CUDA_PATH"})
    if (const char* toolkit = std::getenv(variable))
      folders.push_back(std::filesystem::path(toolkit) / "lib64");
  for (const char* folder : library_folders) folders.push_back(folder);
  const std::filesystem::path plugin = this_file();
  for (auto above = plugin.parent_path(); above != above.root_path(); above = above.parent_path())
    add_packages(above, folders);
  for (const char* variable : {"VIRTUAL_ENV", "CONDA_PREFIX"})
    if (const char* prefix = std::getenv(variable)) add_environment(prefix, folders);
  return folders;
}

std::string last_error() {
  const char* text = dlerror();
  return text ? text : "no reason given";
}

}  // namespace

OpenedLibrary open_library(std::span<const char* const> files) {
  OpenedLibrary library;
  for (const char* file : files) {
    if ((library.handle = dlopen(file, RTLD_NOW | RTLD_LOCAL))) return library;
    library.reason += fmt::format("{}{}", library.reason.empty() ? "" : "; ", last_error());
  }
  for (const std::filesystem::path& folder : candidate_folders())
    for (const char* file : files) {
      const std::filesystem::path path = folder / file;
      std::error_code unreadable;
      if (!std::filesystem::exists(path, unreadable)) continue;
      if ((library.handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL))) return library;
      library.reason += fmt::format("; {}", last_error());
    }
  return library;
}

}  // namespace whiteline::cuda
