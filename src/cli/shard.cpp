#include "cli/shard.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <string_view>

#include "cli/errors.hpp"

namespace whiteline::cli {

namespace {

constexpr std::int64_t most_shards = 1000000;

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end.ec != std::errc() || end.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

Shard parse_shard(const std::string& text) {
  const auto slash = text.find('/');
  if (slash != std::string::npos) {
    const auto index = whole_number(std::string_view(text).substr(0, slash));
    const auto count = whole_number(std::string_view(text).substr(slash + 1));
    if (index && count && *count >= 1 && *count <= most_shards && *index >= 0 && *index < *count)
      return {*index, *count};
  }
  throw UsageError(
      fmt::format("`{}` is no shard (it is a number from 0, a slash and how many there are) write "
                  "0/4, 1/4, 2/4 and 3/4",
                  text));
}

}  // namespace whiteline::cli
