// The op families of one queue. A family that is null is one the device cannot do.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/ops/blas.hpp"
#include "core/ops/kernel_matrix.hpp"
#include "core/ops/layout.hpp"
#include "core/ops/neighbors.hpp"
#include "core/ops/network.hpp"
#include "core/ops/preprocess.hpp"
#include "core/ops/reduce.hpp"
#include "core/ops/smo.hpp"
#include "core/ops/svm_predict.hpp"

namespace whiteline::core {

// The families' verbs enqueue on the queue that owns them. All views and spans are device memory of
// that queue; outputs never overlap inputs unless the verb says "in place". Sizes of 0 are fine.
struct Ops {
  std::unique_ptr<BlasOps> blas;
  std::unique_ptr<ReduceOps> reduce;
  std::unique_ptr<PreprocessOps> preprocess;
  std::unique_ptr<KernelMatrixOps> kernel_matrix;
  std::unique_ptr<NeighborOps> neighbors;
  std::unique_ptr<LayoutOps> layout;
  std::unique_ptr<SmoOps> smo;
  std::unique_ptr<SvmPredictOps> svm_predict;
  std::unique_ptr<NetworkOps> network;
};

// The family, or Unsupported naming it: need(ctx.queue().ops().smo, "smo").
template <class Family>
Family& need(const std::unique_ptr<Family>& family, std::string_view name) {
  if (!family)
    throw Unsupported("cannot run `" + std::string(name) +
                      "` (this device has no such operations) use --device cpu");
  return *family;
}

}  // namespace whiteline::core
