// All backends there are. The CPU is built in; others are plugins, opened at first use, whose
// failures are kept as reasons.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/backend.hpp"

namespace whiteline::core {

struct BackendEntry {
  std::string name;            // "cpu", "cuda", "emu"
  Backend* backend = nullptr;  // null: not usable
  std::string reason;          // why it is null
};

// The entry of that name, opened if it was not yet. Throws InvalidArgument for an unknown name.
WHITELINE_EXPORT const BackendEntry& backend(std::string_view name);

// Names that devices() lists. `emu`, the emulated GPU of the tests, is not among them.
const std::vector<std::string>& public_backends();

}  // namespace whiteline::core
