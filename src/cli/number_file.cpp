#include "cli/number_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <whiteline/error.hpp>

#include <cerrno>
#include <system_error>
#include <utility>

namespace whiteline::cli {

namespace {

[[noreturn]] void cannot_write(const std::filesystem::path& path, int error_number) {
  throw Error(fmt::format("cannot write {} ({}) check folder, rights and free space", path.string(),
                          std::system_category().message(error_number)));
}

[[noreturn]] void cannot_read(const std::filesystem::path& path, const std::string& why) {
  throw ReadError(fmt::format("cannot read {} ({}) make the maps again", path.string(), why));
}

}  // namespace

NumberFile::NumberFile(std::filesystem::path path, Use use) : path_(std::move(path)) {
  const int flags = use == Use::read ? O_RDONLY : O_RDWR | O_CREAT;
  descriptor_ = ::open(path_.c_str(), flags | O_CLOEXEC, 0666);
  if (descriptor_ >= 0) return;
  if (use == Use::write) cannot_write(path_, errno);
  cannot_read(path_, std::system_category().message(errno));
}

NumberFile::~NumberFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

NumberFile::NumberFile(NumberFile&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

NumberFile& NumberFile::operator=(NumberFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

std::uint64_t NumberFile::size() const {
  struct stat info {};
  if (::fstat(descriptor_, &info) != 0) cannot_read(path_, std::system_category().message(errno));
  return std::uint64_t(info.st_size);
}

void NumberFile::reserve(std::uint64_t bytes) {
  const int problem = bytes == 0 ? 0 : ::posix_fallocate(descriptor_, 0, off_t(bytes));
  if (problem != 0) cannot_write(path_, problem);
}

void NumberFile::truncate(std::uint64_t bytes) {
  if (::ftruncate(descriptor_, off_t(bytes)) != 0) cannot_write(path_, errno);
}

bool NumberFile::lock() { return ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0; }

void NumberFile::sync() {
  while (::fdatasync(descriptor_) != 0)
    if (errno != EINTR) cannot_write(path_, errno);
}

void NumberFile::write(std::uint64_t offset, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::pwrite(descriptor_, bytes.data(), bytes.size(), off_t(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) cannot_write(path_, errno);
    bytes = bytes.subspan(std::size_t(count));
    offset += std::uint64_t(count);
  }
}

void NumberFile::read(std::uint64_t offset, std::span<std::byte> bytes) const {
  while (!bytes.empty()) {
    const ssize_t count = ::pread(descriptor_, bytes.data(), bytes.size(), off_t(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) cannot_read(path_, std::system_category().message(errno));
    if (count == 0) cannot_read(path_, "it is shorter than its pixels");
    bytes = bytes.subspan(std::size_t(count));
    offset += std::uint64_t(count);
  }
}

}  // namespace whiteline::cli
