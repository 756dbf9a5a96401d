#include <fmt/format.h>
#include <whiteline/pca.hpp>

#include <algorithm>
#include <cmath>

#include "algorithms/pca/decompose.hpp"
#include "algorithms/preprocess/upload.hpp"
#include "core/ops/ops.hpp"

namespace whiteline {

namespace {

void check(const HostView& spectra, const PcaParams& params) {
  const std::int64_t most = std::min(spectra.rows, spectra.cols);
  if (most < 1)
    throw InvalidArgument(
        fmt::format("cannot find components of {} spectra of {} channels (at least one of each is "
                    "needed) give some",
                    spectra.rows, spectra.cols));
  if (params.components < 1 || params.components > most)
    throw InvalidArgument(fmt::format(
        "cannot find {} components of {} spectra of {} channels (1 to {} are possible) ask for "
        "another number",
        params.components, spectra.rows, spectra.cols, most));
  if (params.oversampling < 0 || params.iterations < 0 || params.iterations > 1000)
    throw InvalidArgument(
        fmt::format("cannot find components with {} more directions and {} iterations (from 0, at "
                    "most 1000 iterations) leave the defaults",
                    params.oversampling, params.iterations));
}

// 1 / sqrt(sum); `without_counts` where the sum is 0. Throws for sums below 0.
std::vector<double> inverse_roots(const std::vector<double>& sums, const char* what,
                                  double without_counts) {
  std::vector<double> scale;
  for (const double sum : sums) {
    if (!(sum >= 0.0))
      throw InvalidArgument(fmt::format(
          "cannot weight {} {} as Poisson counts (they add up to {:.6g}) give raw counts "
          "or no weighting",
          what, scale.size(), sum));
    scale.push_back(sum > 0.0 ? 1.0 / std::sqrt(sum) : without_counts);
  }
  return scale;
}

class Weighted {
 public:
  Weighted(const Context& ctx, const HostView& spectra, Pca& found)
      : ctx_(ctx), found_(found), x_(preprocess::upload(ctx, spectra, {0, spectra.cols})) {
    found.weights.assign(std::size_t(spectra.cols), 1.0f);
    found.centre.assign(std::size_t(spectra.cols), 0.0f);
  }

  // Rows and columns divided by the roots of their sums.
  void divide_by_noise() {
    core::Buffer<double> row_sums(ctx_, x_.rows());
    reduce().rows(core::ReduceOps::RowValue::sum, x_.view(), row_sums.span());
    std::vector<double> columns = means();
    for (double& column : columns) column *= double(x_.rows());
    found_.row_weights = inverse_roots(row_sums.to_host(), "spectrum", 0.0);
    columns = inverse_roots(columns, "channel", 1.0);
    found_.weights.assign(columns.begin(), columns.end());
    const core::Buffer<double> by_row(ctx_, found_.row_weights),
        by_column(ctx_, std::vector<double>(found_.weights.begin(), found_.weights.end()));
    ops().standardise(x_.view(), by_row.span(), by_column.span(), {}, x_.view());
  }

  void subtract_mean() {
    const std::vector<double> mean = means();
    found_.centre.assign(mean.begin(), mean.end());
    const core::Buffer<double> centre(
        ctx_, std::vector<double>(found_.centre.begin(), found_.centre.end()));
    ops().standardise(x_.view(), {}, {}, centre.span(), x_.view());
  }

  double mean_square_norm() const {
    core::Buffer<double> moments(ctx_, 2);
    reduce().moments(x_.view(), 0.0, moments.span());
    return moments.to_host()[1] / double(x_.rows());
  }

  const Matrix& spectra() const { return x_; }

 private:
  std::vector<double> means() const {
    core::Buffer<double> mean(ctx_, x_.cols());
    reduce().column_means(x_.view(), mean.span());
    return mean.to_host();
  }
  core::ReduceOps& reduce() const { return core::need(ctx_.queue().ops().reduce, "reduce"); }
  core::PreprocessOps& ops() const {
    return core::need(ctx_.queue().ops().preprocess, "preprocess");
  }

  const Context& ctx_;
  Pca& found_;
  Matrix x_;
};

}  // namespace

std::string_view name(PcaParams::Method method) {
  return method == PcaParams::Method::covariance ? "covariance" : "randomised";
}

Pca pca(const Context& ctx, const HostView& spectra, const PcaParams& params) {
  check(spectra, params);
  Pca found;
  found.rows = spectra.rows;
  found.channels = spectra.cols;
  found.components = params.components;
  Weighted weighted(ctx, spectra, found);
  if (params.weighting == PcaParams::Weighting::poisson) weighted.divide_by_noise();
  if (params.centre == PcaParams::Centre::mean) weighted.subtract_mean();
  const Matrix& x = weighted.spectra();
  pca_detail::Decomposition made = params.method == PcaParams::Method::covariance
                                       ? pca_detail::by_covariance(ctx, x.view(), params)
                                       : pca_detail::by_random_directions(ctx, x.view(), params);
  found.variance = std::move(made.variance);
  found.loadings = std::move(made.loadings);
  found.total_variance = weighted.mean_square_norm();
  const Matrix loadings =
      Matrix::from_host(ctx, HostView(found.loadings.data(), found.components, found.channels));
  Matrix scores(ctx, found.rows, found.components);
  core::need(ctx.queue().ops().blas, "blas")
      .gemm(1.0f, x.view(), core::Transpose::no, loadings.view(), core::Transpose::yes, 0.0f,
            scores.view());
  found.scores.resize(std::size_t(found.rows * found.components));
  scores.copy_to(found.scores);
  return found;
}

}  // namespace whiteline
