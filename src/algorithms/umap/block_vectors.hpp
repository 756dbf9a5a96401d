// Tall float64 vectors side by side, and the sums over them, in an order that no number of threads
// changes.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/parallel.hpp"

namespace whiteline::umap {

constexpr int block_width = 4;  // vectors that are multiplied together

using Vector = std::vector<double>;
using Block = std::array<Vector, block_width>;

// V' B, one row of block_width a vector of `basis`.
std::vector<double> products_with(std::span<const Vector> basis, const Block& block,
                                  core::ThreadPool& pool);

// B -= V coefficients, given as products_with gives them.
void subtract(std::span<const Vector> basis, const std::vector<double>& coefficients, Block& block,
              core::ThreadPool& pool);

// V coefficients (`basis` x count, row-major): `count` vectors.
std::vector<Vector> combined(std::span<const Vector> basis, const std::vector<double>& coefficients,
                             std::int64_t count, core::ThreadPool& pool);

// The sum of x[i] y[i] in chunks as above.
double dot(const Vector& x, const Vector& y);

}  // namespace whiteline::umap
