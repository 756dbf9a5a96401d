// The CPU as a device: one queue is one thread pool, work is done at once.
#pragma once

#include "core/backend.hpp"
#include "core/ops/ops.hpp"
#include "core/parallel.hpp"
#include "cpu/isa.hpp"

namespace whiteline::cpu {

core::Backend& backend();

// One op family each, in the file of its name; `pool` outlives what is made.
std::unique_ptr<core::BlasOps> make_blas(core::ThreadPool& pool);
std::unique_ptr<core::ReduceOps> make_reduce(core::ThreadPool& pool);
std::unique_ptr<core::PreprocessOps> make_preprocess(core::ThreadPool& pool);
std::unique_ptr<core::KernelMatrixOps> make_kernel_matrix(core::ThreadPool& pool);
std::unique_ptr<core::NeighborOps> make_neighbors(core::ThreadPool& pool);
std::unique_ptr<core::LayoutOps> make_layout(core::ThreadPool& pool);
std::unique_ptr<core::SmoOps> make_smo(core::ThreadPool& pool);
std::unique_ptr<core::SvmPredictOps> make_svm_predict(core::ThreadPool& pool);
WHITELINE_EXPORT std::unique_ptr<core::NetworkOps> make_network(core::ThreadPool& pool,
                                                                Isa isa = cpu::isa());

}  // namespace whiteline::cpu
