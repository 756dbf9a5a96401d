// `--shard 3/16`: one of several runs that share the work.
#pragma once

#include <cstdint>
#include <string>

namespace whiteline::cli {

struct Shard {
  std::int64_t index = 0, count = 1;  // 0 <= index < count

  // Where this one's share of `size` items begins; shard i ends where i + 1 begins.
  std::int64_t begin(std::int64_t size) const { return part(size, index); }
  std::int64_t end(std::int64_t size) const { return part(size, index + 1); }

 private:
  std::int64_t part(std::int64_t size, std::int64_t i) const {
    return size / count * i + size % count * i / count;
  }
};
Shard parse_shard(const std::string& text);  // throws UsageError

}  // namespace whiteline::cli
