// Kernels and sizes of kernel matrices that are tested and timed.
#pragma once

#include <whiteline/kernel_matrix.hpp>

#include <cstdint>
#include <vector>

namespace whiteline::test::cases {

inline const std::vector<Kernel> kernels = {linear(),
                                            cosine(),
                                            rbf(0.01),
                                            sigmoid(0.002, 0.1),
                                            polynomial(2, 0.01, 1.0),
                                            polynomial(1, 0.5),
                                            polynomial(3, 0.005, -0.5)};

struct KernelMatrixSize {
  std::int64_t rows, channels;
};

inline const std::vector<KernelMatrixSize> kernel_matrix_sizes = {{1, 1},    {31, 255}, {32, 256},
                                                                  {33, 257}, {257, 33}, {45, 1360}};

// The sets W and WL of design: 4094 spectra of two elements, 7187 white lines.
inline const std::vector<KernelMatrixSize> timed_kernel_matrices = {{4094, 1360}, {7187, 700}};

}  // namespace whiteline::test::cases
