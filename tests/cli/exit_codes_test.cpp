#include <whiteline/context.hpp>

#include "cli/workshop.hpp"

namespace whiteline::test {
namespace {

class ExitCodes : public Workshop {
 protected:
  // The message is one line, names the program, and nothing was written.
  void expect_failure(int code, std::vector<std::string> arguments) {
    const auto before = files();
    std::string text;
    for (const std::string& word : arguments) text += word + " ";
    const CommandResult result = try_to_run(std::move(arguments));
    EXPECT_EQ(result.exit_code, code) << text << "\n" << result.err;
    EXPECT_EQ(result.err.rfind("whiteline: ", 0), 0u) << text << "\n" << result.err;
    EXPECT_EQ(result.out, "") << text;
    EXPECT_EQ(files(), before) << text;
    last_message_ = result.err;
  }
  const std::string& message() const { return last_message_; }

 private:
  std::string last_message_;
};

TEST_F(ExitCodes, TwoForWrongUse) {
  expect_failure(2, {});
  expect_failure(2, {"frobnicate"});
  expect_failure(2, {"info"});
  expect_failure(2, {"synth", "w"});
  expect_failure(2, {"synth", "nothing", "-o", "x.npz"});
  expect_failure(2, {"synth", "w", "-o", "x.npz", "--scale", "-1"});
  expect_failure(2, {"train", "w.npz", "-o", "m", "--window", "800:460"});
  EXPECT_NE(message().find("--window"), std::string::npos) << message();
  expect_failure(2, {"train", "w.npz", "-o", "m", "--background", "linear:1:2"});
  expect_failure(2, {"train", "w.npz", "-o", "m", "--kernel", "laplace"});
  expect_failure(2, {"train", "w.npz", "-o", "m", "--C", "0"});
  expect_failure(2, {"train", "w.npz", "-o", "m", "--train-fraction", "1.5"});
  expect_failure(2, {"train", "w.npz", "-o", "m", "--memory", "2GB"});
  expect_failure(2, {"train", "w.npz", "-o", "m", "--threads", "-1"});
  expect_failure(2, {"train", "w.npz", "-o", "m", "--device", "tpu"});
  expect_failure(2, {"classify", "w.npz", "--model", "m", "-o", "d", "--unknown", "2"});
  expect_failure(2, {"classify", "w.npz", "--model", "m", "-o", "d", "--mask-vacuum", "some"});
}

TEST_F(ExitCodes, ThreeForUnreadableInput) {
  write_text(at("noise.npz"), "this is no zip archive");
  write_text(at("empty.dm3"), "");
  write_text(at("what.xyz"), "unknown");
  std::filesystem::create_directory(at("folder"));
  for (const char* file : {"missing.npz", "noise.npz", "empty.dm3", "what.xyz", "folder"}) {
    expect_failure(3, {"info", file});
    EXPECT_NE(message().find(file), std::string::npos) << message();
    expect_failure(3, {"train", file, "-o", "m.safetensors", "--device", "cpu"});
  }
  expect_failure(3, {"classify", "noise.npz", "--model", "missing.safetensors", "-o", "d"});
}

TEST_F(ExitCodes, FourForADeviceThatIsNotThere) {
  make_set();
  const auto all = devices();
  for (const DeviceInfo& device : all) {
    if (device.name != "cuda" || device.available) continue;
    expect_failure(4, {"train", "w.npz", "-o", "m.safetensors", "--device", "cuda"});
    EXPECT_NE(message().find(device.reason), std::string::npos) << message();
  }
  expect_failure(4, {"train", "w.npz", "-o", "m.safetensors", "--device", "cuda:99"});
}

TEST_F(ExitCodes, FourForTooLittleMemory) {
  make_set();
  expect_failure(4,
                 {"train", "w.npz", "-o", "m.safetensors", "--device", "cpu", "--memory", "1KiB"});
  EXPECT_NE(message().find("memory"), std::string::npos) << message();
}

TEST_F(ExitCodes, OneWhenTheOutputIsThere) {
  make_set();
  expect_failure(1, {"synth", "w", "--scale", "0.02", "-o", "w.npz"});
  EXPECT_NE(message().find("--force"), std::string::npos) << message();
  run({"synth", "w", "--scale", "0.02", "--seed", "3", "-o", "w.npz", "--force", "--quiet"});
  make_model();
  const std::string model = read_text(at("fe.safetensors"));
  expect_failure(1, {"train", "w.npz", "-o", "fe.safetensors", "--device", "cpu"});
  EXPECT_EQ(read_text(at("fe.safetensors")), model);
  run({"classify", "w.npz", "--model", "fe.safetensors", "-o", "rows", "--quiet"});
  expect_failure(1, {"classify", "w.npz", "--model", "fe.safetensors", "-o", "rows", "--quiet"});
  run({"classify", "w.npz", "--model", "fe.safetensors", "-o", "rows", "--quiet", "--force"});
}

TEST_F(ExitCodes, OneWhenTheFolderIsNotThere) {
  expect_failure(1, {"synth", "w", "-o", "nowhere/w.npz"});
  EXPECT_NE(message().find("nowhere"), std::string::npos) << message();
}

TEST_F(ExitCodes, InterruptedRunsLeaveNothingAndSay130) {
  const CommandResult synth =
      run_whiteline({"synth", "w", "--scale", "40", "-o", "w.npz"},
                    {.folder = folder().path(), .interrupt_after = std::chrono::milliseconds(300)});
  EXPECT_EQ(synth.exit_code, 130) << synth.err;
  EXPECT_TRUE(files().empty());
}

TEST_F(ExitCodes, AnInterruptedTrainingLeavesNothing) {
  run({"synth", "w", "--scale", "0.5", "-o", "w.npz", "--quiet"});
  const CommandResult train =
      run_whiteline({"train", "w.npz", "-o", "m.safetensors", "--kernel", "linear", "--C", "1e6",
                     "--tolerance", "1e-9", "--threads", "1", "--device", "cpu"},
                    {.folder = folder().path(), .interrupt_after = std::chrono::milliseconds(600)});
  EXPECT_EQ(train.exit_code, 130) << train.err;
  EXPECT_EQ(files(), (std::vector<std::string>{"w.npz", "w.npz.run.json"}));
}

}  // namespace
}  // namespace whiteline::test
