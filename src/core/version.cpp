#include <whiteline/version.hpp>

#include "core/build_id.hpp"  // made by CMake

namespace whiteline {

const char* version() { return WHITELINE_VERSION; }
const char* build_id() { return core::contract_hash; }

}  // namespace whiteline
