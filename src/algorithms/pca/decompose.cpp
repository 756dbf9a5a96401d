#include "algorithms/pca/decompose.hpp"

#include <algorithm>
#include <cmath>

#include "core/ops/ops.hpp"
#include "core/symmetric_eigen.hpp"
#include "formulas/normal.hpp"

namespace whiteline::pca_detail {

namespace {

using core::Transpose;

constexpr std::int64_t rows_at_once = 1024;  // whose products are summed in float32

void tell(const Progress& progress, std::int64_t done, std::int64_t total) {
  report(progress, "pca", std::uint64_t(done), std::uint64_t(total));
}

// x' x, columns x columns: float32 over at most 1024 rows, these sums in float64.
std::vector<double> gram(const Context& ctx, ConstMatrixView x, const Progress& progress) {
  core::BlasOps& blas = core::need(ctx.queue().ops().blas, "blas");
  core::ReduceOps& reduce = core::need(ctx.queue().ops().reduce, "reduce");
  core::Buffer<double> sum(ctx, x.cols * x.cols);
  sum.fill(0);
  Matrix part(ctx, x.cols, x.cols);
  for (std::int64_t first = 0; first < x.rows; first += rows_at_once) {
    tell(progress, first, x.rows);
    const ConstMatrixView rows = x.some_rows(first, std::min(rows_at_once, x.rows - first));
    blas.gemm(1.0f, rows, Transpose::yes, rows, Transpose::no, 0.0f, part.view());
    reduce.add_to(part.view(), sum.span());
  }
  return sum.to_host();
}

std::vector<double> over_rows(std::vector<double> squared_singular_values, std::int64_t rows) {
  for (double& value : squared_singular_values) value = std::max(value, 0.0) / double(rows);
  return squared_singular_values;
}

// Directions in the space of channels, one a row, on the host.
struct Directions {
  std::int64_t count, channels;
  std::vector<double> values;  // count x channels

  double* row(std::int64_t k) { return values.data() + k * channels; }
};

Directions random_directions(std::int64_t count, std::int64_t channels, std::uint64_t seed) {
  Directions made{count, channels, {}};
  for (std::int64_t i = 0; i < count * channels; ++i) {
    const auto element = std::uint32_t(i);
    made.values.push_back(double(formulas::normal(
        formulas::philox_block(seed, element / 4, 0, 0, formulas::Purpose::init), element)));
  }
  return made;
}

double dot(const double* a, const double* b, std::int64_t size) {
  double sum = 0.0;
  for (std::int64_t i = 0; i < size; ++i) sum += a[i] * b[i];
  return sum;
}

// Orthonormal rows that span the same, by Gram and Schmidt, twice; one that adds nothing becomes 0.
void orthonormalise(Directions& d) {
  for (std::int64_t k = 0; k < d.count; ++k) {
    double* const row = d.row(k);
    const double before = std::sqrt(dot(row, row, d.channels));
    for (int pass = 0; pass < 2; ++pass)
      for (std::int64_t other = 0; other < k; ++other) {
        const double along = dot(row, d.row(other), d.channels);
        for (std::int64_t c = 0; c < d.channels; ++c) row[c] -= along * d.row(other)[c];
      }
    const double norm = std::sqrt(dot(row, row, d.channels));
    const double scale = norm > 1e-12 * before ? 1.0 / norm : 0.0;
    for (std::int64_t c = 0; c < d.channels; ++c) row[c] *= scale;
  }
}

// Rows become the combinations that the rows of `vectors` say.
Directions combined(const Directions& d, const std::vector<double>& vectors) {
  Directions made{d.count, d.channels, std::vector<double>(d.values.size(), 0.0)};
  for (std::int64_t k = 0; k < d.count; ++k)
    for (std::int64_t j = 0; j < d.count; ++j) {
      const double weight = vectors[std::size_t(k * d.count + j)];
      const double* const from = d.values.data() + j * d.channels;
      for (std::int64_t c = 0; c < d.channels; ++c) made.row(k)[c] += weight * from[c];
    }
  return made;
}

Matrix on_device(const Context& ctx, const Directions& d) {
  return Matrix::from_host(ctx, HostView(d.values.data(), d.count, d.channels));
}

// The components' signs: each one's largest element is positive.
void make_largest_positive(Directions& d) {
  for (std::int64_t k = 0; k < d.count; ++k) {
    double* const row = d.row(k);
    const double* const largest = std::max_element(
        row, row + d.channels, [](double a, double b) { return std::abs(a) < std::abs(b); });
    if (*largest < 0.0)
      for (std::int64_t c = 0; c < d.channels; ++c) row[c] = -row[c];
  }
}

}  // namespace

Decomposition by_covariance(const Context& ctx, ConstMatrixView x, const PcaParams& params) {
  const core::SymmetricEigen found =
      core::symmetric_eigen(gram(ctx, x, params.progress), x.cols, params.components);
  Decomposition made{over_rows(found.values, x.rows), {found.vectors.begin(), found.vectors.end()}};
  made.variance.resize(std::size_t(std::min(x.rows, x.cols)));
  return made;
}

// Subspace iteration with x' x: directions are multiplied, rotated to those of their span along
// which spectra differ most (by the small Gram matrix of the products), made orthonormal again.
Decomposition by_random_directions(const Context& ctx, ConstMatrixView x, const PcaParams& params) {
  core::BlasOps& blas = core::need(ctx.queue().ops().blas, "blas");
  const std::int64_t count =
      std::min(params.components + params.oversampling, std::min(x.rows, x.cols));
  Directions directions = random_directions(count, x.cols, params.seed);
  orthonormalise(directions);
  Matrix along(ctx, x.rows, count), back(ctx, count, x.cols);
  core::SymmetricEigen inside;
  for (int iteration = 0;; ++iteration) {
    tell(params.progress, iteration, params.iterations + 1);
    const Matrix current = on_device(ctx, directions);
    blas.gemm(1.0f, x, Transpose::no, current.view(), Transpose::yes, 0.0f, along.view());
    inside = core::symmetric_eigen(gram(ctx, along.view(), {}), count, count);
    if (iteration == params.iterations) break;
    blas.gemm(1.0f, along.view(), Transpose::yes, x, Transpose::no, 0.0f, back.view());
    std::vector<float> host(std::size_t(count * x.cols));
    back.copy_to(host);
    directions = combined({count, x.cols, {host.begin(), host.end()}}, inside.vectors);
    orthonormalise(directions);
  }
  directions = combined(directions, inside.vectors);
  make_largest_positive(directions);
  Decomposition made{over_rows(inside.values, x.rows), {}};
  made.variance.resize(std::size_t(params.components));
  made.loadings.assign(directions.values.begin(),
                       directions.values.begin() + params.components * x.cols);
  return made;
}

}  // namespace whiteline::pca_detail
