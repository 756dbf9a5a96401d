#include "cpu/preprocess.hpp"

#include <algorithm>
#include <vector>

#include "cpu/cpu_backend.hpp"
#include "cpu/row_tasks.hpp"
#include "formulas/peaks.hpp"
#include "formulas/resample.hpp"

namespace whiteline::cpu {

namespace {

struct Scaled {
  const float* counts;
  double scale;
  float operator[](std::int64_t j) const { return formulas::scaled(counts[j], scale); }
};

struct DivideRows {
  ConstMatrixView in;
  const double* values;
  core::RowDivisor divisor;
  MatrixView out;

  [[gnu::always_inline]] inline void rows(std::int64_t begin, std::int64_t end) const {
    for (std::int64_t r = begin; r < end; ++r) {
      const double scale = formulas::row_scale(values[r], divisor.square_root, divisor.factor);
      const float* from = in.data + r * in.stride;
      float* to = out.data + r * out.stride;
      write_columns(in.cols, Scaled{from, scale}, to);
    }
  }
};

struct Resample {
  ConstMatrixView in;
  const formulas::ResamplePoint* points;  // of each channel of `out`
  MatrixView out;

  [[gnu::always_inline]] inline void rows(std::int64_t begin, std::int64_t end) const {
    for (std::int64_t r = begin; r < end; ++r) {
      const float* from = in.data + r * in.stride;
      float* to = out.data + r * out.stride;
      for (std::int64_t j = 0; j < out.cols; ++j)
        to[j] =
            formulas::interpolated(from[points[j].left], from[points[j].right], points[j].fraction);
    }
  }
};

struct ResampleCounts {
  ConstMatrixView in;
  const formulas::ResampleOverlap* overlaps;  // of each channel of `out`
  MatrixView out;

  [[gnu::always_inline]] inline void rows(std::int64_t begin, std::int64_t end) const {
    for (std::int64_t r = begin; r < end; ++r) {
      const float* from = in.data + r * in.stride;
      float* to = out.data + r * out.stride;
      for (std::int64_t j = 0; j < out.cols; ++j)
        to[j] = formulas::counts_within(from, overlaps[j]);
    }
  }
};

// Between two columns of a row, always by the same fraction.
struct Between {
  const float* left;
  double fraction;
  float operator[](std::int64_t j) const {
    return formulas::interpolated(left[j], left[j + 1], fraction);
  }
};

struct ShiftRows {
  ConstMatrixView in;
  const double* shift;
  MatrixView out;

  [[gnu::always_inline]] inline void rows(std::int64_t begin, std::int64_t end) const {
    for (std::int64_t r = begin; r < end; ++r) {
      const float* from = in.data + r * in.stride;
      float* to = out.data + r * out.stride;
      const formulas::RowShift s = formulas::row_shift(shift[r], in.cols);
      std::fill_n(to, s.begin, from[0]);
      const float* left = from + (s.begin - s.whole);
      if (s.fraction > 0.0)
        write_columns(s.end - s.begin, Between{left, s.fraction}, to + s.begin);
      else
        std::copy_n(left, s.end - s.begin, to + s.begin);
      std::fill_n(to + s.end, in.cols - s.end, from[in.cols - 1]);
    }
  }
};

struct Peaks {
  ConstMatrixView in;
  core::PeakRule rule;
  double* position;

  void rows(std::int64_t begin, std::int64_t end) const {
    for (std::int64_t r = begin; r < end; ++r) {
      const float* row = in.data + r * in.stride;
      const std::int64_t top = formulas::highest(row, rule.begin, rule.end);
      position[r] = rule.refine == core::PeakRule::Refine::parabola
                        ? formulas::parabola_position(row, top, in.cols)
                        : formulas::centroid_position(row, top, rule.half_width, in.cols);
    }
  }
};

struct Standardised {
  const float* values;
  double row_scale;
  const double* column_scale;
  const double* centre;
  float operator[](std::int64_t j) const {
    return formulas::standardised(values[j], row_scale, column_scale[j], centre[j]);
  }
};

struct Standardise {
  ConstMatrixView in;
  core::DeviceSpan<const double> row_scale;
  const double* column_scale;
  const double* centre;
  MatrixView out;

  [[gnu::always_inline]] inline void rows(std::int64_t begin, std::int64_t end) const {
    for (std::int64_t r = begin; r < end; ++r)
      write_columns(in.cols,
                    Standardised{in.data + r * in.stride, row_scale.data ? row_scale.data[r] : 1.0,
                                 column_scale, centre},
                    out.data + r * out.stride);
  }
};

class CpuPreprocess final : public core::PreprocessOps {
 public:
  explicit CpuPreprocess(core::ThreadPool& pool) : pool_(pool) {}

  void subtract_background(ConstMatrixView in, const core::BackgroundWindow& window,
                           std::int64_t first, MatrixView out,
                           core::DeviceSpan<double> parameters) override {
    cpu::subtract_background(pool_, in, window, first, out, parameters);
  }

  void subtract_curves(ConstMatrixView in, const core::LinearFit& fit, std::int64_t first,
                       MatrixView out, core::DeviceSpan<double> coefficients) override {
    cpu::subtract_curves(pool_, in, fit, first, out, coefficients);
  }

  void divide_rows(ConstMatrixView in, core::DeviceSpan<const double> values,
                   core::RowDivisor divisor, MatrixView out) override {
    run_rows(pool_, in.rows, DivideRows{in, values.data, divisor, out});
  }

  void resample(ConstMatrixView in, core::AxisPoints from, MatrixView out,
                core::AxisPoints to) override {
    std::vector<formulas::ResamplePoint> points;
    points.reserve(static_cast<std::size_t>(out.cols));
    for (std::int64_t j = 0; j < out.cols; ++j)
      points.push_back(formulas::resample_point(from.offset, from.dispersion, in.cols, to.offset,
                                                to.dispersion, j));
    run_rows(pool_, in.rows, Resample{in, points.data(), out});
  }

  void resample_counts(ConstMatrixView in, core::AxisPoints from, MatrixView out,
                       core::AxisPoints to) override {
    std::vector<formulas::ResampleOverlap> overlaps;
    overlaps.reserve(static_cast<std::size_t>(out.cols));
    for (std::int64_t j = 0; j < out.cols; ++j)
      overlaps.push_back(formulas::resample_overlap(from.offset, from.dispersion, in.cols,
                                                    to.offset, to.dispersion, j));
    run_rows(pool_, in.rows, ResampleCounts{in, overlaps.data(), out});
  }

  void rebin(ConstMatrixView in, const core::RebinBlock& block, MatrixView out) override {
    cpu::rebin(pool_, in, block, out);
  }

  void remove_spikes(ConstMatrixView in, const core::SpikeRule& rule, MatrixView out,
                     core::DeviceSpan<std::int32_t> count) override {
    cpu::remove_spikes(pool_, in, rule, out, count);
  }

  void peaks(ConstMatrixView in, const core::PeakRule& rule,
             core::DeviceSpan<double> position) override {
    const Peaks task{in, rule, position.data};
    core::parallel_for(pool_, in.rows, rows_at_once,
                       [&](std::int64_t begin, std::int64_t end) { task.rows(begin, end); });
  }

  void shift_rows(ConstMatrixView in, core::DeviceSpan<const double> shift,
                  MatrixView out) override {
    run_rows(pool_, in.rows, ShiftRows{in, shift.data, out});
  }

  void standardise(ConstMatrixView in, core::DeviceSpan<const double> row_scale,
                   core::DeviceSpan<const double> column_scale,
                   core::DeviceSpan<const double> centre, MatrixView out) override {
    const auto columns = static_cast<std::size_t>(in.cols);
    const std::vector<double> ones(column_scale.data ? 0 : columns, 1.0),
        zeros(centre.data ? 0 : columns, 0.0);
    run_rows(pool_, in.rows,
             Standardise{in, row_scale, column_scale.data ? column_scale.data : ones.data(),
                         centre.data ? centre.data : zeros.data(), out});
  }

 private:
  core::ThreadPool& pool_;
};

}  // namespace

std::unique_ptr<core::PreprocessOps> make_preprocess(core::ThreadPool& pool) {
  return std::make_unique<CpuPreprocess>(pool);
}

}  // namespace whiteline::cpu
