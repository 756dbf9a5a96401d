// whiteline-hdf5: the program that touches HDF5 files, so that the library's crashes stay there.
#pragma once

#include <whiteline/error.hpp>

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace whiteline::io {

// WHITELINE_HDF5_HELPER, or libexec/whiteline/whiteline-hdf5 beside the library. Throws Unsupported
// with the reason when there is none.
WHITELINE_EXPORT std::filesystem::path hdf5_helper();

// Two connected sockets: ours, and the one that becomes a descriptor of the helper.
class SocketPair {
 public:
  enum class Kind { stream, messages };
  explicit SocketPair(Kind kind);  // throws Error
  ~SocketPair();
  SocketPair(const SocketPair&) = delete;
  SocketPair& operator=(const SocketPair&) = delete;

  int ours() const { return ours_; }
  int theirs() const { return theirs_; }
  void close_theirs();  // so that the helper's end is seen

 private:
  int ours_ = -1, theirs_ = -1;
};

struct HelperRun {
  std::vector<std::string> arguments;
  std::vector<int> descriptors;  // become 3, 4, ...
  double seconds = 4.5;          // it is killed when it was waited for so long
};

// A started helper; killed and reaped with this object.
class Helper {
 public:
  Helper(const std::filesystem::path& program, const HelperRun& run);
  ~Helper();
  Helper(const Helper&) = delete;
  Helper& operator=(const Helper&) = delete;

  // Called every 50 ms while the helper is waited for; its exception ends the waiting.
  using StillWanted = std::function<void()>;

  // From now on it may be waited for so long.
  void allow(double seconds) { seconds_left_ = allowed_ = seconds; }
  // Waits until the socket has room, or something to read (POLLOUT, POLLIN), or was closed; false
  // when the helper has ended or is too slow.
  bool ready(int socket, short events, const StillWanted& still_wanted);
  // Waits for its end, and says how it was: empty, or "it crashed, signal 11".
  std::string end(const StillWanted& still_wanted);

 private:
  using Clock = std::chrono::steady_clock;
  template <class Done>
  bool wait(const StillWanted& still_wanted, Done done);
  bool has_ended();

  pid_t pid_ = 0;
  bool running_ = true;
  int status_ = 0;
  double seconds_left_, allowed_;
  Clock::time_point next_question_;
};

// All the bytes through the socket to the helper; false when it takes no more.
bool send_all(Helper& helper, int socket, std::span<const std::byte> bytes,
              const Helper::StillWanted& still_wanted);

}  // namespace whiteline::io
