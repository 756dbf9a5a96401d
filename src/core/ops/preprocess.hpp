// Preparing spectra, one a row. Elements are computed in float64 and rounded once; formulas, and
// with them all bits, are those of kernels/formulas/{background,resample}.hpp on every device.
#pragma once

#include <cstdint>

#include <whiteline/matrix.hpp>

#include "core/buffer.hpp"

namespace whiteline::core {

// A uniform axis: channel i lies at offset + i * dispersion, in eV.
struct AxisPoints {
  double offset, dispersion;
};

enum class BackgroundMethod : std::int32_t { two_area, log_least_squares };

// A power law A E^-r is fitted to channels [begin, end) of spectra on `axis`. At least 2 channels;
// all energies of the spectra, and the window's lower edge, are above 0.
struct BackgroundWindow {
  AxisPoints axis;
  std::int64_t begin, end;
  BackgroundMethod method;
};

// What a row is divided by: factor * value, or factor * sqrt(value).
struct RowDivisor {
  bool square_root = false;
  double factor = 1.0;  // > 0
};

class WHITELINE_EXPORT PreprocessOps {
 public:
  virtual ~PreprocessOps() = default;

  // out[r, j] = in[r, first + j] minus the law fitted to row r of `in`; parameters[2 r] = A,
  // parameters[2 r + 1] = r, both 0 where there is no fit, and then the counts stay. `out` is
  // other memory, or exactly those columns of `in`. Reads the window and the columns wanted.
  virtual void subtract_power_law(ConstMatrixView in, const BackgroundWindow& window,
                                  std::int64_t first, MatrixView out,
                                  DeviceSpan<double> parameters) = 0;

  // out[r, j] = in[r, j] * formulas::row_scale(values[r], divisor); a row whose divisor is not > 0
  // becomes 0. Same shapes; `out` is other memory, or exactly `in`. One read, one write.
  virtual void divide_rows(ConstMatrixView in, DeviceSpan<const double> values, RowDivisor divisor,
                           MatrixView out) = 0;

  // out[r, j] = row r of `in` (on axis `from`, in.cols >= 1), interpolated linearly at channel j of
  // `to`; outside the first and last channel, their values. One read of `in`, one write of `out`.
  virtual void resample(ConstMatrixView in, AxisPoints from, MatrixView out, AxisPoints to) = 0;
};

}  // namespace whiteline::core
