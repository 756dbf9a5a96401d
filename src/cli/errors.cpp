#include "cli/errors.hpp"

#include <exception>
#include <new>

namespace whiteline::cli {

int exit_code_of(const std::exception& error) {
  if (dynamic_cast<const UsageError*>(&error)) return exit_usage;
  if (dynamic_cast<const Cancelled*>(&error)) return exit_interrupted;
  if (dynamic_cast<const ReadError*>(&error)) return exit_unreadable;
  if (dynamic_cast<const DeviceUnavailable*>(&error)) return exit_device;
  if (dynamic_cast<const OutOfMemory*>(&error)) return exit_device;
  if (dynamic_cast<const std::bad_alloc*>(&error)) return exit_device;
  return exit_failed;
}

}  // namespace whiteline::cli
