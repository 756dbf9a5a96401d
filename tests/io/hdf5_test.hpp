// Tests that need the program that reads and writes HDF5.
#pragma once

#include <gtest/gtest.h>
#include <whiteline/error.hpp>

#include "io/helper.hpp"

namespace whiteline::test {

// Its tests are skipped, visibly, where that program is not built.
class Hdf5Test : public ::testing::Test {
 protected:
  void SetUp() override {
    try {
      io::hdf5_helper();
    } catch (const Unsupported& reason) {
      GTEST_SKIP() << reason.what();
    }
  }
};

}  // namespace whiteline::test
