#include <chrono>
#include <thread>

#include "cli/workshop.hpp"

namespace whiteline::test {
namespace {

class ReproducibleTest : public Workshop {
 protected:
  // Every file that `threads` threads make of the same seed, run records aside.
  std::map<std::string, std::string> files_made_with(const std::string& threads) {
    const std::string folder = "threads" + threads;
    std::filesystem::create_directory(at(folder));
    const std::vector<std::string> common = {"--threads", threads, "--seed", "11", "--quiet"};
    const auto with_common = [&](std::vector<std::string> arguments) {
      arguments.insert(arguments.end(), common.begin(), common.end());
      run(arguments);
    };
    with_common({"synth", "w", "--scale", "0.03", "-o", folder + "/w.npz"});
    with_common({"synth", "cube", "--height", "9", "--width", "11", "--pixel", "3", "-o",
                 folder + "/cube.npz"});
    for (const char* kernel : {"rbf", "cosine"})
      with_common({"train", folder + "/w.npz", "--device", "cpu", "--background",
                   "powerlaw:485:515", "--normalise", "max", "--kernel", kernel, "--C", "10",
                   "--train-fraction", "0.5", "-o", folder + "/" + kernel + ".safetensors"});
    with_common({"classify", folder + "/cube.npz", "--device", "cpu", "--model",
                 folder + "/rbf.safetensors", "-o", folder + "/maps"});
    with_common({"classify", folder + "/w.npz", "--device", "cpu", "--model",
                 folder + "/cosine.safetensors", "-o", folder + "/rows"});
    std::map<std::string, std::string> contents;
    for (const std::string& file : files())
      if (file.starts_with(folder + "/") && !file.ends_with("run.json"))
        contents[file.substr(folder.size() + 1)] = read_text(at(file));
    return contents;
  }
};

TEST_F(ReproducibleTest, TheSameSeedGivesTheSameBytesWithOneTwoAndFourThreads) {
  const auto one = files_made_with("1");
  EXPECT_EQ(one.size(), 10u);  // 2 data files, 2 models, 5 of the maps, 1 table
  for (const char* threads : {"2", "4"}) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1100));  // a time in a file would show
    const auto other = files_made_with(threads);
    ASSERT_EQ(other.size(), one.size());
    for (const auto& [name, bytes] : one)
      EXPECT_TRUE(other.at(name) == bytes) << name << " with " << threads << " threads";
  }
}

}  // namespace
}  // namespace whiteline::test
