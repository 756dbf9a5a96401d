// Preloaded: makes calls that write files fail from the N-th on, or the N-th alone, as a full or
// dying disk would. WL_FAIL_AT=N, WL_FAIL_ERRNO, WL_FAIL_ONCE=1; the file WL_FAIL_MARK is made when
// a call has failed. Standard streams are left alone.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>

namespace {

long number(const char* variable) {
  const char* text = std::getenv(variable);
  return text ? std::strtol(text, nullptr, 10) : 0;
}

// True when this call is to fail; errno is set then.
bool fails() {
  static std::atomic<long> calls{0};
  static const long at = number("WL_FAIL_AT"), once = number("WL_FAIL_ONCE");
  static const int problem = int(number("WL_FAIL_ERRNO"));
  if (at == 0) return false;
  const long call = ++calls;
  if (once ? call != at : call < at) return false;
  if (const char* mark = std::getenv("WL_FAIL_MARK"))
    close(open(mark, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  errno = problem;
  return true;
}

template <class Function>
Function* next(Function*, const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

ssize_t write(int file, const void* bytes, size_t count) {
  static const auto real = next(&write, "write");
  return file > 2 && fails() ? -1 : real(file, bytes, count);
}
ssize_t pwrite(int file, const void* bytes, size_t count, off_t offset) {
  static const auto real = next(&pwrite, "pwrite");
  return fails() ? -1 : real(file, bytes, count, offset);
}
ssize_t pwrite64(int file, const void* bytes, size_t count, off64_t offset) {
  static const auto real = next(&pwrite64, "pwrite64");
  return fails() ? -1 : real(file, bytes, count, offset);
}
int ftruncate(int file, off_t length) noexcept {
  static const auto real = next(&ftruncate, "ftruncate");
  return fails() ? -1 : real(file, length);
}
int ftruncate64(int file, off64_t length) noexcept {
  static const auto real = next(&ftruncate64, "ftruncate64");
  return fails() ? -1 : real(file, length);
}
int fsync(int file) {
  static const auto real = next(&fsync, "fsync");
  return fails() ? -1 : real(file);
}
int rename(const char* from, const char* to) noexcept {
  static const auto real = next(&rename, "rename");
  return fails() ? -1 : real(from, to);
}
int renameat2(int from_folder, const char* from, int to_folder, const char* to,
              unsigned flags) noexcept {
  static const auto real = next(&renameat2, "renameat2");
  return fails() ? -1 : real(from_folder, from, to_folder, to, flags);
}

}  // extern "C"
