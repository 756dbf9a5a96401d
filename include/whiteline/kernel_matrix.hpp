// Kernel functions, and matrices of them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <whiteline/matrix.hpp>
#include <whiteline/progress.hpp>

namespace whiteline {

enum class KernelType { linear, polynomial, rbf, sigmoid, cosine, precomputed };

// How gamma is chosen when it is not given as a number.
enum class GammaRule {
  value,     // the number in `gamma`
  scale,     // 1 / (channels * V), V the population variance of all training numbers; V = 0: 1
  channels,  // 1 / channels
};

// linear      x.z
// polynomial  (gamma x.z + coef0)^degree
// rbf         exp(-gamma |x - z|^2)
// sigmoid     tanh(gamma x.z + coef0)
// cosine      x.z / (|x| |z|), 0 when a norm is 0: needs no normalised spectra
// precomputed the caller's own: the values are given in place of spectra (svm.hpp)
struct Kernel {
  KernelType type = KernelType::rbf;
  GammaRule gamma_rule = GammaRule::scale;
  double gamma = 0.0;  // > 0; meaningful when gamma_rule is `value`
  double coef0 = 0.0;
  int degree = 3;  // >= 1

  bool operator==(const Kernel&) const = default;
};

inline Kernel linear() { return {KernelType::linear, GammaRule::value, 1.0, 0.0, 1}; }
inline Kernel cosine() { return {KernelType::cosine, GammaRule::value, 1.0, 0.0, 1}; }
inline Kernel rbf() { return {KernelType::rbf, GammaRule::scale, 0.0, 0.0, 1}; }
inline Kernel rbf(double gamma) { return {KernelType::rbf, GammaRule::value, gamma, 0.0, 1}; }
inline Kernel sigmoid(double gamma, double coef0 = 0.0) {
  return {KernelType::sigmoid, GammaRule::value, gamma, coef0, 1};
}
inline Kernel precomputed() { return {KernelType::precomputed, GammaRule::value, 1.0, 0.0, 1}; }
inline Kernel polynomial(int degree, double gamma, double coef0 = 0.0) {
  return {KernelType::polynomial, GammaRule::value, gamma, coef0, degree};
}

WHITELINE_EXPORT std::string_view name(KernelType type);         // "rbf"
WHITELINE_EXPORT KernelType kernel_type(std::string_view name);  // throws InvalidArgument

// K(i, j) = kernel(x_i, z_j), rows(x) x rows(z). gamma rules use x. Throws InvalidArgument for
// NaN or infinity in x or z (row and channel named), channel counts that differ, parameters
// outside their ranges, or the kernel `precomputed`; OutOfMemory before anything is allocated.
WHITELINE_EXPORT Matrix kernel_matrix(const Context& ctx, const Kernel& kernel, const Matrix& x,
                                      const Matrix& z);
WHITELINE_EXPORT Matrix kernel_matrix(const Context& ctx, const Kernel& kernel, const Matrix& x);

struct KernelBlockParams {
  std::int64_t rows = 0;  // of a block, the last may have fewer; 0: about 64 MiB, within the
                          // context's memory limit
  Progress progress = {};
};

// Takes K(i, j) for i = first_row .. first_row + block.rows() - 1 and all j; `block` is gone when
// it returns.
using TakeKernelRows = std::function<void(std::int64_t first_row, const Matrix& block)>;

// The rows of kernel_matrix(ctx, kernel, x, z), bit for bit, block after block in ascending order,
// without holding all. Throws what kernel_matrix throws, and Cancelled.
WHITELINE_EXPORT void kernel_matrix_blocks(const Context& ctx, const Kernel& kernel,
                                           const Matrix& x, const Matrix& z,
                                           const TakeKernelRows& take,
                                           const KernelBlockParams& params = {});

}  // namespace whiteline
