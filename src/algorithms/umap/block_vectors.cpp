#include "algorithms/umap/block_vectors.hpp"

#include "formulas/sum.hpp"

namespace whiteline::umap {

namespace {

constexpr std::int64_t elements_a_chunk = 1024;  // of each vector; a block of them stays in cache

double dot_of(const double* x, const double* y, std::int64_t count) {
  constexpr int lanes = formulas::sum_lanes;
  double lane[lanes] = {};
  std::int64_t i = 0;
  for (; i + lanes <= count; i += lanes)
    for (int l = 0; l < lanes; ++l) lane[l] += x[i + l] * y[i + l];
  for (int l = 0; i < count; ++i, ++l) lane[l] += x[i] * y[i];
  return formulas::lane_total(lane);
}

}  // namespace

double dot(const Vector& x, const Vector& y) {
  double sum = 0.0;
  for (std::int64_t begin = 0; begin < std::ssize(x); begin += elements_a_chunk)
    sum += dot_of(x.data() + begin, y.data() + begin,
                  std::min(elements_a_chunk, std::ssize(x) - begin));
  return sum;
}

std::vector<double> products_with(std::span<const Vector> basis, const Block& block,
                                  core::ThreadPool& pool) {
  const std::int64_t size = std::ssize(block[0]);
  const std::size_t count = basis.size() * block_width;
  const std::int64_t chunks = (size + elements_a_chunk - 1) / elements_a_chunk;
  std::vector<double> parts(std::size_t(chunks) * count);
  core::parallel_for(pool, size, elements_a_chunk, [&](std::int64_t begin, std::int64_t end) {
    double* part = parts.data() + std::size_t(begin / elements_a_chunk) * count;
    for (const Vector& v : basis)
      for (const Vector& w : block)
        *part++ = dot_of(v.data() + begin, w.data() + begin, end - begin);
  });
  std::vector<double> sums(count, 0.0);
  for (std::size_t i = 0; i < parts.size(); ++i) sums[i % count] += parts[i];
  return sums;
}

void subtract(std::span<const Vector> basis, const std::vector<double>& coefficients, Block& block,
              core::ThreadPool& pool) {
  core::parallel_for(pool, std::ssize(block[0]), elements_a_chunk,
                     [&](std::int64_t begin, std::int64_t end) {
                       for (std::size_t j = 0; j < basis.size(); ++j)
                         for (std::size_t c = 0; c < block_width; ++c) {
                           const double factor = coefficients[j * block_width + c];
                           const double* v = basis[j].data();
                           double* w = block[c].data();
                           for (std::int64_t i = begin; i < end; ++i) w[i] -= factor * v[i];
                         }
                     });
}

std::vector<Vector> combined(std::span<const Vector> basis, const std::vector<double>& coefficients,
                             std::int64_t count, core::ThreadPool& pool) {
  const std::int64_t size = std::ssize(basis[0]);
  std::vector<Vector> out(std::size_t(count), Vector(std::size_t(size), 0.0));
  core::parallel_for(pool, size, elements_a_chunk, [&](std::int64_t begin, std::int64_t end) {
    for (std::size_t j = 0; j < basis.size(); ++j)
      for (std::size_t c = 0; c < out.size(); ++c) {
        const double factor = coefficients[j * out.size() + c];
        const double* v = basis[j].data();
        double* w = out[c].data();
        for (std::int64_t i = begin; i < end; ++i) w[i] += factor * v[i];
      }
  });
  return out;
}

}  // namespace whiteline::umap
