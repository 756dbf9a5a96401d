// The verbs of core::PreprocessOps that have a file of their own.
#pragma once

#include "core/ops/preprocess.hpp"
#include "core/parallel.hpp"

namespace whiteline::cpu {

void subtract_background(core::ThreadPool& pool, ConstMatrixView in,
                         const core::BackgroundWindow& window, std::int64_t first, MatrixView out,
                         core::DeviceSpan<double> parameters);
void subtract_curves(core::ThreadPool& pool, ConstMatrixView in, const core::LinearFit& fit,
                     std::int64_t first, MatrixView out, core::DeviceSpan<double> coefficients);
void remove_spikes(core::ThreadPool& pool, ConstMatrixView in, const core::SpikeRule& rule,
                   MatrixView out, core::DeviceSpan<std::int32_t> count);
void rebin(core::ThreadPool& pool, ConstMatrixView in, const core::RebinBlock& block,
           MatrixView out);

}  // namespace whiteline::cpu
