// A full disk, a dying disk, and kill -9 while a file is saved: what was there stays whole.
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <chrono>
#include <random>
#include <thread>

#include "io/files.hpp"
#include "io/helper.hpp"

extern char** environ;

namespace whiteline::test {
namespace {

bool has_hdf5() {
  try {
    return !io::hdf5_helper().empty();
  } catch (const Unsupported&) {
    return false;
  }
}

struct Fault {
  int number;  // of errno
  bool once;
};

class Faults : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (suffix() == ".hspy" && !has_hdf5()) GTEST_SKIP() << "whiteline was built without HDF5";
  }
  static std::string suffix() { return GetParam(); }
  std::filesystem::path target() const { return folder_ / ("image" + suffix()); }

  pid_t start(const std::vector<std::string>& words, const std::vector<std::string>& variables) {
    std::vector<std::string> arguments = {WHITELINE_SAVE, target().string()};
    arguments.insert(arguments.end(), words.begin(), words.end());
    std::vector<char*> argv, env;
    for (std::string& one : arguments) argv.push_back(one.data());
    argv.push_back(nullptr);
    for (char** one = environ; *one; ++one) env.push_back(*one);
    for (const std::string& one : variables) env.push_back(const_cast<char*>(one.data()));
    env.push_back(nullptr);
    pid_t child = 0;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 2, (folder_ / "said").c_str(),
                                     O_WRONLY | O_CREAT | O_TRUNC, 0600);
    EXPECT_EQ(posix_spawn(&child, WHITELINE_SAVE, &actions, nullptr, argv.data(), env.data()), 0);
    posix_spawn_file_actions_destroy(&actions);
    return child;
  }

  int save(unsigned seed, const std::vector<std::string>& variables = {}) {
    int status = 0;
    waitpid(start({std::to_string(seed)}, variables), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  // The seed of the counts in the file, of those from `first` on; -1 for anything else.
  int seed_in_file(unsigned first, unsigned count) const {
    const SpectrumImage image = read_spectrum_image(target());
    for (unsigned seed = first; seed < first + count; ++seed)
      if (image.counts == random_counts(image.counts.size(), seed)) return int(seed);
    return -1;
  }

  std::size_t temporaries() const {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path()))
      count += entry.path().extension() == ".wltmp";
    return count;
  }

  // Call 1 fails, call 2, ...: each time an error and the old file, or, where that call did not
  // matter, the new one; until no call fails.
  void expect_whole_file_at_each_call(const Fault& fault, bool in_helper) {
    int refused = 0, call = 1;
    for (; call <= 400; ++call) {
      ASSERT_EQ(save(1), 0);
      const std::string old = read_text(target());
      std::filesystem::remove(mark());
      const int status = save(2, variables(fault, call, in_helper));
      EXPECT_EQ(temporaries(), 0u) << "call " << call;
      if (status == 0) {
        EXPECT_EQ(seed_in_file(1, 2), 2) << "call " << call;
        if (!std::filesystem::exists(mark())) break;
        continue;
      }
      ++refused;
      ASSERT_EQ(status, 7) << "call " << call << ": " << read_text(folder_ / "said");
      EXPECT_NE(read_text(folder_ / "said").find("cannot write"), std::string::npos);
      EXPECT_TRUE(read_text(target()) == old) << "call " << call;
    }
    EXPECT_GE(refused, 2);
    EXPECT_LT(call, 400);
    RecordProperty("calls", call - 1);
    RecordProperty("refused", refused);
  }

  std::filesystem::path mark() const { return folder_ / "failed"; }

  std::vector<std::string> variables(const Fault& fault, int call, bool in_helper) {
    std::vector<std::string> all = {
        "LD_PRELOAD=" WHITELINE_FAILING_CALLS, "WL_FAIL_AT=" + std::to_string(call),
        "WL_FAIL_ERRNO=" + std::to_string(fault.number), "WL_FAIL_MARK=" + mark().string()};
    if (fault.once) all.push_back("WL_FAIL_ONCE=1");
    if (!in_helper) return all;
    std::string script = "#!/bin/sh\n";
    for (const std::string& one : all) script += "export " + one + "\n";
    const auto helper = folder_ / "helper";
    write_text(helper, script + "exec " + io::hdf5_helper().string() + " \"$@\"\n");
    std::filesystem::permissions(helper, std::filesystem::perms::owner_all);
    return {"WHITELINE_HDF5_HELPER=" + helper.string()};
  }

  const TemporaryFolder folder_;
};

TEST_P(Faults, AFullDiskFromAnyCallOnLeavesTheOldFile) {
  expect_whole_file_at_each_call({ENOSPC, false}, false);
}
TEST_P(Faults, AnInputOutputErrorAtAnyCallLeavesTheOldFile) {
  expect_whole_file_at_each_call({EIO, true}, false);
}

TEST_P(Faults, KilledWhileSavingTheFileIsOneOrTheOther) {
  const char* wanted = std::getenv("WHITELINE_KILLS");
  const int kills = wanted ? std::atoi(wanted) : 10;
  ASSERT_EQ(save(0), 0);
  std::mt19937 generator(5);
  for (int kill_number = 0; kill_number < kills; ++kill_number) {
    const pid_t child = start({"1", "forever"}, {});
    std::this_thread::sleep_for(std::chrono::microseconds(2000 + generator() % 60'000));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    ASSERT_GE(seed_in_file(0, 2000), 0) << "kill " << kill_number;
  }
  // A helper of the last killed saver holds the temporary until it has ended, too.
  for (int attempt = 0; attempt < 100; ++attempt) {
    ASSERT_EQ(save(0), 0);
    if (temporaries() == 0) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_EQ(temporaries(), 0u);
}

INSTANTIATE_TEST_SUITE_P(Formats, Faults, ::testing::Values(".npz", ".hspy", ".ndata", ".csv"),
                         [](const auto& format) { return std::string(format.param + 1); });

class HelperFaults : public Faults {};

TEST_P(HelperFaults, AFullDiskInTheHelperLeavesTheOldFile) {
  expect_whole_file_at_each_call({ENOSPC, false}, true);
}
TEST_P(HelperFaults, AnInputOutputErrorInTheHelperLeavesTheOldFile) {
  expect_whole_file_at_each_call({EIO, true}, true);
}

INSTANTIATE_TEST_SUITE_P(Formats, HelperFaults, ::testing::Values(".hspy"),
                         [](const auto&) { return std::string("hspy"); });

}  // namespace
}  // namespace whiteline::test
