#include "formulas/philox.hpp"

#include <gtest/gtest.h>

namespace whiteline::formulas {
namespace {

void expect_words(PhiloxWords got, PhiloxWords expected) {
  for (int i = 0; i < 4; ++i) EXPECT_EQ(got.word[i], expected.word[i]) << "word " << i;
}

// Known answers of Random123 1.14.0 (kat_vectors, philox4x32-10).
TEST(Philox, GivesTheKnownAnswers) {
  expect_words(philox({{0, 0, 0, 0}}, 0, 0), {{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}});
  expect_words(philox({{~0u, ~0u, ~0u, ~0u}}, ~0u, ~0u),
               {{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}});
  expect_words(philox({{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}}, 0xa4093822, 0x299f31d0),
               {{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}});
}

TEST(Philox, UniformNumbersLieInsideTheUnitInterval) {
  EXPECT_GT(uniform(0), 0.0f);
  EXPECT_LT(uniform(~0u), 1.0f);
  EXPECT_EQ(uniform(1u << 31), 0.5f + 0x1p-24f);
}

TEST(Philox, WordsOfAnElementComeFromItsBlock) {
  const PhiloxWords block = philox_block(7, 5, 1, 2, Purpose::split);
  for (std::uint32_t i = 0; i < 4; ++i)
    EXPECT_EQ(philox_word(7, 20 + i, 1, 2, Purpose::split), block.word[i]);
}

}  // namespace
}  // namespace whiteline::formulas
