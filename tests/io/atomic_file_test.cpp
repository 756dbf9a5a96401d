// Files appear complete or not at all.
#include "io/atomic_file.hpp"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <chrono>
#include <thread>

#include "io/files.hpp"

namespace whiteline::test {
namespace {

std::size_t files_in(const TemporaryFolder& folder) {
  const std::filesystem::directory_iterator all(folder.path());
  return std::size_t(std::distance(begin(all), end(all)));
}

TEST(AtomicFile, AppearsOnlyWhenCommitted) {
  const TemporaryFolder folder;
  {
    io::AtomicFile file(folder / "a.txt", Overwrite::refuse);
    file.write("half");
    EXPECT_FALSE(std::filesystem::exists(folder / "a.txt"));
    EXPECT_EQ(file.temporary().parent_path(), folder.path());
    EXPECT_NE(file.temporary().string().find(std::to_string(getpid())), std::string::npos);
  }
  EXPECT_EQ(files_in(folder), 0u);
  io::AtomicFile file(folder / "a.txt", Overwrite::refuse);
  file.write("whole");
  file.commit();
  EXPECT_EQ(read_text(folder / "a.txt"), "whole");
  EXPECT_EQ(files_in(folder), 1u);
}

TEST(AtomicFile, OverwritesOnlyWhenAllowed) {
  const TemporaryFolder folder;
  io::write_file(folder / "a.txt", "old", Overwrite::refuse);
  EXPECT_NE(message_of<Error>([&] {
              io::write_file(folder / "a.txt", "new", Overwrite::refuse);
            }).find("exists"),
            std::string::npos);
  EXPECT_EQ(read_text(folder / "a.txt"), "old");
  io::write_file(folder / "a.txt", "new", Overwrite::allow);
  EXPECT_EQ(read_text(folder / "a.txt"), "new");
  EXPECT_EQ(files_in(folder), 1u);
}

TEST(AtomicFile, AFileThatAppearsMeanwhileIsNotReplaced) {
  const TemporaryFolder folder;
  io::AtomicFile file(folder / "a.txt", Overwrite::refuse);
  file.write("mine");
  write_text(folder / "a.txt", "theirs");
  EXPECT_THROW(file.commit(), Error);
  EXPECT_EQ(read_text(folder / "a.txt"), "theirs");
}

TEST(AtomicFile, FoldersDevicesAndMissingFoldersAreRefused) {
  const TemporaryFolder folder;
  message_of<Error>([&] { io::write_file(folder.path(), "x", Overwrite::allow); });
  message_of<Error>([&] { io::write_file("/dev/null", "x", Overwrite::allow); });
  message_of<Error>([&] { io::write_file(folder / "none/a.txt", "x", Overwrite::allow); });
}

TEST(AtomicFile, ASymbolicLinkIsFollowedAndRightsAreKept) {
  const TemporaryFolder folder;
  io::write_file(folder / "real.txt", "old", Overwrite::refuse);
  chmod((folder / "real.txt").c_str(), 0600);
  std::filesystem::create_symlink("real.txt", folder / "link.txt");
  io::write_file(folder / "link.txt", "new", Overwrite::allow);
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link.txt"));
  EXPECT_EQ(read_text(folder / "real.txt"), "new");
  struct stat info {};
  stat((folder / "real.txt").c_str(), &info);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

// A child that writes without end, killed after `milliseconds`.
void kill_while_saving(const std::filesystem::path& path, int milliseconds) {
  const std::string content(300'000, 'n');
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    try {
      while (true) io::write_file(path, content, Overwrite::allow);
    } catch (...) {
      _exit(1);
    }
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
  kill(child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status));
}

TEST(AtomicFile, AKilledWriterLeavesAWholeFileAndItsTemporaryGoesWithTheNextSave) {
  const TemporaryFolder folder;
  const std::string before(200'000, 'o'), after(300'000, 'n');
  io::write_file(folder / "a.txt", before, Overwrite::refuse);
  for (int trial = 0; trial < 20; ++trial) {
    kill_while_saving(folder / "a.txt", 3 + 2 * trial);
    const std::string text = read_text(folder / "a.txt");
    EXPECT_TRUE(text == before || text == after) << "trial " << trial;
  }
  io::write_file(folder / "a.txt", "last", Overwrite::allow);
  EXPECT_EQ(files_in(folder), 1u);
}

TEST(AtomicFile, ALivingWritersTemporaryStays) {
  const TemporaryFolder folder;
  io::AtomicFile first(folder / "a.txt", Overwrite::allow);
  io::write_file(folder / "b.txt", "x", Overwrite::allow);
  EXPECT_TRUE(std::filesystem::exists(first.temporary()));
}

TEST(AtomicFile, AFullDiskLeavesTheOldFile) {
  const TemporaryFolder folder;
  io::write_file(folder / "a.txt", "old", Overwrite::refuse);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit small{1000, 1000};
    setrlimit(RLIMIT_FSIZE, &small);
    try {
      io::write_file(folder / "a.txt", std::string(5000, 'n'), Overwrite::allow);
    } catch (const Error&) {
      _exit(7);
    }
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 7);
  EXPECT_EQ(read_text(folder / "a.txt"), "old");
  EXPECT_EQ(files_in(folder), 1u);
}

}  // namespace
}  // namespace whiteline::test
