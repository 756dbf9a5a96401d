#include "cli/workshop.hpp"

namespace whiteline::test {
namespace {

class TerminalTest : public Workshop {
 protected:
  const std::vector<std::string> synth_ = {"synth", "w", "--scale", "0.1", "-o", "w.npz"};
};

TEST_F(TerminalTest, NothingIsDrawnIntoAPipe) {
  const CommandResult result = run(synth_);
  EXPECT_EQ(result.err.find('\r'), std::string::npos);
  EXPECT_EQ(result.err.find('\x1b'), std::string::npos);
  EXPECT_EQ(result.out.find('\x1b'), std::string::npos);
}

TEST_F(TerminalTest, ATerminalShowsABarThatGoesAway) {
  const CommandResult result = run_whiteline(
      synth_, {.folder = folder().path(), .environment = {{"TERM", "xterm"}}, .terminal = true});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_NE(result.err.find("\r"), std::string::npos);
  EXPECT_NE(result.err.find(" %"), std::string::npos) << result.err;
  EXPECT_EQ(result.err.back(), '\r');
  EXPECT_EQ(result.err.find('\x1b'), std::string::npos);  // no colours, NO_COLOR or not
}

TEST_F(TerminalTest, QuietAndDumbTerminalsShowNoBar) {
  auto quiet = synth_;
  quiet.insert(quiet.end(), {"--quiet", "--force"});
  EXPECT_EQ(run_whiteline(quiet, {.folder = folder().path(), .terminal = true}).err, "");
  auto dumb = synth_;
  dumb.push_back("--force");
  const CommandResult result = run_whiteline(
      dumb, {.folder = folder().path(), .environment = {{"TERM", "dumb"}}, .terminal = true});
  EXPECT_EQ(result.err.find('%'), std::string::npos) << result.err;
}

}  // namespace
}  // namespace whiteline::test
