// Preparing spectra, one a row. Elements are computed in float64 and rounded once; formulas, and
// with them all bits, are those of kernels/formulas/{background,background_likelihood,resample,
// spikes,peaks}.hpp on every device.
#pragma once

#include <cstdint>

#include <whiteline/matrix.hpp>

#include "core/buffer.hpp"

namespace whiteline::core {

// A uniform axis: channel i lies at offset + i * dispersion, in eV.
struct AxisPoints {
  double offset, dispersion;
};

enum class BackgroundCurve : std::int32_t { power_law, exponential };
enum class BackgroundMethod : std::int32_t {
  two_area,
  log_least_squares,
  two_area_closed,
  likelihood
};

// A E^-r or A exp(-r E) is fitted to channels [begin, end) of spectra on `axis`. At least 2
// channels; for a power law all energies of the spectra, and the window's lower edge, are above 0.
struct BackgroundWindow {
  AxisPoints axis;
  std::int64_t begin, end;
  BackgroundMethod method;
  BackgroundCurve curve = BackgroundCurve::power_law;
  std::int64_t zero_before = 0;  // channels of `in` before this one become 0
};

// Curves fitted by linear least squares to channels [begin, end): coefficient k of a row is the
// lane_sum of projections[k, i] * counts[begin + i].
struct LinearFit {
  std::int64_t begin, end, terms;
  DeviceSpan<const double> projections;  // terms x (end - begin)
  DeviceSpan<const double> curves;       // terms x channels of `in`
  std::int64_t zero_before = 0;
};

// What a row is divided by: factor * value, or factor * sqrt(value).
struct RowDivisor {
  bool square_root = false;
  double factor = 1.0;  // > 0
};

// Rows are the pixels of a height x width image, row by row; sums over y x x pixels and `channels`
// channels. Incomplete blocks at the ends are left out.
struct RebinBlock {
  std::int64_t height, width;
  std::int64_t y = 1, x = 1, channels = 1;
};

// A channel is a spike where it lies more than threshold robust standard deviations above the
// median of the channels within half_window of it (formulas/spikes.hpp).
struct SpikeRule {
  int half_window;   // 1 .. formulas::largest_half_window
  double threshold;  // > 0
};

// Where a row is largest in columns [begin, end), in columns of the matrix (formulas/peaks.hpp).
struct PeakRule {
  enum class Refine : std::int32_t { parabola, centroid } refine;
  std::int64_t begin, end;  // at least 1 column
  std::int64_t half_width;  // of the centroid, columns
};

class WHITELINE_EXPORT PreprocessOps {
 public:
  virtual ~PreprocessOps() = default;

  // out[r, j] = in[r, first + j] minus the law fitted to row r of `in`; parameters[2 r] = A,
  // parameters[2 r + 1] = r, both 0 where there is no fit, and then the counts stay. `out` is
  // other memory, or exactly those columns of `in`. Reads the window and the columns wanted.
  virtual void subtract_background(ConstMatrixView in, const BackgroundWindow& window,
                                   std::int64_t first, MatrixView out,
                                   DeviceSpan<double> parameters) = 0;

  // out[r, j] = in[r, first + j] minus the sum of coefficient k times curves[k, first + j], terms
  // in ascending order; coefficients[r * terms + k]. `out` as above.
  virtual void subtract_curves(ConstMatrixView in, const LinearFit& fit, std::int64_t first,
                               MatrixView out, DeviceSpan<double> coefficients) = 0;

  // out[r, j] = in[r, j] * formulas::row_scale(values[r], divisor); a row whose divisor is not > 0
  // becomes 0. Same shapes; `out` is other memory, or exactly `in`. One read, one write.
  virtual void divide_rows(ConstMatrixView in, DeviceSpan<const double> values, RowDivisor divisor,
                           MatrixView out) = 0;

  // out[r, j] = row r of `in` (on axis `from`, in.cols >= 1), interpolated linearly at channel j of
  // `to`; outside the first and last channel, their values. One read of `in`, one write of `out`.
  virtual void resample(ConstMatrixView in, AxisPoints from, MatrixView out, AxisPoints to) = 0;

  // out[r, j] = counts of row r of `in` (on axis `from`, in.cols >= 1) that fall into channel j of
  // `to`, were those of a channel spread evenly over it: sums stay. Outside `in` there are none.
  virtual void resample_counts(ConstMatrixView in, AxisPoints from, MatrixView out,
                               AxisPoints to) = 0;

  // Sums of blocks: each channel over the pixels in ascending order, these sums over the channels
  // in ascending order. out has (height / y) * (width / x) rows, in.cols / channels columns. One
  // read of `in`.
  virtual void rebin(ConstMatrixView in, const RebinBlock& block, MatrixView out) = 0;

  // out = in with spikes replaced by their local medians; count[r] of row r. `out` is other memory.
  virtual void remove_spikes(ConstMatrixView in, const SpikeRule& rule, MatrixView out,
                             DeviceSpan<std::int32_t> count) = 0;

  // position[r], between columns. No NaN in `in`.
  virtual void peaks(ConstMatrixView in, const PeakRule& rule, DeviceSpan<double> position) = 0;

  // out[r, j] = row r of `in` (in.cols >= 1), interpolated linearly at column j - shift[r]; outside
  // the first and last column, their values. Same shapes. No shift is NaN. One read, one write.
  virtual void shift_rows(ConstMatrixView in, DeviceSpan<const double> shift, MatrixView out) = 0;

  // out[r, j] = (in[r, j] * row_scale[r]) * column_scale[j] - centre[j]; a factor or centre whose
  // span is empty is 1 or 0. Same shapes; `out` is other memory, or exactly `in`.
  virtual void standardise(ConstMatrixView in, DeviceSpan<const double> row_scale,
                           DeviceSpan<const double> column_scale, DeviceSpan<const double> centre,
                           MatrixView out) = 0;
};

}  // namespace whiteline::core
