#include "io/helper.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <whiteline/error.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <thread>

namespace whiteline::io {

namespace fs = std::filesystem;

namespace {

constexpr auto question_interval = std::chrono::milliseconds(50);

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

SocketPair::SocketPair(Kind kind) {
  int both[2];
  const int type = kind == Kind::stream ? SOCK_STREAM : SOCK_SEQPACKET;
  if (socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, both) != 0)
    throw Error(fmt::format("cannot talk to the HDF5 helper ({}) close other files",
                            std::system_category().message(errno)));
  ours_ = both[0];
  theirs_ = both[1];
}

SocketPair::~SocketPair() {
  close(ours_);
  close_theirs();
}

void SocketPair::close_theirs() {
  if (theirs_ >= 0) close(theirs_);
  theirs_ = -1;
}

Helper::Helper(const fs::path& program, const HelperRun& run)
    : seconds_left_(run.seconds),
      allowed_(run.seconds),
      next_question_(Clock::now() + question_interval) {
  const HighDescriptors high(run.descriptors);
  const SpawnPlan plan(high.all());
  std::vector<std::string> arguments = {program.string()};
  arguments.insert(arguments.end(), run.arguments.begin(), run.arguments.end());
  std::vector<std::string> variables = environment();
  const int problem = posix_spawn(&pid_, program.c_str(), plan.actions(), plan.attributes(),
                                  pointers(arguments).data(), pointers(variables).data());
  if (problem != 0)
    throw Unsupported(fmt::format("cannot start {} ({}) install whiteline again", program.string(),
                                  std::system_category().message(problem)));
}

Helper::~Helper() {
  if (!running_) return;
  kill(pid_, SIGKILL);
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
}

// The status stays 0 where the caller's program reaps its children itself.
bool Helper::has_ended() {
  if (!running_) return true;
  int status = 0;
  const pid_t result = waitpid(pid_, &status, WNOHANG);
  if (result == 0 || (result < 0 && errno == EINTR)) return false;
  running_ = false;
  status_ = result > 0 ? status : 0;
  return true;
}

// Until done(), which may pause for some milliseconds; false when time is over.
template <class Done>
bool Helper::wait(const StillWanted& still_wanted, Done done) {
  const auto begin = Clock::now();
  const double seconds = seconds_left_;
  while (!done()) {
    const auto now = Clock::now();
    seconds_left_ = seconds - std::chrono::duration<double>(now - begin).count();
    if (seconds_left_ < 0.0) return false;
    if (now < next_question_) continue;
    if (still_wanted) still_wanted();
    next_question_ = now + question_interval;
  }
  return true;
}

bool Helper::ready(int socket, short events, const StillWanted& still_wanted) {
  pollfd wanted{socket, events, 0};
  bool is_ready = false;
  const bool in_time = wait(still_wanted, [&] {
    const bool ended = has_ended();  // what it said before can still be read
    is_ready = poll(&wanted, 1, ended ? 0 : 5) > 0;
    return is_ready || ended;
  });
  return in_time && is_ready;
}

std::string Helper::end(const StillWanted& still_wanted) {
  auto pause = std::chrono::microseconds(200);
  const bool in_time = wait(still_wanted, [&] {
    if (has_ended()) return true;
    std::this_thread::sleep_for(pause);
    pause = std::min(2 * pause, std::chrono::microseconds(5000));
    return false;
  });
  if (!in_time) return fmt::format("the HDF5 library did not end within {:.0f} s", allowed_);
  return how_it_ended(status_);
}

bool send_all(Helper& helper, int socket, std::span<const std::byte> bytes,
              const Helper::StillWanted& still_wanted) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
      bytes = bytes.subspan(std::size_t(sent));
    } else if (errno == EAGAIN) {
      if (!helper.ready(socket, POLLOUT, still_wanted)) return false;
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

}  // namespace whiteline::io
