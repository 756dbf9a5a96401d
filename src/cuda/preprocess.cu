#include "background.cuh"
#include "preprocess.cuh"
#include "spikes.cuh"

#include <algorithm>

#include "cuda/cuda_backend.hpp"
#include "cuda/tables.cuh"

namespace whiteline::cuda {

namespace {

class CudaPreprocess final : public core::PreprocessOps {
 public:
  explicit CudaPreprocess(CudaQueue& queue) : queue_(queue) {}

  void subtract_background(ConstMatrixView in, const core::BackgroundWindow& window,
                           std::int64_t first, MatrixView out,
                           core::DeviceSpan<double> parameters) override {
    const auto fitted = formulas::background_window(
        window.curve == core::BackgroundCurve::power_law,
        window.method == core::BackgroundMethod::two_area_closed, window.axis.offset,
        window.axis.dispersion, in.cols, window.begin, window.end);
    const Scratch<double> u(queue_, in.cols);
    launch(queue_, {blocks_for(in.cols, kernels::preprocess_threads), kernels::preprocess_threads},
           kernels::channel_abscissae, fitted, in.cols, u.data());
    launch(queue_, row_grid(in.rows), kernels::subtract_background,
           {table(in), fitted, fitting(window.method), window.zero_before, u.data(), first,
            table(out), parameters.data});
  }

  void subtract_curves(ConstMatrixView in, const core::LinearFit& fit, std::int64_t first,
                       MatrixView out, core::DeviceSpan<double> coefficients) override {
    launch(queue_, row_grid(in.rows), kernels::subtract_curves,
           {table(in), fit.begin, fit.end, fit.terms, fit.projections.data, fit.curves.data,
            fit.zero_before, first, table(out), coefficients.data});
  }

  void divide_rows(ConstMatrixView in, core::DeviceSpan<const double> values,
                   core::RowDivisor divisor, MatrixView out) override {
    launch(queue_, row_grid(in.rows), kernels::divide_rows, table(in), values.data,
           divisor.square_root, divisor.factor, table(out));
  }

  void resample(ConstMatrixView in, core::AxisPoints from, MatrixView out,
                core::AxisPoints to) override {
    launch(queue_, column_grid(out), kernels::resample, table(in), from.offset, from.dispersion,
           table(out), to.offset, to.dispersion);
  }

  void resample_counts(ConstMatrixView in, core::AxisPoints from, MatrixView out,
                       core::AxisPoints to) override {
    launch(queue_, column_grid(out), kernels::resample_counts, table(in), from.offset,
           from.dispersion, table(out), to.offset, to.dispersion);
  }

  void rebin(ConstMatrixView in, const core::RebinBlock& block, MatrixView out) override {
    launch(queue_, column_grid(out), kernels::rebin, table(in), block.width, block.y, block.x,
           block.channels, table(out));
  }

  void remove_spikes(ConstMatrixView in, const core::SpikeRule& rule, MatrixView out,
                     core::DeviceSpan<std::int32_t> count) override {
    const std::int64_t size = in.rows * in.cols;
    const Scratch<float> medians(queue_, size), local(queue_, size), distances(queue_, size);
    const auto whole = [&](const Scratch<float>& scratch) {
      return kernels::Table<float>{scratch.data(), in.rows, in.cols, in.cols};
    };
    const auto read = [&](const Scratch<float>& scratch) {
      return kernels::Table<const float>{scratch.data(), in.rows, in.cols, in.cols};
    };
    const auto rows = unsigned(std::min(in.rows, most_grid_y));
    launch(queue_,
           {{blocks_for(in.cols, kernels::resample_threads), rows}, kernels::resample_threads},
           kernels::local_medians, table(in), rule.half_window, whole(medians), whole(local),
           whole(distances));
    launch(queue_, row_grid(in.rows), kernels::replace_spikes, table(in), rule.threshold,
           read(medians), read(local), read(distances), table(out), count.data);
  }

  void peaks(ConstMatrixView in, const core::PeakRule& rule,
             core::DeviceSpan<double> position) override {
    launch(queue_, {blocks_for(in.rows, kernels::preprocess_threads), kernels::preprocess_threads},
           kernels::peaks, table(in), rule.refine == core::PeakRule::Refine::parabola, rule.begin,
           rule.end, rule.half_width, position.data);
  }

  void shift_rows(ConstMatrixView in, core::DeviceSpan<const double> shift,
                  MatrixView out) override {
    launch(queue_, row_grid(in.rows), kernels::shift_rows, table(in), shift.data, table(out));
  }

  void standardise(ConstMatrixView in, core::DeviceSpan<const double> row_scale,
                   core::DeviceSpan<const double> column_scale,
                   core::DeviceSpan<const double> centre, MatrixView out) override {
    launch(queue_, row_grid(in.rows), kernels::standardise, table(in), row_scale.data,
           column_scale.data, centre.data, table(out));
  }

 private:
  static kernels::BackgroundFitting fitting(core::BackgroundMethod method) {
    using Method = core::BackgroundMethod;
    using Fitting = kernels::BackgroundFitting;
    if (method == Method::two_area) return Fitting::two_area;
    if (method == Method::two_area_closed) return Fitting::two_area_closed;
    return method == Method::likelihood ? Fitting::likelihood : Fitting::log_line;
  }

  // A thread a column of `out`, some rows a block.
  static Grid column_grid(MatrixView out) {
    const unsigned columns = blocks_for(out.cols, kernels::resample_threads);
    const auto rows =
        unsigned(std::min<std::int64_t>(blocks_for(out.rows, kernels::resample_rows), most_grid_y));
    return {{columns, rows}, kernels::resample_threads};
  }

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
