#include "io/input_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace whiteline::io {

namespace {

constexpr std::uint64_t head_size = 4096;
constexpr std::uint64_t piece = 1 << 24;  // bytes between two reports

[[noreturn]] void refuse(std::string_view path, std::string_view why, std::string_view what) {
  throw ReadError(fmt::format("cannot read {} ({}) {}", path, why, what));
}

}  // namespace

InputFile::InputFile(const std::filesystem::path& path, Progress progress)
    : path_(path.string()), progress_(std::move(progress)) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) {
    if (errno == ENOENT || errno == ENOTDIR)
      refuse(path_, "there is no such file", "check the name");
    refuse(path_, std::system_category().message(errno), "check name and rights");
  }
  if (S_ISDIR(info.st_mode)) refuse(path_, "it is a folder", "name a file");
  if (!S_ISREG(info.st_mode)) refuse(path_, "it is no regular file", "copy it to a file first");
  descriptor_ = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor_ < 0) refuse(path_, std::system_category().message(errno), "check its rights");
  size_ = std::uint64_t(info.st_size);
  if (size_ == 0) {
    close(descriptor_);
    descriptor_ = -1;
    refuse(path_, "the file is empty", "copy or export it again");
  }
}

InputFile::InputFile(std::string path, std::span<const std::byte> bytes)
    : path_(std::move(path)), size_(bytes.size()), loaded_(bytes) {}

InputFile::~InputFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

std::string InputFile::suffix() const {
  std::string text = std::filesystem::path(path_).extension().string();
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
  return text;
}

std::string InputFile::stem() const { return std::filesystem::path(path_).stem().string(); }

void InputFile::load(std::uint64_t count) {
  if (loaded_.size() >= count || descriptor_ < 0) return;
  auto bytes = std::make_unique_for_overwrite<std::byte[]>(std::size_t(count));
  std::uint64_t done = 0;
  while (done < count) {
    report(done);
    const std::size_t most = std::size_t(std::min(count - done, piece));
    const ssize_t got = pread(descriptor_, bytes.get() + done, most, off_t(done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) refuse(path_, std::system_category().message(errno), "check the disk");
    if (got == 0) throw FormatError(path_, done, "the file became shorter while it was read");
    done += std::uint64_t(got);
  }
  owned_ = std::move(bytes);
  loaded_ = {owned_.get(), std::size_t(count)};
}

std::span<const std::byte> InputFile::head() {
  load(std::min(size_, head_size));
  return loaded_.first(std::size_t(std::min(size_, head_size)));
}

std::span<const std::byte> InputFile::bytes() {
  load(size_);
  return loaded_;
}

}  // namespace whiteline::io
