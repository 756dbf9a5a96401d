#include "cli/search_report.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/search_spaces.hpp"
#include "support/xml.hpp"

namespace whiteline::cli {
namespace {

const SearchSpace space = test::small_space();

SearchResult small_result() {
  SearchResult result;
  result.trials = {{{0, {}, {}, 16, 0}, TrialOutcome{.loss = 0.1, .accuracy = 0.9, .epochs = 10}},
                   {{1, 3, 0, 32, 0}, TrialOutcome{.loss = 0.05, .accuracy = 0.95, .epochs = 10}},
                   {{1, 4, {}, 1024, 1}, TrialOutcome{.status = TrialStatus::diverged}},
                   {{2, 6, {}, 48, 2}, TrialOutcome{.loss = 0.6, .accuracy = 0.4, .epochs = 10}}};
  result.best = 1;
  return result;
}

const SearchResult result = small_result();
const SearchReport report = {space, result, 0.9, {{"data", "wl.npz"}, {"epochs", "10"}}};

TEST(SearchReportTest, TablesCountSuccessesAndRankTrials) {
  const std::string text = report_markdown(report, 2);
  for (const char* line :
       {"* data: wl.npz", "* trials: 4; failed: 1 diverged",
        "| a | 1 | 1 | 0.667 | 0.158 to 0.987 |", "| b | 2 | 1 | 0.500 | 0.094 to 0.906 |",
        "| all | 4 | 2 | 0.500 | 0.147 to 0.853 |", "| 1 | 1 | 0.9500 | b | 3 | max | 32 | 1 |",
        "| 2 | 0 | 0.9000 | a | – | – | 16 | 1 |", "| 16-128 | 3 | 2 | 0.600 | 0.194 to 0.932 |"})
    EXPECT_NE(text.find(std::string(line) + "\n"), std::string::npos) << line << "\n" << text;
  EXPECT_EQ(text.find("0.4000"), std::string::npos) << "only the two best";
}

TEST(SearchReportTest, TablesLeaveOutTrialsThatFailed) {
  const std::string text = report_markdown(report, 100);
  EXPECT_NE(text.find("| 3 | 3 | 0.4000 |"), std::string::npos) << text;
  EXPECT_EQ(text.find("\n| 4 | 2 |"), std::string::npos) << text;
}

TEST(SearchReportTest, JsonHoldsEveryTrial) {
  const Json json = report_json(report);
  EXPECT_EQ(json["trials"].size(), 4u);
  EXPECT_EQ(json["best"]["trial"], 1);
  EXPECT_EQ(json["best"]["values"],
            Json::parse(R"({"structure":"b","depth":3,"pool":"max","width":32,"rate":"1"})"));
  EXPECT_EQ(json["trials"][2]["status"], "diverged");
  EXPECT_EQ(json["success"]["structure"][1]["trials"], 2);
  EXPECT_EQ(json["all"]["successes"], 2);
  EXPECT_EQ(to_text(json).find("seconds"), std::string::npos) << "differ from run to run";
}

TEST(SearchReportTest, CsvHasALineForEachTrial) {
  EXPECT_EQ(trials_csv(report),
            "trial,structure,depth,pool,width,rate,status,accuracy,epochs\n"
            "0,a,,,16,1,ok,0.9,10\n"
            "1,b,3,max,32,1,ok,0.95,10\n"
            "2,b,4,,1024,0.1,diverged,0,0\n"
            "3,c,6,,48,0.01,ok,0.4,10\n");
}

TEST(SearchReportTest, PicturesShowSharesAndTheCourse) {
  const IntervalChart shares = success_chart(report);
  ASSERT_EQ(shares.groups.size(), 5u);
  EXPECT_EQ(shares.groups[0].rows[1].note, "1 of 2");
  EXPECT_NO_THROW(test::parse_xml(svg(shares)));
  const LineChart course = course_chart(report);
  EXPECT_EQ(course.series[1].y, (std::vector<double>{0.9, 0.95, 0.95, 0.95}));
  EXPECT_NO_THROW(test::parse_xml(svg(course)));
}

TEST(SearchReportTest, DescribesWhatIsActive) {
  EXPECT_EQ(describe(space, result.trials[0].values), "structure a, width 16, rate 1");
}

}  // namespace
}  // namespace whiteline::cli
