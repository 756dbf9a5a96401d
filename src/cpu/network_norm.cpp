#include <algorithm>
#include <cassert>
#include <cmath>

#include "cpu/network.hpp"

namespace whiteline::cpu {

namespace {

using formulas::inverse_deviation;

// The numbers of one chunk's rows, at most RowChunks::size.
struct RowNumbers {
  float mean[256], inverse[256], gradient[256], product[256];
};

// Statistics of features as float32, one after the other in `to`.
NormTerms column_terms(const core::Norm& norm, const double* statistics, std::int64_t columns,
                       float* to) {
  std::copy_n(statistics, 2 * columns, to);
  return {false, to, to + columns, norm.gamma.data, norm.beta.data};
}

// One backward pass, chunk by chunk.
struct NormBackward {
  const NetworkKernels& kernels;
  const core::Norm& norm;
  ConstMatrixView x, y, dy;
  MatrixView dz;
  RowChunks chunks;
  ColumnSums &sums, &bias_sums;

  // The gradient with respect to gamma h + beta.
  ConstMatrixView scaled_gradient() const {
    return norm.after == Activation::linear ? dy : ConstMatrixView(dz);
  }
  void take_sums(std::int64_t chunk, const NormTerms& terms) {
    if (norm.after != Activation::linear)
      kernels.activation_backward(norm.after, chunks.of(y, chunk), chunks.of(dy, chunk),
                                  chunks.of(dz, chunk), nullptr);
    kernels.norm_sums(terms, chunks.of(x, chunk), chunks.of(scaled_gradient(), chunk),
                      sums.of(chunk, 0), sums.of(chunk, 1));
  }
  void finish(std::int64_t chunk, const NormTerms& terms, const float* means,
              const float* products) {
    kernels.norm_backward(terms, means, products, norm.before, chunks.of(x, chunk),
                          chunks.of(scaled_gradient(), chunk), chunks.of(dz, chunk),
                          bias_sums.of(chunk, 0));
  }
  void layer(std::int64_t chunk) {
    const std::int64_t first = chunk * chunks.size;
    const std::int64_t count = std::min(chunks.size, x.rows - first);
    RowNumbers rows;
    std::copy_n(norm.saved.data + first, count, rows.mean);
    std::copy_n(norm.saved.data + x.rows + first, count, rows.inverse);
    const NormTerms terms{true, rows.mean, rows.inverse, norm.gamma.data, nullptr};
    take_sums(chunk, terms);
    kernels.norm_row_means(terms, chunks.of(x, chunk), chunks.of(scaled_gradient(), chunk),
                           rows.gradient, rows.product);
    finish(chunk, terms, rows.gradient, rows.product);
  }
};

}  // namespace

void CpuNetwork::batch_statistics(ConstMatrixView x, core::DeviceSpan<double> saved,
                                  MatrixView moving,
                                  core::DeviceSpan<const core::TrainingState> state) {
  const RowChunks chunks(x.rows);
  ColumnSums sums(sums_, chunks.count(), 2, x.cols);
  each_chunk(x, chunks, [&](std::int64_t chunk) {
    kernels_.column_moments(chunks.of(x, chunk), sums.of(chunk, 0), sums.of(chunk, 1));
  });
  sums.add_up();
  for (std::int64_t c = 0; c < x.cols; ++c) {
    const formulas::Moments batch =
        formulas::moments(sums.of(0, 0)[c], sums.of(0, 1)[c], double(x.rows));
    saved.data[c] = batch.mean;
    saved.data[x.cols + c] = inverse_deviation(batch.variance);
    if (moving.data && !(state.data && state.data->diverged)) move_statistics(moving, c, batch);
  }
}

void CpuNetwork::layer_forward(ConstMatrixView x, const core::Norm& norm, core::Pass pass,
                               MatrixView y) {
  const RowChunks chunks(x.rows);
  each_chunk(x, chunks, [&](std::int64_t chunk) {
    const ConstMatrixView rows = chunks.of(x, chunk);
    RowNumbers numbers;
    for (std::int64_t r = 0; r < rows.rows; ++r) {
      const float* const row = rows.data + r * rows.stride;
      const double mean = vectors_.row_sum(RowSum::values, row, x.cols) / double(x.cols);
      const double inverse =
          inverse_deviation(vectors_.squared_differences(row, x.cols, mean) / double(x.cols));
      numbers.mean[r] = float(mean);
      numbers.inverse[r] = float(inverse);
      if (pass == core::Pass::inference) continue;
      norm.saved.data[chunk * chunks.size + r] = mean;
      norm.saved.data[x.rows + chunk * chunks.size + r] = inverse;
    }
    kernels_.normalise({true, numbers.mean, numbers.inverse, norm.gamma.data, norm.beta.data}, rows,
                       norm.after, chunks.of(y, chunk));
  });
}

void CpuNetwork::norm_forward(ConstMatrixView x, const core::Norm& norm, core::Pass pass,
                              MatrixView moving, core::DeviceSpan<const core::TrainingState> state,
                              MatrixView y) {
  if (x.rows == 0 || x.cols == 0) return;
  if (norm.kind == core::NormKind::layer) return layer_forward(x, norm, pass, y);
  const double* statistics = norm.saved.data;
  if (pass == core::Pass::training) {
    batch_statistics(x, norm.saved, moving, state);
  } else {
    double* const kept = sums_.at_least(2 * x.cols);
    for (std::int64_t c = 0; c < x.cols; ++c) {
      kept[c] = double(moving.data[c]);
      kept[x.cols + c] = inverse_deviation(double(moving.data[moving.stride + c]));
    }
    statistics = kept;
  }
  const NormTerms terms = column_terms(norm, statistics, x.cols, columns_.at_least(2 * x.cols));
  const RowChunks chunks(x.rows);
  each_chunk(x, chunks, [&](std::int64_t chunk) {
    kernels_.normalise(terms, chunks.of(x, chunk), norm.after, chunks.of(y, chunk));
  });
}

void CpuNetwork::norm_backward(ConstMatrixView x, ConstMatrixView y, const core::Norm& norm,
                               const core::NormParameters& parameters, const core::Descent& descent,
                               ConstMatrixView dy, MatrixView dz) {
  if (x.rows == 0 || x.cols == 0) return;
  const RowChunks chunks(x.rows);
  ColumnSums sums(sums_, chunks.count(), 2, x.cols);  // for beta and gamma
  ColumnSums bias_sums(bias_sums_, chunks.count(), 1, x.cols);
  NormBackward pass{kernels_, norm, x, y, dy, dz, chunks, sums, bias_sums};
  if (norm.kind == core::NormKind::layer) {
    each_chunk(x, chunks, [&](std::int64_t chunk) { pass.layer(chunk); });
    sums.add_up();
  } else {
    float* const numbers = columns_.at_least(4 * x.cols);
    const NormTerms terms = column_terms(norm, norm.saved.data, x.cols, numbers);
    float *const means = numbers + 2 * x.cols, *const products = numbers + 3 * x.cols;
    each_chunk(x, chunks, [&](std::int64_t chunk) { pass.take_sums(chunk, terms); });
    sums.add_up();
    for (std::int64_t c = 0; c < x.cols; ++c) {
      const double scale = double(norm.gamma.data[c]) / double(x.rows);
      means[c] = float(scale * sums.of(0, 0)[c]);
      products[c] = float(scale * sums.of(0, 1)[c]);
    }
    each_chunk(x, chunks, [&](std::int64_t chunk) { pass.finish(chunk, terms, means, products); });
  }
  bias_sums.add_up();
  follow(sums.of(0, 0), parameters.beta, descent);
  follow(sums.of(0, 1), parameters.gamma, descent);
  if (parameters.bias.values.data) follow(bias_sums.of(0, 0), parameters.bias, descent);
}

}  // namespace whiteline::cpu
