#include "preprocess.cuh"

#include <algorithm>

#include "cuda/cuda_backend.hpp"
#include "cuda/tables.cuh"

namespace whiteline::cuda {

namespace {

class CudaPreprocess final : public core::PreprocessOps {
 public:
  explicit CudaPreprocess(CudaQueue& queue) : queue_(queue) {}

  void subtract_power_law(ConstMatrixView in, const core::BackgroundWindow& window,
                          std::int64_t first, MatrixView out,
                          core::DeviceSpan<double> parameters) override {
    const auto law_window = formulas::power_law_window(window.axis.offset, window.axis.dispersion,
                                                       in.cols, window.begin, window.end);
    const Scratch<double> u(queue_, in.cols);
    launch(queue_, {blocks_for(in.cols, kernels::preprocess_threads), kernels::preprocess_threads},
           kernels::channel_abscissae, law_window, in.cols, u.data());
    launch(queue_, row_grid(in.rows), kernels::subtract_power_law,
           {table(in), law_window, window.method == core::BackgroundMethod::two_area, u.data(),
            first, table(out), parameters.data});
  }

  void divide_rows(ConstMatrixView in, core::DeviceSpan<const double> values,
                   core::RowDivisor divisor, MatrixView out) override {
    launch(queue_, row_grid(in.rows), kernels::divide_rows, table(in), values.data,
           divisor.square_root, divisor.factor, table(out));
  }

  void resample(ConstMatrixView in, core::AxisPoints from, MatrixView out,
                core::AxisPoints to) override {
    const unsigned columns = blocks_for(out.cols, kernels::resample_threads);
    const auto rows =
        unsigned(std::min<std::int64_t>(blocks_for(out.rows, kernels::resample_rows), most_grid_y));
    launch(queue_, {{columns, rows}, kernels::resample_threads}, kernels::resample, table(in),
           from.offset, from.dispersion, table(out), to.offset, to.dispersion);
  }

 private:
  static Grid row_grid(std::int64_t rows) {
    return row_lane_grid(rows, kernels::preprocess_threads);
  }

  CudaQueue& queue_;
};

}  // namespace

std::unique_ptr<core::PreprocessOps> make_preprocess(CudaQueue& queue) {
  return std::make_unique<CudaPreprocess>(queue);
}

}  // namespace whiteline::cuda
