#include <gtest/gtest.h>
#include <whiteline/search.hpp>

#include <set>

#include "support/search_spaces.hpp"

namespace whiteline {
namespace {

SearchSpace space_of(std::vector<SearchParameter> parameters) {
  return SearchSpace(std::move(parameters));
}

SearchParameter number(std::int64_t low, std::int64_t high, std::int64_t step = 1) {
  return {.name = "n", .low = low, .high = high, .step = step};
}

TEST(SearchSpaceTest, RefusesParametersThatMakeNoSense) {
  EXPECT_THROW(space_of({}), InvalidArgument);
  EXPECT_THROW(space_of({{.name = ""}}), InvalidArgument);
  EXPECT_THROW(space_of({number(1, 2), number(1, 3)}), InvalidArgument);
  EXPECT_THROW(space_of({number(2, 1)}), InvalidArgument);
  EXPECT_THROW(space_of({number(1, 9, 2)}), InvalidArgument);
  EXPECT_THROW(space_of({number(0, 9, 2)}), InvalidArgument);
  EXPECT_THROW(space_of({number(0, 9, 0)}), InvalidArgument);
  EXPECT_THROW(space_of({number(0, std::int64_t(1) << 31)}), InvalidArgument);
  EXPECT_THROW(space_of({{.name = "c", .choices = {"x", "x"}}}), InvalidArgument);
  EXPECT_THROW(space_of({{.name = "c", .choices = {""}}}), InvalidArgument);
}

TEST(SearchSpaceTest, RefusesConditionsThatNeverHold) {
  const SearchParameter parent = {.name = "p", .choices = {"x", "y"}};
  const auto child = [](std::string of, std::vector<std::string> values) {
    return SearchParameter{
        .name = "n", .high = 3, .parent = std::move(of), .parent_values = std::move(values)};
  };
  EXPECT_NO_THROW(space_of({parent, child("p", {"y"})}));
  EXPECT_THROW(space_of({parent, child("p", {"z"})}), InvalidArgument);
  EXPECT_THROW(space_of({parent, child("p", {})}), InvalidArgument);
  EXPECT_THROW(space_of({parent, child("q", {"y"})}), InvalidArgument);
  EXPECT_THROW(space_of({parent, child("", {"y"})}), InvalidArgument);
  EXPECT_THROW(space_of({child("p", {"y"}), parent}), InvalidArgument) << "later";
  EXPECT_THROW(space_of({child("n", {"1"})}), InvalidArgument) << "itself";
}

TEST(SearchSpaceTest, ChecksValues) {
  const SearchSpace space = test::small_space();
  EXPECT_NO_THROW(space.check({0, {}, {}, 16, 2}));
  EXPECT_NO_THROW(space.check({1, 3, 0, 1024, 2}));
  EXPECT_THROW(space.check({0, {}, {}, 16}), InvalidArgument) << "one is missing";
  EXPECT_THROW(space.check({0, 3, {}, 16, 2}), InvalidArgument) << "not active";
  EXPECT_THROW(space.check({1, 3, {}, 16, 2}), InvalidArgument) << "active";
  EXPECT_THROW(space.check({0, {}, {}, 17, 2}), InvalidArgument) << "between steps";
  EXPECT_THROW(space.check({0, {}, {}, 1040, 2}), InvalidArgument) << "above";
  EXPECT_THROW(space.check({0, {}, {}, 16, 3}), InvalidArgument) << "no such choice";
  EXPECT_THROW(space.check({-1, {}, {}, 16, 2}), InvalidArgument);
}

TEST(SearchSpaceTest, WritesValuesAndReadsThemBack) {
  const SearchSpace space = test::small_space();
  for (std::size_t p = 0; p < space.parameters().size(); ++p) {
    const bool is_choice = !space.parameters()[p].choices.empty();
    const std::int64_t low = is_choice ? 0 : space.parameters()[p].low;
    for (std::int64_t i = 0; i < space.count(p); ++i) {
      const std::int64_t value = low + i * (is_choice ? 1 : space.parameters()[p].step);
      EXPECT_EQ(space.value(p, space.text(p, value)), value);
    }
  }
  EXPECT_EQ(space.text("structure", {1, 3, 0, 1024, 2}), "b");
  EXPECT_EQ(space.text("depth", {1, 3, 0, 1024, 2}), "3");
  EXPECT_EQ(space.text("depth", {0, {}, {}, 1024, 2}), std::nullopt);
  EXPECT_THROW(space.text("deep", {0, {}, {}, 1024, 2}), InvalidArgument);
  for (const char* text : {"", "17", "1040", "16 ", "1e2", "x"})
    EXPECT_EQ(space.value(3, text), std::nullopt) << text;
}

// Different values of each parameter, as the paper's tables say.
std::vector<std::int64_t> counts(const SearchSpace& space) {
  std::vector<std::int64_t> all;
  for (std::size_t p = 0; p < space.parameters().size(); ++p) all.push_back(space.count(p));
  return all;
}

// Names of the parameters that are active for one structure, the first value elsewhere.
std::set<std::string> active_for(const SearchSpace& space, const std::string& structure,
                                 const std::string& pool = "") {
  SearchValues values(space.parameters().size());
  std::set<std::string> names;
  for (std::size_t p = 0; p < values.size(); ++p) {
    const SearchParameter& parameter = space.parameters()[p];
    if (!space.active(p, values)) continue;
    names.insert(parameter.name);
    values[p] = parameter.choices.empty() ? parameter.low : 0;
    if (parameter.name == "structure") values[p] = space.value(p, structure);
    if (parameter.name == "pooling") values[p] = space.value(p, pool);
  }
  space.check(values);
  return names;
}

const std::set<std::string> always = {"structure", "activation", "optimizer", "learning_rate",
                                      "output"};

std::set<std::string> with(std::set<std::string> more) {
  more.insert(always.begin(), always.end());
  return more;
}

TEST(PaperSpaces, DenseIsTableOne) {
  EXPECT_EQ(counts(dense_search_space()), (std::vector<std::int64_t>{14, 10, 1009, 6, 3, 6, 2, 5}));
  EXPECT_EQ(counts(dense_search_space(SearchSampler::random)),
            (std::vector<std::int64_t>{14, 10, 64, 6, 3, 6, 2, 5}));
  const SearchSpace space = dense_search_space();
  for (int i = 0; i < 14; ++i) {
    const bool drops = (i >= 5 && i <= 9) || i == 11;
    EXPECT_EQ(active_for(space, "D" + std::to_string(i)),
              drops ? with({"layers", "units", "dropout"}) : with({"layers", "units"}))
        << i;
  }
}

TEST(PaperSpaces, ConvIsTableTwo) {
  EXPECT_EQ(counts(conv_search_space()),
            (std::vector<std::int64_t>{8, 5, 15, 5, 3, 2, 12, 1009, 6, 3, 6, 2}));
  const SearchSpace space = conv_search_space();
  for (int i = 0; i < 8; ++i) {
    const std::string structure = "C" + std::to_string(i);
    std::set<std::string> expected = with({"filters", "width"});
    if (i < 7) expected.insert({"blocks", "pooling"});
    if (i >= 3 && i <= 6) expected.insert({"layers", "units"});
    EXPECT_EQ(active_for(space, structure, "none"), expected) << structure;
    if (i < 7) expected.insert("pool_size");
    EXPECT_EQ(active_for(space, structure, "max"), expected) << structure;
    EXPECT_EQ(active_for(space, structure, "average"), expected) << structure;
  }
}

}  // namespace
}  // namespace whiteline
