#include "io/atomic_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <string>
#include <system_error>

namespace whiteline::io {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view temporary_suffix = ".wltmp";

std::string host_name() {
  char name[65] = {};
  if (gethostname(name, sizeof name - 1) != 0) return "host";
  std::string text(name);
  for (char& c : text)
    if (c == '/' || c == '.') c = '-';
  return text.empty() ? "host" : text.substr(0, 48);
}

// .<name>.<host>.<pid>.<number>.wltmp
fs::path temporary_name(const fs::path& path) {
  static std::atomic<unsigned> next{0};
  return path.parent_path() / fmt::format(".{}.{}.{}.{}{}", path.filename().string().substr(0, 120),
                                          host_name(), getpid(), next.fetch_add(1),
                                          temporary_suffix);
}

// The pid in a temporary's name if a writer of this machine made it, else 0.
pid_t writer_of(std::string_view name) {
  if (name.size() < 2 || name.front() != '.' || !name.ends_with(temporary_suffix)) return 0;
  name.remove_suffix(temporary_suffix.size());
  const auto number = name.rfind('.');
  if (number == std::string_view::npos || number == 0) return 0;
  const auto pid = name.rfind('.', number - 1);
  if (pid == std::string_view::npos) return 0;
  if (!name.substr(0, pid).ends_with("." + host_name())) return 0;
  const std::string_view digits = name.substr(pid + 1, number - pid - 1);
  pid_t value = 0;
  const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return end.ec == std::errc() && end.ptr == digits.data() + digits.size() ? value : 0;
}

// A writer holds a lock on its temporary as long as it lives, so that a writer in another
// container, whose pid means nothing here, is not taken for dead.
void remove_stale_temporaries(const fs::path& folder) {
  std::error_code ignored;
  for (fs::directory_iterator entry(folder, ignored), end; !ignored && entry != end;
       entry.increment(ignored)) {
    const pid_t pid = writer_of(entry->path().filename().string());
    if (pid <= 0 || kill(pid, 0) == 0 || errno != ESRCH) continue;
    const int file = open(entry->path().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0) continue;
    if (flock(file, LOCK_EX | LOCK_NB) == 0) unlink(entry->path().c_str());
    close(file);
  }
}

template <class Call>
auto retried(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

fs::path followed(const fs::path& path) {
  std::error_code error;
  if (!fs::is_symlink(fs::symlink_status(path, error))) return path;
  const fs::path target = fs::weakly_canonical(path, error);
  return error ? path : target;
}

}  // namespace

AtomicFile::AtomicFile(const fs::path& path, Overwrite overwrite)
    : path_(followed(path)), overwrite_(overwrite) {
  struct stat existing {};
  const bool exists = stat(path_.c_str(), &existing) == 0;
  if (exists && S_ISDIR(existing.st_mode)) fail("it is a folder", 0);
  if (exists && !S_ISREG(existing.st_mode)) fail("it is no regular file", 0);
  if (exists && overwrite == Overwrite::refuse)
    throw Error(fmt::format("cannot write {} (it exists) choose another name or overwrite it",
                            path_.string()));
  if (path_.filename().empty()) fail("it has no file name", 0);
  const fs::path folder = path_.parent_path().empty() ? fs::path(".") : path_.parent_path();
  remove_stale_temporaries(folder);
  temporary_ = temporary_name(folder / path_.filename());
  descriptor_ = retried([&] {
    return open(temporary_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
  });
  if (descriptor_ < 0) fail("its folder cannot be written", errno);
  flock(descriptor_, LOCK_EX | LOCK_NB);
  if (exists) (void)!fchmod(descriptor_, existing.st_mode & 07777);
}

AtomicFile::~AtomicFile() {
  if (descriptor_ < 0) return;
  unlink(temporary_.c_str());
  close(descriptor_);
}

void AtomicFile::fail(std::string_view problem, int error_number) const {
  if (error_number == 0)
    throw Error(fmt::format("cannot write {} ({}) choose another name", path_.string(), problem));
  throw Error(fmt::format("cannot write {} ({}: {}) check folder, rights and free space",
                          path_.string(), problem, std::system_category().message(error_number)));
}

void AtomicFile::write(std::span<const std::byte> bytes) {
  constexpr std::size_t most = std::size_t(1) << 30;
  while (!bytes.empty()) {
    const ssize_t count =
        retried([&] { return ::write(descriptor_, bytes.data(), std::min(bytes.size(), most)); });
    if (count < 0) fail("writing failed", errno);
    bytes = bytes.subspan(std::size_t(count));
  }
}

void AtomicFile::write_at(std::uint64_t offset, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count =
        retried([&] { return pwrite(descriptor_, text.data(), text.size(), off_t(offset)); });
    if (count < 0) fail("writing failed", errno);
    text.remove_prefix(std::size_t(count));
    offset += std::uint64_t(count);
  }
}

void AtomicFile::replace_target() {
  if (overwrite_ == Overwrite::allow) {
    if (std::rename(temporary_.c_str(), path_.c_str()) != 0) fail("renaming failed", errno);
    return;
  }
  if (renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, path_.c_str(), RENAME_NOREPLACE) == 0)
    return;
  if (errno == EEXIST)
    throw Error(fmt::format("cannot write {} (it has appeared meanwhile) choose another name",
                            path_.string()));
  // This file system cannot rename without replacing; existence was checked at the start.
  if (errno != EINVAL && errno != ENOSYS) fail("renaming failed", errno);
  if (access(path_.c_str(), F_OK) == 0)
    throw Error(fmt::format("cannot write {} (it has appeared meanwhile) choose another name",
                            path_.string()));
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) fail("renaming failed", errno);
}

void AtomicFile::commit() {
  if (retried([&] { return fsync(descriptor_); }) != 0) fail("syncing failed", errno);
  replace_target();
  close(descriptor_);
  descriptor_ = -1;
  const fs::path folder = temporary_.parent_path();
  const int opened = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (opened < 0) return;  // the file is there; only its survival of a power cut is not assured
  fsync(opened);
  close(opened);
}

void write_file(const fs::path& path, std::span<const std::byte> bytes, Overwrite overwrite) {
  AtomicFile file(path, overwrite);
  file.write(bytes);
  file.commit();
}

void write_file(const fs::path& path, std::string_view text, Overwrite overwrite) {
  write_file(path, std::as_bytes(std::span(text)), overwrite);
}

}  // namespace whiteline::io
