// probe BACKEND: opens the backend in a fresh process and prints "usable" or why it is not, then
// the milliseconds that took, then what became of one matrix product.
#include <whiteline/matrix.hpp>

#include <chrono>
#include <cstdio>
#include <vector>

#include "core/ops/ops.hpp"
#include "core/registry.hpp"

namespace {

using namespace whiteline;

std::string multiply(const char* device) {
  try {
    const Context ctx(device);
    const float number = 3.0f;
    const Matrix x = Matrix::from_host(ctx, {&number, 1, 1});
    Matrix out(ctx, 1, 1);
    core::need(ctx.queue().ops().blas, "blas")
        .gemm(1.0f, x.view(), core::Transpose::no, x.view(), core::Transpose::no, 0.0f, out.view());
    std::vector<float> result(1);
    out.copy_to(result);
    return result[0] == 9.0f ? "right" : "wrong";
  } catch (const Error& error) {
    return error.what();
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 2;
  const auto start = std::chrono::steady_clock::now();
  const core::BackendEntry& entry = core::backend(arguments[1]);
  std::string reason = entry.reason;
  if (entry.backend) {
    const DeviceInfo first = entry.backend->devices().at(0);
    reason = first.available ? "usable" : first.reason;
  }
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
  std::printf("%s\n%.3f\n%s\n", reason.c_str(), took.count(), multiply(arguments[1]).c_str());
  return 0;
}
