#include "cli/class_counts.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace whiteline::cli {

Json class_counts(const std::vector<std::int32_t>& labels, const std::vector<std::string>& names) {
  Json counts = Json::object();
  for (std::size_t i = 0; i < names.size(); ++i)
    counts[names[i]] = std::count(labels.begin(), labels.end(), std::int32_t(i));
  return counts;
}

std::string class_text(const Json& counts) {
  std::string text;
  for (const auto& [name, count] : counts.items())
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count.get<std::int64_t>(), name);
  return text;
}

}  // namespace whiteline::cli
