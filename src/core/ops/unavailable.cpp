// What a device says of a verb it does not have (yet).
#include "core/ops/ops.hpp"

namespace whiteline::core {

namespace {

[[noreturn]] void unavailable(std::string_view verb) {
  throw Unsupported("cannot run `" + std::string(verb) +
                    "` (this device has no such operation) use --device cpu");
}

}  // namespace

std::unique_ptr<PackedRows> KernelMatrixOps::pack(const PreparedRows&) { unavailable("pack"); }
void KernelMatrixOps::kernel_rows(formulas::KernelConstants, const PackedRows&,
                                  DeviceSpan<const std::int32_t>, DeviceSpan<float* const>) {
  unavailable("kernel_rows");
}
void KernelMatrixOps::transform(formulas::KernelConstants, ConstMatrixView, DeviceSpan<const float>,
                                DeviceSpan<const float>, MatrixView) {
  unavailable("transform");
}
void SmoOps::advance_rows(const KernelRows&, DeviceSpan<const formulas::BinaryProblem>,
                          DeviceSpan<const double>, DeviceSpan<double>, DeviceSpan<double>,
                          DeviceSpan<formulas::SmoState>, formulas::SmoLimits) {
  unavailable("advance_rows");
}
void SmoOps::missing_rows(const KernelRows&, DeviceSpan<const formulas::BinaryProblem>,
                          DeviceSpan<const double>, DeviceSpan<const double>,
                          DeviceSpan<const double>, DeviceSpan<const formulas::SmoState>,
                          std::int32_t, DeviceSpan<std::int32_t>) {
  unavailable("missing_rows");
}
void SmoOps::rebuild_rows(const KernelRows&, std::int64_t, std::int64_t,
                          DeviceSpan<const formulas::BinaryProblem>, DeviceSpan<const double>,
                          DeviceSpan<double>, DeviceSpan<formulas::SmoState>) {
  unavailable("rebuild_rows");
}
void SmoOps::grow(double, DeviceSpan<const formulas::BinaryProblem>, DeviceSpan<double>,
                  DeviceSpan<double>, DeviceSpan<double>, DeviceSpan<formulas::SmoState>) {
  unavailable("grow");
}
void SmoOps::summarize(DeviceSpan<const formulas::BinaryProblem>, DeviceSpan<const double>,
                       DeviceSpan<const double>, DeviceSpan<const double>,
                       DeviceSpan<BinarySummary>) {
  unavailable("summarize");
}
void SmoOps::decide_rows(const KernelRows&, DeviceSpan<const formulas::BinaryProblem>,
                         DeviceSpan<const double>, DeviceSpan<const double>,
                         DeviceSpan<const std::int32_t>, DeviceSpan<const HeldOutRows>,
                         DeviceSpan<double>) {
  unavailable("decide_rows");
}

}  // namespace whiteline::core
