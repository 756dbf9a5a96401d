// Where the sources and this build lie, and what was built. Known to one object file only, so that
// all others are the same in every folder.
#pragma once

#include <filesystem>

namespace whiteline::test {

std::filesystem::path source_folder();
std::filesystem::path build_folder();
bool emulator_is_built();

}  // namespace whiteline::test
