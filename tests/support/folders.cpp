#include "support/folders.hpp"

namespace whiteline::test {

std::filesystem::path source_folder() { return WHITELINE_SOURCE_DIR; }
std::filesystem::path build_folder() { return WHITELINE_BINARY_DIR; }
bool emulator_is_built() { return WHITELINE_HAS_EMULATOR; }

}  // namespace whiteline::test
