#include <gtest/gtest.h>
#include <whiteline/model_selection.hpp>

#include <fstream>

#include "io/files.hpp"

namespace whiteline {
namespace {

SvmCell some_cell(double C) {
  SvmCell cell;
  cell.point = {polynomial(3, 0.1, -0.3), C, Normalise::Kind::l2};
  cell.scores = {0.1, 1.0 / 3.0, 0.7};
  cell.mean = 0.37777777777777777;
  cell.deviation = 1.0 / 7.0;
  cell.support_vectors = 12.6;
  cell.iterations = 123456789012;
  cell.seconds = 0.0123;
  cell.status = SolveStatus::iteration_limit;
  return cell;
}

void expect_same(const SvmCell& a, const SvmCell& b) {
  EXPECT_EQ(a.point, b.point);
  EXPECT_EQ(a.scores, b.scores);
  EXPECT_EQ(a.mean, b.mean);
  EXPECT_EQ(a.deviation, b.deviation);
  EXPECT_EQ(a.support_vectors, b.support_vectors);
  EXPECT_EQ(a.iterations, b.iterations);
  EXPECT_EQ(a.seconds, b.seconds);
  EXPECT_EQ(a.status, b.status);
}

class JournalTest : public ::testing::Test {
 protected:
  std::filesystem::path path() const { return folder_ / "cells.jsonl"; }
  void write(const std::string& text) const {
    std::ofstream(path(), std::ios::binary | std::ios::app) << text;
  }

  test::TemporaryFolder folder_;
};

TEST_F(JournalTest, GivesBackTheCellsOfItsKeyToTheBit) {
  {
    SearchJournal journal(path(), "a");
    EXPECT_TRUE(journal.cells().empty());
    journal.append(some_cell(1.0));
    journal.append(some_cell(0.1));
    SearchJournal(path(), "b").append(some_cell(7.0));
  }
  const SearchJournal again(path(), "a");
  ASSERT_EQ(again.cells().size(), 2u);
  expect_same(again.cells()[0], some_cell(1.0));
  expect_same(again.cells()[1], some_cell(0.1));
  EXPECT_EQ(SearchJournal(path(), "b").cells().size(), 1u);
  EXPECT_TRUE(SearchJournal(path(), "c").cells().empty());
}

TEST_F(JournalTest, CutsOffALastLineThatWasNotFinished) {
  for (const char* rest : {"{\"key\":\"a\",\"kern", "{\"key\":\"a\"}\n", "{"}) {
    std::filesystem::remove(path());
    SearchJournal(path(), "a").append(some_cell(1.0));
    const auto size = std::filesystem::file_size(path());
    write(rest);
    SearchJournal journal(path(), "a");
    EXPECT_EQ(journal.cells().size(), 1u);
    EXPECT_EQ(std::filesystem::file_size(path()), size);
    journal.append(some_cell(2.0));
    EXPECT_EQ(SearchJournal(path(), "a").cells().size(), 2u);
  }
}

TEST_F(JournalTest, RefusesFilesThatAreNoJournals) {
  write("a poem\nof two lines\n");
  EXPECT_THROW(SearchJournal(path(), "a"), FormatError);
  EXPECT_EQ(std::filesystem::file_size(path()), 20u);
  std::filesystem::remove(path());
  write("one line");
  EXPECT_THROW(SearchJournal(path(), "a"), FormatError);
  EXPECT_EQ(std::filesystem::file_size(path()), 8u);
  std::filesystem::create_directory(folder_ / "folder");
  EXPECT_THROW(SearchJournal(folder_ / "folder", "a"), ReadError);
  EXPECT_THROW(SearchJournal(folder_ / "missing/cells.jsonl", "a"), Error);
}

TEST(SearchKey, SeesWhatChangesCellsAndNothingElse) {
  std::vector<float> x(24, 1.0f);
  std::vector<std::int32_t> labels = {0, 1, 0, 1};
  const HostView spectra(x.data(), 4, 6);
  SvmSearchParams search{.points = {SvmPoint{}}};
  const std::string key = search_key(search, {}, spectra, labels);
  EXPECT_EQ(key.size(), 64u);
  search.points.clear();
  EXPECT_EQ(search_key(search, {.C = 7.0}, spectra, labels), key);
  EXPECT_NE(search_key(search, {.tolerance = 1e-4}, spectra, labels), key);
  EXPECT_NE(search_key(search, {.class_weights = {{1, 2.0}}}, spectra, labels), key);
  search.folds.folds = 2;
  EXPECT_NE(search_key(search, {}, spectra, labels), key);
  search.folds.folds = 5;
  labels[3] = 0;
  EXPECT_NE(search_key(search, {}, spectra, labels), key);
  labels[3] = 1;
  x[23] = 2.0f;
  EXPECT_NE(search_key(search, {}, spectra, labels), key);
}

}  // namespace
}  // namespace whiteline
