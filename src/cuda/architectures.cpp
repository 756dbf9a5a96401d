#include "cuda/architectures.hpp"

#include <charconv>

namespace whiteline::cuda {

namespace {

bool one_has_code_for(std::string_view architecture, ComputeCapability capability) {
  int number = 0;
  const char* const end = architecture.data() + architecture.size();
  const auto [rest, error] = std::from_chars(architecture.data(), end, number);
  if (error != std::errc()) return false;
  const std::string_view suffix(rest, std::size_t(end - rest));
  const int major = number / 10, minor = number % 10;
  if (!suffix.empty() && suffix[0] != '-')
    return major == capability.major && minor == capability.minor;
  const bool machine_code = !suffix.ends_with("-virtual"), ptx = !suffix.ends_with("-real");
  const bool later = capability.major * 10 + capability.minor >= number;
  return later && ((machine_code && major == capability.major) || ptx);
}

}  // namespace

bool has_code_for(std::string_view architectures, ComputeCapability capability) {
  while (!architectures.empty()) {
    const std::size_t comma = architectures.find(',');
    if (one_has_code_for(architectures.substr(0, comma), capability)) return true;
    architectures = comma == std::string_view::npos ? "" : architectures.substr(comma + 1);
  }
  return false;
}

}  // namespace whiteline::cuda
