#include "io/helper.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <whiteline/error.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <system_error>
#include <thread>

namespace whiteline::io {

namespace fs = std::filesystem;

namespace {

// Duplicates above the places they will take in the helper.
class HighDescriptors {
 public:
  explicit HighDescriptors(const std::vector<int>& descriptors) {
    for (const int descriptor : descriptors) {
      const int high = fcntl(descriptor, F_DUPFD_CLOEXEC, 64);
      if (high < 0) {
        close_all();
        throw Error("cannot start the HDF5 helper (too many open files) close some");
      }
      high_.push_back(high);
    }
  }
  ~HighDescriptors() { close_all(); }
  HighDescriptors(const HighDescriptors&) = delete;
  HighDescriptors& operator=(const HighDescriptors&) = delete;

  const std::vector<int>& all() const { return high_; }

 private:
  void close_all() {
    for (const int descriptor : high_) close(descriptor);
  }
  std::vector<int> high_;
};

// The helper's whole environment: no file locks (shared disks), no plugins.
std::vector<std::string> environment() {
  std::vector<std::string> variables = {"HDF5_USE_FILE_LOCKING=FALSE", "HDF5_PLUGIN_PRELOAD=::"};
  for (const char* name : {"LD_LIBRARY_PATH", "PATH"})
    if (const char* value = std::getenv(name))
      variables.push_back(fmt::format("{}={}", name, value));
  return variables;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

class SpawnPlan {
 public:
  explicit SpawnPlan(const std::vector<int>& descriptors) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
    posix_spawn_file_actions_addopen(&actions_, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions_, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions_, 2, "/dev/null", O_WRONLY, 0);
    int place = 3;
    for (const int descriptor : descriptors)
      posix_spawn_file_actions_adddup2(&actions_, descriptor, place++);
    posix_spawn_file_actions_addclosefrom_np(&actions_, place);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    // A group of its own: Ctrl-C reaches the caller, who decides.
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  const posix_spawn_file_actions_t* actions() const { return &actions_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

// A started process; killed and reaped when nobody waited for its end.
class Process {
 public:
  Process(const fs::path& program, const HelperRun& run) {
    const HighDescriptors high(run.descriptors);
    const SpawnPlan plan(high.all());
    std::vector<std::string> arguments = {program.string()};
    arguments.insert(arguments.end(), run.arguments.begin(), run.arguments.end());
    std::vector<std::string> variables = environment();
    const int problem = posix_spawn(&pid_, program.c_str(), plan.actions(), plan.attributes(),
                                    pointers(arguments).data(), pointers(variables).data());
    if (problem != 0)
      throw Unsupported(fmt::format("cannot start {} ({}) install whiteline again",
                                    program.string(), std::system_category().message(problem)));
  }
  ~Process() {
    if (!running_) return;
    kill(pid_, SIGKILL);
    while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // True when it has ended; status is 0 where the caller's program reaps its children itself.
  bool ended(int& status) {
    status = 0;
    const pid_t result = waitpid(pid_, &status, WNOHANG);
    if (result == 0 || (result < 0 && errno == EINTR)) return false;
    running_ = false;
    return true;
  }

 private:
  pid_t pid_ = 0;
  bool running_ = true;
};

std::string how_it_ended(int status) {
  if (!WIFSIGNALED(status)) return {};
  const int number = WTERMSIG(status);
  if (number == SIGXCPU || number == SIGKILL) return "reading it took too much time or memory";
  if (number == SIGBUS) return "there is not enough memory for it";
  return fmt::format("the HDF5 library crashed on it, signal {}", number);
}

}  // namespace

fs::path hdf5_helper() {
  if (const char* given = std::getenv("WHITELINE_HDF5_HELPER")) {
    if (access(given, X_OK) == 0) return given;
    throw Unsupported(
        fmt::format("cannot use HDF5 files ({}, named by WHITELINE_HDF5_HELPER, is no "
                    "program) correct or unset it",
                    given));
  }
  Dl_info self{};
  dladdr(reinterpret_cast<const void*>(&hdf5_helper), &self);
  std::error_code ignored;
  const fs::path library = fs::weakly_canonical(self.dli_fname ? self.dli_fname : ".", ignored);
  for (const char* up : {"..", "../.."}) {
    const fs::path program =
        library.parent_path() / up / "libexec" / "whiteline" / "whiteline-hdf5";
    if (access(program.c_str(), X_OK) == 0) return program;
  }
  throw Unsupported(fmt::format(
      "cannot use HDF5 files (whiteline was built without HDF5: there is no whiteline-hdf5 beside "
      "{}) build it with libhdf5-dev installed, or use .npz",
      library.string()));
}

std::string run_helper(const fs::path& program, const HelperRun& run) {
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  const auto deadline = begin + std::chrono::duration<double>(run.seconds);
  auto next_question = begin + std::chrono::milliseconds(50);
  auto pause = std::chrono::microseconds(200);
  Process process(program, run);
  int status = 0;
  while (!process.ended(status)) {
    const auto now = Clock::now();
    if (now > deadline)
      return fmt::format("the HDF5 library did not end within {:.0f} s", run.seconds);
    if (now > next_question) {
      if (run.still_wanted) run.still_wanted();
      next_question = now + std::chrono::milliseconds(50);
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(2 * pause, std::chrono::microseconds(5000));
  }
  return how_it_ended(status);
}

}  // namespace whiteline::io
