#include "cli/command.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <stdexcept>

#include "io/files.hpp"

namespace whiteline::test {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

// Two ends of a pipe, or of a terminal.
struct Channel {
  int reader = -1, writer = -1;
};

Channel open_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  return {ends[0], ends[1]};
}

Channel open_terminal() {
  Channel ends;
  winsize size{};
  size.ws_row = 40;
  size.ws_col = 100;
  if (openpty(&ends.reader, &ends.writer, nullptr, nullptr, &size) != 0)
    throw std::runtime_error("no terminal");
  return ends;
}

[[noreturn]] void become_whiteline(const std::vector<std::string>& arguments,
                                   const CommandOptions& options, int out, int err) {
  if (!options.folder.empty() && chdir(options.folder.c_str()) != 0) _exit(126);
  for (const auto& [name, value] : options.environment) setenv(name.c_str(), value.c_str(), 1);
  dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  dup2(err, STDERR_FILENO);
  std::vector<std::string> words = {WHITELINE_COMMAND};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  execv(WHITELINE_COMMAND, pointers.data());
  _exit(127);
}

// Appends what can be read now; false at the end.
bool read_some(int from, std::string& text) {
  std::array<char, 4096> buffer{};
  const ssize_t count = read(from, buffer.data(), buffer.size());
  if (count <= 0) return false;
  text.append(buffer.data(), std::size_t(count));
  return true;
}

void collect(pid_t child, const CommandOptions& options, int out, int err, CommandResult& result) {
  std::array<pollfd, 2> watched = {pollfd{out, POLLIN, 0}, pollfd{err, POLLIN, 0}};
  std::array<std::string*, 2> texts = {&result.out, &result.err};
  const auto began = Clock::now();
  bool to_interrupt = options.interrupt_after.count() > 0;
  while (watched[0].fd >= 0 || watched[1].fd >= 0) {
    int wait_ms = 100;
    if (to_interrupt && Clock::now() - began >= options.interrupt_after) {
      kill(child, SIGINT);
      to_interrupt = false;
    } else if (to_interrupt) {
      wait_ms = 5;
    }
    if (options.kill_when) {
      wait_ms = 1;
      if (options.kill_when()) kill(child, SIGKILL);
    }
    if (poll(watched.data(), watched.size(), wait_ms) <= 0) continue;
    for (std::size_t i = 0; i < watched.size(); ++i)
      if (watched[i].revents != 0 && !read_some(watched[i].fd, *texts[i])) watched[i].fd = -1;
  }
}

}  // namespace

CommandResult run_whiteline(const std::vector<std::string>& arguments,
                            const CommandOptions& options) {
  const Channel out = open_pipe();
  const Channel err = options.terminal ? open_terminal() : open_pipe();
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("no process");
  if (child == 0) become_whiteline(arguments, options, out.writer, err.writer);
  close(out.writer);
  close(err.writer);
  CommandResult result;
  collect(child, options, out.reader, err.reader, result);
  close(out.reader);
  close(err.reader);
  int status = 0;
  waitpid(child, &status, 0);
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

std::vector<std::string> files_below(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (!entry.is_directory()) names.push_back(fs::relative(entry.path(), folder).string());
  std::sort(names.begin(), names.end());
  return names;
}

nlohmann::json json_of(const fs::path& file) { return nlohmann::json::parse(read_text(file)); }

}  // namespace whiteline::test
