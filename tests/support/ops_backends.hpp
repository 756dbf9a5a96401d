// One test body over all backends that can do a family of operations:
// class ReduceTest : public test::OpsTest<&core::Ops::reduce> {}; with ops() and ctx().
#pragma once

#include "core/backend.hpp"
#include "core/ops/ops.hpp"
#include "support/backends.hpp"

namespace whiteline::test {

template <auto family>
class OpsTest : public BackendTest {
 protected:
  void SetUp() override {
    BackendTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    if (!(ctx().queue().ops().*family))
      GTEST_SKIP() << "these operations are not there on " << device();
  }

  auto& ops() const { return *(ctx().queue().ops().*family); }
};

}  // namespace whiteline::test
