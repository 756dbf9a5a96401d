#include "io/json_lines.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>
#include <whiteline/error.hpp>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

namespace whiteline::io {

namespace {

std::string contents(const std::filesystem::path& path) {
  std::error_code none;
  if (!std::filesystem::exists(path, none)) return {};
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path, none))
    throw ReadError(
        fmt::format("cannot read {} (it is no readable file) choose another name", path.string()));
  return {std::istreambuf_iterator<char>(file), {}};
}

// Does the text begin as every line of a journal, as far as it goes?
bool may_be_cut_short(std::string_view text, std::string_view beginning) {
  return !text.empty() && text.substr(0, beginning.size()) == beginning.substr(0, text.size());
}

}  // namespace

JsonLines::JsonLines(std::filesystem::path path, const Kind& kind, const Take& take)
    : path_(std::move(path)) {
  const int flags = O_WRONLY | O_APPEND | O_CLOEXEC;
  // A file that cannot be written is found before the work; one that is none is left as it is.
  std::error_code none;
  const bool is_folder = std::filesystem::is_directory(path_, none);
  if (!is_folder) descriptor_ = ::open(path_.c_str(), flags | O_CREAT, 0666);
  if (!is_folder && descriptor_ < 0) cannot_write();
  try {
    if (kind.alone && descriptor_ >= 0 && ::flock(descriptor_, LOCK_EX | LOCK_NB) != 0)
      throw Error(
          fmt::format("cannot write {} (another run has it open) wait for its end, or "
                      "choose another name",
                      path_.string()));
    const std::string text = contents(path_);
    const std::uint64_t whole = take_lines(text, kind, take);
    if (whole < text.size() && ::ftruncate(descriptor_, off_t(whole)) != 0) cannot_write();
  } catch (...) {
    if (descriptor_ >= 0) ::close(descriptor_);
    throw;
  }
}

JsonLines::~JsonLines() { ::close(descriptor_); }

// Bytes of the lines that were taken.
std::uint64_t JsonLines::take_lines(const std::string& text, const Kind& kind, const Take& take) {
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = text.find('\n', begin);
    const bool is_whole = end != std::string::npos;
    const std::string_view line =
        std::string_view(text).substr(begin, is_whole ? end - begin : std::string::npos);
    const std::string problem = is_whole ? take(line) : "it has no end";
    if (!problem.empty()) {
      const bool is_last = !is_whole || end + 1 == text.size();
      if (is_last && may_be_cut_short(line, kind.beginning)) return begin;
      throw FormatError(path_.string(), begin, fmt::format("not {}: {}", kind.what, problem));
    }
    begin = end + 1;
  }
  return begin;
}

void JsonLines::append(std::string_view line) const {
  std::string text = fmt::format("{}\n", line);
  for (std::string_view rest = text; !rest.empty();) {
    const ssize_t count = ::write(descriptor_, rest.data(), rest.size());
    if (count < 0 && errno != EINTR) cannot_write();
    if (count > 0) rest.remove_prefix(std::size_t(count));
  }
  while (::fdatasync(descriptor_) != 0)
    if (errno != EINTR) cannot_write();
}

void JsonLines::cannot_write() const {
  throw Error(fmt::format("cannot write {} ({}) check the folder and the space left",
                          path_.string(), std::system_category().message(errno)));
}

}  // namespace whiteline::io
