#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "cpu/cpu_backend.hpp"
#include "cpu/vector_kernels.hpp"
#include "formulas/calibration.hpp"
#include "formulas/sum.hpp"

namespace whiteline::cpu {

namespace {

constexpr std::int64_t tile_floats = 1 << 21;  // of the kernel tile that decide() makes
constexpr std::int64_t row_grain = 32;         // rows a chunk

std::size_t at(std::int64_t index) { return static_cast<std::size_t>(index); }

std::int64_t padded_to(std::int64_t multiple, std::int64_t count) {
  return (count + multiple - 1) / multiple * multiple;
}

// 64-byte aligned floats.
class Tile {
 public:
  Tile(std::int64_t rows, std::int64_t cols)
      : stride_((cols + 15) / 16 * 16), storage_(at(rows * stride_ + 16)) {
    void* start = storage_.data();
    std::size_t space = storage_.size() * sizeof(float);
    data_ = static_cast<float*>(std::align(64, at(rows * stride_) * sizeof(float), start, space));
  }
  MatrixView view(std::int64_t rows, std::int64_t cols) const {
    return {data_, rows, cols, stride_};
  }

 private:
  std::int64_t stride_;
  std::vector<float> storage_;
  float* data_;
};

// Classes' votes of one row of decisions; -1 where one is NaN.
std::int32_t voted_class(const float* decisions, std::int32_t classes) {
  std::int32_t votes[formulas::max_classes] = {};
  std::int64_t pair = 0;
  for (std::int32_t a = 0; a < classes; ++a)
    for (std::int32_t b = a + 1; b < classes; ++b, ++pair) {
      if (std::isnan(decisions[pair])) return -1;
      ++votes[decisions[pair] > 0.0f ? a : b];
    }
  return static_cast<std::int32_t>(std::max_element(votes, votes + classes) - votes);
}

// `pairwise`: room for one number a pair.
void row_probabilities(const float* decisions, std::int32_t classes, const double* sigmoids,
                       std::vector<double>& pairwise, float* probabilities) {
  for (std::size_t p = 0; p < pairwise.size(); ++p)
    pairwise[p] = formulas::clipped_probability(
        formulas::platt_probability(double(decisions[p]), sigmoids[2 * p], sigmoids[2 * p + 1]));
  const auto first = [&](std::int32_t a, std::int32_t b) {
    return pairwise[at(formulas::pair_index(a, b, classes))];
  };
  double p[formulas::max_classes], work[2 * formulas::max_classes];
  formulas::couple(classes, first, p, work);
  std::transform(p, p + classes, probabilities, [](double v) { return static_cast<float>(v); });
}

class CpuSvmPredict final : public core::SvmPredictOps {
 public:
  explicit CpuSvmPredict(core::ThreadPool& pool) : pool_(pool), kernel_(make_kernel_matrix(pool)) {}

  void decide(formulas::KernelConstants function, const core::PreparedRows& x,
              const core::PreparedRows& support, core::DeviceSpan<const double> coefficients,
              core::DeviceSpan<const double> rho, MatrixView decisions) override {
    const std::int64_t n = support.rows.rows, pairs = rho.size;
    if (x.rows.rows == 0 || pairs == 0) return;
    const std::int64_t padded = padded_to(VectorKernels::pair_group, pairs);
    std::vector<double> by_support(at(n * padded), 0.0);  // [j][p]
    for (std::int64_t p = 0; p < pairs; ++p)
      for (std::int64_t j = 0; j < n; ++j)
        by_support[at(j * padded + p)] = coefficients.data[p * n + j];
    const std::int64_t rows_at_once =
        std::clamp<std::int64_t>(tile_floats / std::max<std::int64_t>(n, 1), 1, x.rows.rows);
    const Tile tile(rows_at_once, n);
    for (std::int64_t begin = 0; begin < x.rows.rows; begin += rows_at_once) {
      const std::int64_t count = std::min(rows_at_once, x.rows.rows - begin);
      const core::PreparedRows part{x.rows.some_rows(begin, count),
                                    x.squared_norm.part(begin, count),
                                    x.mean_dot.part(begin, count)};
      const MatrixView kernel = tile.view(count, n);
      if (n > 0) kernel_->kernel(function, part, support, kernel);
      core::parallel_for(pool_, count, row_grain, [&](std::int64_t first, std::int64_t last) {
        std::vector<double> sums(at((last - first) * padded));
        vectors_.weighted_sums(kernel.data + first * kernel.stride, kernel.stride, last - first, n,
                               by_support.data(), padded, sums.data(), padded);
        for (std::int64_t i = first; i < last; ++i) {
          const double* sum = &sums[at((i - first) * padded)];
          float* out = decisions.data + (begin + i) * decisions.stride;
          for (std::int64_t p = 0; p < pairs; ++p)
            out[p] = static_cast<float>(sum[p] - rho.data[p]);
        }
      });
    }
  }

  void decide_primal(ConstMatrixView x, ConstMatrixView weights, core::DeviceSpan<const double> rho,
                     bool cosine, MatrixView decisions) override {
    const std::int64_t pairs = rho.size, padded = padded_to(formulas::sum_lanes, x.cols);
    std::vector<double> wide(at(pairs * padded), 0.0);
    for (std::int64_t p = 0; p < pairs; ++p)
      std::copy_n(weights.data + p * weights.stride, x.cols, &wide[at(p * padded)]);
    core::parallel_for(pool_, x.rows, row_grain, [&](std::int64_t first, std::int64_t last) {
      std::vector<double> dots(at((last - first) * pairs));
      vectors_.row_dots(x.data + first * x.stride, x.stride, last - first, x.cols, wide.data(),
                        padded, pairs, dots.data(), pairs);
      for (std::int64_t i = first; i < last; ++i) {
        const float* row = x.data + i * x.stride;
        const double scale =
            cosine ? formulas::inverse_norm(vectors_.row_sum(RowSum::squares, row, x.cols)) : 1.0;
        const double* dot = &dots[at((i - first) * pairs)];
        float* out = decisions.data + i * decisions.stride;
        for (std::int64_t p = 0; p < pairs; ++p)
          out[p] = static_cast<float>(dot[p] * scale - rho.data[p]);
      }
    });
  }

  void vote_and_couple(ConstMatrixView decisions, std::int32_t classes,
                       core::DeviceSpan<const double> sigmoids,
                       core::DeviceSpan<std::int32_t> labels, MatrixView probabilities) override {
    core::parallel_for(pool_, decisions.rows, row_grain,
                       [&](std::int64_t first, std::int64_t last) {
                         std::vector<double> pairwise(at(decisions.cols));
                         for (std::int64_t i = first; i < last; ++i) {
                           const float* row = decisions.data + i * decisions.stride;
                           const std::int32_t label = voted_class(row, classes);
                           labels.data[i] = label;
                           if (sigmoids.size == 0) continue;
                           float* out = probabilities.data + i * probabilities.stride;
                           if (label < 0)
                             std::fill_n(out, classes, std::numeric_limits<float>::quiet_NaN());
                           else
                             row_probabilities(row, classes, sigmoids.data, pairwise, out);
                         }
                       });
  }

 private:
  core::ThreadPool& pool_;
  const VectorKernels& vectors_ = vector_kernels();
  std::unique_ptr<core::KernelMatrixOps> kernel_;
};

}  // namespace

std::unique_ptr<core::SvmPredictOps> make_svm_predict(core::ThreadPool& pool) {
  return std::make_unique<CpuSvmPredict>(pool);
}

}  // namespace whiteline::cpu
