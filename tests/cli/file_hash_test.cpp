#include <gtest/gtest.h>
#include <whiteline/io.hpp>

#include "io/files.hpp"

namespace whiteline::test {
namespace {

std::string hash_of(const std::string& bytes) {
  const TemporaryFolder folder;
  write_text(folder / "file", bytes);
  return sha256_of_file(folder / "file");
}

// The examples of FIPS 180-4's author: NIST, "Secure Hash Standard, example values".
TEST(FileHashTest, EqualsTheStandardsExamples) {
  EXPECT_EQ(hash_of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hash_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hash_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(FileHashTest, ReadsFilesLongerThanItsBuffer) {
  EXPECT_EQ(hash_of(std::string(1000000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  EXPECT_EQ(hash_of(std::string((1 << 20) + 1, 'a')).size(), 64u);
}

TEST(FileHashTest, RefusesWhatItCannotRead) {
  EXPECT_THROW(sha256_of_file("/no/such/file"), ReadError);
  EXPECT_THROW(sha256_of_file("/"), ReadError);
}

TEST(FileHashTest, StopsWhenAsked) {
  const TemporaryFolder folder;
  write_text(folder / "file", "abc");
  EXPECT_THROW(sha256_of_file(folder / "file", [](const ProgressEvent&) { return false; }),
               Cancelled);
}

}  // namespace
}  // namespace whiteline::test
