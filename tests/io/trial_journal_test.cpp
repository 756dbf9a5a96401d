#include <gtest/gtest.h>
#include <whiteline/search.hpp>

#include "io/files.hpp"
#include "support/search_spaces.hpp"

namespace whiteline {
namespace {

class TrialJournalTest : public ::testing::Test {
 protected:
  std::filesystem::path path() const { return folder_ / "trials.jsonl"; }
  std::string text() const { return test::read_text(path()); }

  std::unique_ptr<TrialJournal> open(const SuggestParams& params = {},
                                     std::map<std::string, std::string> facts = {
                                         {"data", "abc"}}) const {
    return std::make_unique<TrialJournal>(path(), test::small_space(), params, facts);
  }

  // Asked 0, 1, 2; told 0 and 2.
  void write_three() const {
    const auto journal = open();
    for (std::int64_t t = 0; t < 3; ++t) journal->ask(t, trials_[std::size_t(t)]);
    for (std::int64_t t : {2, 0}) journal->tell(t, trials_[std::size_t(t)]);
  }

  // What opening a file of the header and these lines says, which stays as it is.
  std::string complaint(const std::string& lines) const {
    std::filesystem::remove(path());
    open();
    const std::string whole = text() + lines;
    test::write_text(path(), whole);
    const std::string message = test::message_of<FormatError>([&] { open(); });
    EXPECT_EQ(text(), whole);
    return message;
  }

  const std::vector<SearchTrial> trials_ = {
      {{1, 3, 0, 320, 1},
       TrialOutcome{.loss = 1.0 / 3.0,
                    .accuracy = 2.0 / 3.0,
                    .epochs = 10,
                    .seconds = 0.123456789,
                    .curve = {0.7, 1.0 / 3.0, 1e-300}}},
      {{0, {}, {}, 16, 0}, TrialOutcome{.loss = 0.5}},
      {{2, 6, {}, 1024, 2}, TrialOutcome{.status = TrialStatus::too_costly}}};
  const std::string ask_ =
      "{\"line\":\"ask\",\"trial\":0,\"values\":{\"structure\":\"a\",\"width\":32,\"rate\":\"1\"}}"
      "\n";
  const std::string tell_ =
      "{\"line\":\"tell\",\"trial\":0,\"status\":\"ok\",\"loss\":0.5,\"accuracy\":0.5,"
      "\"epochs\":1,\"seconds\":1.5}\n";
  test::TemporaryFolder folder_;
};

TEST_F(TrialJournalTest, GivesBackTrialsToTheBit) {
  write_three();
  const auto journal = open();
  const auto& found = journal->trials();
  ASSERT_EQ(found.size(), 3u);
  for (std::size_t t = 0; t < 3; ++t) EXPECT_EQ(found[t].values, trials_[t].values);
  EXPECT_EQ(found[0].outcome, trials_[0].outcome);
  EXPECT_EQ(found[1].outcome, std::nullopt);
  EXPECT_EQ(found[2].outcome, trials_[2].outcome);
}

TEST_F(TrialJournalTest, CutsOffALastLineThatWasNotFinished) {
  write_three();
  const std::string whole = text();
  for (const std::string rest : {"{", "{\"line\":\"ask\"", "{\"line\":\"ask\",\"trial\":3}\n"}) {
    test::write_text(path(), whole + rest);
    EXPECT_EQ(open()->trials().size(), 3u);
    EXPECT_EQ(text(), whole) << rest;
  }
  test::write_text(path(), whole.substr(0, whole.size() - 1));
  EXPECT_EQ(open()->trials()[0].outcome, std::nullopt) << "its end was not written";
  test::write_text(path(), whole.substr(0, 30));
  EXPECT_EQ(open()->trials().size(), 0u) << "of the header";
  EXPECT_EQ(text(), whole.substr(0, whole.find('\n') + 1));
}

TEST_F(TrialJournalTest, RefusesLinesThatDoNotBelongThere) {
  const auto has = [](const std::string& message, const char* words) {
    EXPECT_NE(message.find(words), std::string::npos) << message;
  };
  has(complaint("a poem\n" + ask_), "at character");
  has(complaint("a poem"), "no end");
  has(complaint("[1]\n" + ask_), "not a line of a search");
  has(complaint(ask_ + ask_ + ask_), "not the next trial");
  has(complaint(tell_ + ask_), "was not asked");
  has(complaint(ask_ + tell_ + tell_ + ask_), "told already");
  has(complaint("{\"line\":\"ask\",\"trial\":-1,\"values\":{}}\n" + ask_), "no number");
  has(complaint("{\"line\":\"ask\",\"trial\":0,\"values\":{\"x\":1}}\n" + ask_), "parameter `x`");
  has(complaint("{\"line\":\"ask\",\"trial\":0,\"values\":{\"width\":17}}\n" + ask_),
      "`structure`");
  has(complaint("{\"line\":\"sing\",\"trial\":0}\n" + ask_), "neither");
  has(complaint(ask_ + "{\"line\":\"tell\",\"trial\":0,\"status\":\"fine\"}\n" + ask_),
      "unknown status `fine`");
  has(complaint(ask_ + "{\"line\":\"tell\",\"trial\":0,\"trial\":0}\n" + ask_), "occurs twice");
  has(complaint(ask_ + "{\"line\":\"tell\",\"trial\":1e400}\n" + ask_), "");
}

TEST_F(TrialJournalTest, RefusesFilesThatAreNoJournals) {
  test::write_text(path(), "a poem\nof two lines\n");
  EXPECT_THROW(open(), FormatError);
  EXPECT_EQ(text(), "a poem\nof two lines\n");
  test::write_text(path(), ask_ + tell_);
  EXPECT_THROW(open(), FormatError) << "no header";
  EXPECT_EQ(text(), ask_ + tell_);
  std::filesystem::remove(path());
  std::filesystem::create_directory(path());
  EXPECT_THROW(open(), ReadError);
}

TEST_F(TrialJournalTest, RefusesAnotherSearchAndSaysWhatDiffers) {
  open();
  const std::string header = text();
  const auto refusal = [&](const SuggestParams& params, std::map<std::string, std::string> facts) {
    const std::string message = test::message_of<ReadError>([&] { open(params, facts); });
    EXPECT_EQ(text(), header);
    return message.substr(message.find('('), message.find(')') - message.find('('));
  };
  const std::map<std::string, std::string> same = {{"data", "abc"}};
  EXPECT_EQ(refusal({.seed = 2}, same), "(it is of another search: seed");
  EXPECT_EQ(refusal({.in_flight = 2}, same), "(it is of another search: in_flight");
  EXPECT_EQ(refusal({.tpe = {.gamma = 0.3}}, same), "(it is of another search: gamma");
  EXPECT_EQ(refusal({.sampler = SearchSampler::random}, same),
            "(it is of another search: sampler, tpe");
  EXPECT_EQ(refusal({}, {{"data", "abd"}, {"epochs", "10"}}),
            "(it is of another search: data, epochs");
  const std::string message =
      test::message_of<ReadError>([&] { TrialJournal(path(), dense_search_space(), {}, same); });
  EXPECT_NE(message.find("another search: space"), std::string::npos) << message;
}

TEST_F(TrialJournalTest, IsForOneRunAtATime) {
  const auto journal = open();
  const std::string message = test::message_of<Error>([&] { open(); });
  EXPECT_NE(message.find("another run has it open"), std::string::npos) << message;
}

}  // namespace
}  // namespace whiteline
