#include "algorithms/umap/spectral.hpp"

#include <algorithm>
#include <cmath>

#include "algorithms/umap/block_vectors.hpp"
#include "algorithms/umap/draws.hpp"
#include "core/symmetric_eigen.hpp"

namespace whiteline::umap {

namespace {

constexpr std::int64_t largest_dense = 512;
constexpr double wanted_residual = 1e-5;
constexpr std::int64_t most_products = 240;
constexpr std::int64_t products_between_looks = 3;
constexpr std::int64_t kept_beyond_wanted = 8;  // at a restart
constexpr double vanished = 1e-10;              // length of a direction that is no new one

// M = D^-1/2 W D^-1/2.
class Operator {
 public:
  Operator(const SparseView& graph, core::ThreadPool& pool)
      : graph_(graph), pool_(pool), trivial_(std::size_t(graph.rows)), scale_(trivial_.size()) {
    double total = 0.0;
    for (std::int64_t row = 0; row < graph.rows; ++row) {
      double degree = 0.0;
      graph.for_row(row, [&](std::int32_t, float weight) { degree += double(weight); });
      trivial_[std::size_t(row)] = std::sqrt(degree);
      scale_[std::size_t(row)] = 1.0 / std::sqrt(degree);
      total += degree;
    }
    for (double& value : trivial_) value /= std::sqrt(total);
  }

  // The eigenvector of value 1.
  const Vector& trivial() const { return trivial_; }

  Block times(std::span<const Vector> block) {
    by_row_.resize(std::size_t(graph_.rows) * block_width);
    Block out;
    for (Vector& column : out) column.resize(std::size_t(graph_.rows));
    for (std::size_t row = 0; row < scale_.size(); ++row)
      for (std::size_t c = 0; c < block_width; ++c)
        by_row_[row * block_width + c] = scale_[row] * block[c][row];
    core::parallel_for(pool_, graph_.rows, rows_a_chunk, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t row = begin; row < end; ++row) {
        double sum[block_width] = {};
        graph_.for_row(row, [&](std::int32_t column, float weight) {
          const double* other = by_row_.data() + std::size_t(column) * block_width;
          for (int c = 0; c < block_width; ++c) sum[c] += double(weight) * other[c];
        });
        for (std::size_t c = 0; c < block_width; ++c)
          out[c][std::size_t(row)] = scale_[std::size_t(row)] * sum[c];
      }
    });
    return out;
  }

  // M - 2 t t', t the trivial eigenvector, row-major: its value becomes -1.
  std::vector<double> dense() const {
    const auto size = std::size_t(graph_.rows);
    std::vector<double> matrix(size * size);
    for (std::size_t row = 0; row < size; ++row) {
      for (std::size_t column = 0; column < size; ++column)
        matrix[row * size + column] = -2.0 * trivial_[row] * trivial_[column];
      graph_.for_row(std::int64_t(row), [&](std::int32_t column, float weight) {
        matrix[row * size + std::size_t(column)] +=
            double(weight) * scale_[row] * scale_[std::size_t(column)];
      });
    }
    return matrix;
  }

 private:
  SparseView graph_;
  core::ThreadPool& pool_;
  Vector trivial_, scale_, by_row_;
};

// Block Lanczos with full orthogonalisation and thick restarts (K. Wu and H. Simon, SIAM J. Matrix
// Anal. Appl. 22 (2000) 602). Blocks find equal eigenvalues; what M does to the basis comes out of
// the orthogonalisation.
class Lanczos {
 public:
  Lanczos(const SparseView& graph, std::int64_t count, std::uint64_t seed, core::ThreadPool& pool,
          const Progress& progress)
      : operator_(graph, pool),
        pool_(pool),
        progress_(progress),
        seed_(seed),
        count_(std::size_t(count)),
        kept_(std::size_t(count + kept_beyond_wanted)),
        capacity_((2 * kept_ / block_width + 6) * block_width),
        projected_(capacity_ * capacity_, 0.0) {
    basis_.push_back(operator_.trivial());
    Block start;
    for (Vector& column : start) column = random_vector();
    orthogonalise(start);
    append(start);
  }

  SpectralVectors solve() {
    for (;;) {
      expand();
      ++products_;
      const bool full = multiplied_ + block_width > capacity_;
      const bool last = products_ >= most_products;
      if (!full && !last && products_ % products_between_looks != 0) continue;
      const core::SymmetricEigen ritz = ritz_pairs();
      const double residual = largest_residual(ritz);
      if (residual <= wanted_residual || last) {
        SpectralVectors found;
        found.residual = residual;
        found.products = products_;
        found.values.assign(ritz.values.begin(), ritz.values.begin() + std::ptrdiff_t(count_));
        for (const Vector& vector : ritz_vectors(ritz, count_))
          found.vectors.insert(found.vectors.end(), vector.begin(), vector.end());
        return found;
      }
      if (full) restart(ritz);
    }
  }

 private:
  // Without the trivial vector.
  std::span<const Vector> basis() const { return std::span(basis_).subspan(1); }
  double& projected(std::size_t i, std::size_t j) { return projected_[i * capacity_ + j]; }

  Vector random_vector() {
    Vector x(operator_.trivial().size());
    const Draws draws{seed_, drawn_++};
    for (std::size_t i = 0; i < x.size(); ++i)
      x[i] = double(draws.uniform(DrawnFor::eigenvectors, i)) - 0.5;
    return x;
  }

  void tell() const {
    report(progress_, "start", std::uint64_t(products_), std::uint64_t(most_products));
  }

  // Takes what the basis holds out of the block; the coefficients, trivial vector first.
  std::vector<double> orthogonalise(Block& block) {
    std::vector<double> all(basis_.size() * block_width, 0.0);
    for (int pass = 0; pass < 2; ++pass) {
      tell();
      const std::vector<double> part = products_with(basis_, block, pool_);
      subtract(basis_, part, block, pool_);
      for (std::size_t i = 0; i < all.size(); ++i) all[i] += part[i];
    }
    return all;
  }

  // Adds the block, orthogonal to the basis, as orthonormal vectors; coupling_ is what they are
  // multiplied by to give the block. A direction that vanishes is replaced by a random one.
  void append(Block& block) {
    coupling_.fill(0.0);
    for (std::size_t c = 0; c < block_width; ++c) {
      Vector& x = block[c];
      const double before = std::sqrt(dot(x, x));
      for (int pass = 0; pass < 2; ++pass)
        for (std::size_t other = 0; other < c; ++other) {
          const double part = dot(block[other], x);
          coupling_[other * block_width + c] += part;
          for (std::size_t i = 0; i < x.size(); ++i) x[i] -= part * block[other][i];
        }
      double length = std::sqrt(dot(x, x));
      if (length <= vanished * std::max(before, 1.0)) {
        x = new_direction(std::span(block).first(c));
        length = std::sqrt(dot(x, x));
      } else {
        coupling_[c * block_width + c] = length;
      }
      for (double& value : x) value /= length;
    }
    for (Vector& x : block) basis_.push_back(std::move(x));
  }

  // A random vector, orthogonal to the basis and to the first vectors of the present block.
  Vector new_direction(std::span<const Vector> block) {
    Vector x = random_vector();
    for (int pass = 0; pass < 2; ++pass)
      for (const std::span<const Vector> others : {std::span<const Vector>(basis_), block})
        for (const Vector& other : others) {
          const double part = dot(other, x);
          for (std::size_t i = 0; i < x.size(); ++i) x[i] -= part * other[i];
        }
    return x;
  }

  // Multiplies the last block by M; what is new in the products becomes the next block.
  void expand() {
    tell();
    Block block = operator_.times(basis().last(block_width));
    const std::vector<double> coefficients = orthogonalise(block);
    for (std::size_t c = 0; c < block_width; ++c) {
      const std::size_t column = multiplied_ + c;
      for (std::size_t j = 0; j < multiplied_ + block_width; ++j)
        projected(j, column) = projected(column, j) = coefficients[(j + 1) * block_width + c];
    }
    multiplied_ += block_width;
    append(block);
  }

  core::SymmetricEigen ritz_pairs() {
    std::vector<double> matrix(multiplied_ * multiplied_);
    for (std::size_t i = 0; i < multiplied_; ++i)
      for (std::size_t j = 0; j < multiplied_; ++j) matrix[i * multiplied_ + j] = projected(i, j);
    return core::symmetric_eigen(matrix, std::int64_t(multiplied_),
                                 std::int64_t(std::min(kept_, multiplied_)));
  }

  double largest_residual(const core::SymmetricEigen& ritz) const {
    double largest = 0.0;
    for (std::size_t k = 0; k < count_; ++k) {
      const double* last = ritz.vectors.data() + (k + 1) * multiplied_ - block_width;
      double squares = 0.0;
      for (std::size_t r = 0; r < block_width; ++r) {
        double sum = 0.0;
        for (std::size_t c = 0; c < block_width; ++c)
          sum += coupling_[r * block_width + c] * last[c];
        squares += sum * sum;
      }
      largest = std::max(largest, squares);
    }
    return std::sqrt(largest);
  }

  std::vector<Vector> ritz_vectors(const core::SymmetricEigen& ritz, std::size_t count) const {
    std::vector<double> coefficients(multiplied_ * count);
    for (std::size_t j = 0; j < multiplied_; ++j)
      for (std::size_t k = 0; k < count; ++k)
        coefficients[j * count + k] = ritz.vectors[k * multiplied_ + j];
    return combined(basis().first(multiplied_), coefficients, std::int64_t(count), pool_);
  }

  // Keeps the best Ritz vectors and the block that is not multiplied yet.
  void restart(const core::SymmetricEigen& ritz) {
    std::vector<Vector> kept = ritz_vectors(ritz, kept_);
    kept.insert(kept.begin(), operator_.trivial());
    for (Vector& x : std::span(basis_).last(block_width)) kept.push_back(std::move(x));
    basis_ = std::move(kept);
    std::fill(projected_.begin(), projected_.end(), 0.0);
    for (std::size_t k = 0; k < kept_; ++k) projected(k, k) = ritz.values[k];
    multiplied_ = kept_;
  }

  Operator operator_;
  core::ThreadPool& pool_;
  const Progress& progress_;
  std::int64_t products_ = 0;  // with blocks
  std::uint64_t seed_;
  std::uint32_t drawn_ = 0;  // random vectors so far
  std::size_t count_, kept_, capacity_;
  std::vector<Vector> basis_;      // the trivial vector first; the last block is not multiplied
  std::vector<double> projected_;  // V' M V, capacity x capacity
  std::size_t multiplied_ = 0;     // vectors of basis() whose products are in projected_
  std::array<double, block_width * block_width> coupling_{};
};

// The sign of an eigenvector is not given; here its largest element, the first of equals, is > 0.
void fix_signs(std::vector<double>& vectors, std::size_t size) {
  for (std::size_t begin = 0; begin < vectors.size(); begin += size) {
    const auto one = std::span(vectors).subspan(begin, size);
    const double largest = *std::max_element(
        one.begin(), one.end(), [](double a, double b) { return std::abs(a) < std::abs(b); });
    if (largest < 0.0)
      for (double& value : one) value = -value;
  }
}

}  // namespace

SpectralVectors spectral_vectors(const SparseView& graph, std::int64_t count, std::uint64_t seed,
                                 core::ThreadPool& pool, const Progress& progress) {
  SpectralVectors found;
  if (graph.rows <= largest_dense) {
    const Operator matrix(graph, pool);
    core::SymmetricEigen all = core::symmetric_eigen(matrix.dense(), graph.rows, count);
    all.values.resize(std::size_t(count));
    found.values = std::move(all.values);
    found.vectors = std::move(all.vectors);
  } else {
    found = Lanczos(graph, count, seed, pool, progress).solve();
  }
  fix_signs(found.vectors, std::size_t(graph.rows));
  return found;
}

}  // namespace whiteline::umap
