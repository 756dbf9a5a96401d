#include <whiteline/error.hpp>
#include <whiteline/progress.hpp>

#include <fmt/format.h>

#include <utility>

namespace whiteline {

namespace {

std::string place(std::uint64_t offset) {
  return offset == FormatError::unknown_offset ? "" : fmt::format(", at byte {}", offset);
}

}  // namespace

FormatError::FormatError(std::string path, std::uint64_t offset, std::string_view problem)
    : ReadError(fmt::format("cannot read {} ({}{}) the file is damaged: export it again", path,
                            problem, place(offset))),
      path_(std::move(path)),
      offset_(offset),
      problem_(problem) {}

void require(bool condition, std::string_view message) {
  if (!condition) throw InvalidArgument(std::string(message));
}

void report(const Progress& progress, std::string_view stage, std::uint64_t done,
            std::uint64_t total) {
  if (progress && !progress({stage, done, total}))
    throw Cancelled(fmt::format("stopped at `{}` (as asked, {} of {} done)", stage, done, total));
}

}  // namespace whiteline
