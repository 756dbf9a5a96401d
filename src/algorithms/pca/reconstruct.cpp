#include <fmt/format.h>
#include <whiteline/pca.hpp>

#include <algorithm>
#include <cmath>

#include "core/buffer.hpp"
#include "core/ops/ops.hpp"
#include "core/to_host.hpp"

namespace whiteline {

namespace {

void check_components(const Pca& found, std::int64_t components) {
  if (components < 1 || components > found.components)
    throw InvalidArgument(
        fmt::format("cannot use {} components (1 to {} were computed) ask for another number",
                    components, found.components));
}

}  // namespace

std::vector<float> reconstruct(const Context& ctx, const Pca& found, std::int64_t components) {
  check_components(found, components);
  core::PreprocessOps& ops = core::need(ctx.queue().ops().preprocess, "preprocess");
  const Matrix scores = Matrix::from_host(
      ctx, HostView(found.scores.data(), found.rows, components, found.components));
  const Matrix loadings =
      Matrix::from_host(ctx, HostView(found.loadings.data(), components, found.channels));
  Matrix spectra(ctx, found.rows, found.channels);
  core::need(ctx.queue().ops().blas, "blas")
      .gemm(1.0f, scores.view(), core::Transpose::no, loadings.view(), core::Transpose::no, 0.0f,
            spectra.view());
  std::vector<double> to_counts, offset, by_row;
  for (std::size_t c = 0; c < found.weights.size(); ++c) {
    to_counts.push_back(1.0 / double(found.weights[c]));
    offset.push_back(-double(found.centre[c]));
  }
  for (const double weight : found.row_weights) by_row.push_back(weight > 0.0 ? 1.0 / weight : 0.0);
  const core::Buffer<double> offsets(ctx, offset), columns(ctx, to_counts), rows(ctx, by_row);
  ops.standardise(spectra.view(), {}, {}, offsets.span(), spectra.view());
  ops.standardise(spectra.view(), rows.span(), columns.span(), {}, spectra.view());
  return core::to_host(spectra);
}

PcaFilter pca_filter(const Pca& found, std::int64_t components) {
  check_components(found, components);
  const bool centred = std::any_of(found.centre.begin(), found.centre.end(),
                                   [](float value) { return value != 0.0f; });
  if (centred && !found.row_weights.empty())
    throw InvalidArgument(
        "cannot make a filter of Poisson-weighted components with a centre (each spectrum's weight "
        "would change it) decompose without a centre or without weights");
  return {found.weights,
          found.centre,
          {found.loadings.begin(), found.loadings.begin() + components * found.channels}};
}

}  // namespace whiteline
