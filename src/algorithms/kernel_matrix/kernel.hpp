// From what the user says of a kernel to the numbers its formula takes.
#pragma once

#include <whiteline/kernel_matrix.hpp>

#include <cmath>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "formulas/kernel_function.hpp"

namespace whiteline::kernels {

// Larger squared norms and kernel values are refused: they come near float32's limit.
constexpr double largest_value = 1e30;

// Throws InvalidArgument for parameters outside their ranges, whatever the data.
WHITELINE_EXPORT void check_kernel(const Kernel& kernel);

// Which parameters a kernel has.
inline bool has_gamma(KernelType type) {
  return type == KernelType::polynomial || type == KernelType::rbf || type == KernelType::sigmoid;
}
inline bool has_coef0(KernelType type) { return has_gamma(type) && type != KernelType::rbf; }
inline bool has_degree(KernelType type) { return type == KernelType::polynomial; }

// The kernel with nothing in it that it does not have, so that equal kernels compare equal.
WHITELINE_EXPORT Kernel canonical(const Kernel& kernel);

inline bool needs_variance(const Kernel& kernel) {
  return kernel.gamma_rule == GammaRule::scale && has_gamma(kernel.type);
}

// Population variance of all numbers of all parts, float64, from two passes; 0 where there are
// none. Waits.
WHITELINE_EXPORT double population_variance(const Context& ctx,
                                            std::span<const ConstMatrixView> parts);

// Squared norms of the rows of x, float64. Throws InvalidArgument for a number that is not finite
// and for norms above largest_value, naming `task` ("train") and the row, counted in `matrix` ("x",
// or empty where there is only one). Waits.
WHITELINE_EXPORT std::vector<double> checked_squared_norms(const Context& ctx, ConstMatrixView x,
                                                           std::string_view task,
                                                           std::string_view matrix);

// What |(gamma x.z + coef0)^degree| may reach where |x.z| <= product.
inline double largest_polynomial(const Kernel& kernel, double product) {
  return std::pow(kernel.gamma * product + std::abs(kernel.coef0), double(kernel.degree));
}

// The kernel with its gamma rule replaced by a number; 1 for kernels without gamma. `variance` is
// read only where needs_variance(kernel). channels >= 1.
WHITELINE_EXPORT Kernel with_gamma_number(const Kernel& kernel, std::int64_t channels,
                                          double variance);

// Of a kernel whose gamma is a number. cosine is linear on normalised rows. mean_squared_norm:
// |mean|^2 in float64 of the mean the rows were centred by, else 0.
WHITELINE_EXPORT formulas::KernelConstants kernel_constants(const Kernel& kernel,
                                                            double mean_squared_norm);

}  // namespace whiteline::kernels
