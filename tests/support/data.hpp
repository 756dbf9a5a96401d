// The folder of measured spectra, which only some machines have.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "support/folders.hpp"

namespace whiteline::test {

// WHITELINE_TEST_DATA, else ../shared/data beside the checkout; empty when there is none.
inline std::filesystem::path data_folder() {
  std::filesystem::path folder = source_folder() / "../shared/data";
  if (const char* given = std::getenv("WHITELINE_TEST_DATA")) folder = given;
  return std::filesystem::is_directory(folder) ? folder : std::filesystem::path();
}

}  // namespace whiteline::test

// Skips the test, visibly, where the measured data are not there.
#define WHITELINE_NEEDS_DATA(folder)                                     \
  const std::filesystem::path folder = ::whiteline::test::data_folder(); \
  if (folder.empty())                                                    \
  GTEST_SKIP() << "no measured data (set WHITELINE_TEST_DATA to the data folder)"
