#include "algorithms/align/correlation.hpp"

#include <numeric>

#include "core/ops/ops.hpp"

namespace whiteline::align {

namespace {

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / double(values.size());
}

// Row `most + lag` is the reference, less its mean, moved up by `lag` channels, zeros elsewhere;
// then less the row's mean, so that a product with counts is one with counts less their mean.
std::vector<float> moved_references(const std::vector<double>& reference, std::int64_t most) {
  const auto size = std::int64_t(reference.size());
  const double centre = mean(reference);
  std::vector<float> all;
  for (std::int64_t lag = -most; lag <= most; ++lag) {
    std::vector<double> row(reference.size(), 0.0);
    for (std::int64_t c = 0; c < size; ++c)
      if (c - lag >= 0 && c - lag < size)
        row[std::size_t(c)] = reference[std::size_t(c - lag)] - centre;
    const double row_centre = mean(row);
    for (const double value : row) all.push_back(float(value - row_centre));
  }
  return all;
}

}  // namespace

std::vector<double> displacements(const Context& ctx, ConstMatrixView window,
                                  const std::vector<double>& reference, std::int64_t most) {
  const std::vector<float> moved = moved_references(reference, most);
  const std::int64_t lags = 2 * most + 1;
  const Matrix references = Matrix::from_host(ctx, HostView(moved.data(), lags, window.cols));
  Matrix correlation(ctx, window.rows, lags);
  core::need(ctx.queue().ops().blas, "blas")
      .gemm(1.0f, window, core::Transpose::no, references.view(), core::Transpose::yes, 0.0f,
            correlation.view());
  core::Buffer<double> place(ctx, window.rows);
  core::need(ctx.queue().ops().preprocess, "preprocess")
      .peaks(correlation.view(), {core::PeakRule::Refine::parabola, 0, lags, 0}, place.span());
  std::vector<double> found = place.to_host();
  for (double& one : found) one -= double(most);
  return found;
}

}  // namespace whiteline::align
