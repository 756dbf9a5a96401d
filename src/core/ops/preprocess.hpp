// Preparing spectra, one a row.
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

class WHITELINE_EXPORT PreprocessOps {
 public:
  virtual ~PreprocessOps() = default;

  // In place: subtracts A E^-r, fitted to channels [begin, end) of each row, from every channel.
  // parameters[2 r] = A, parameters[2 r + 1] = exponent. Formula, order of sums and the rows that
  // have no fit (A = exponent = 0): kernels/formulas/background.hpp. 2 <= end - begin.
  // One read and one write of the rows; arithmetic of the fit in float64.
  virtual void subtract_power_law(MatrixView spectra, AxisPoints axis, std::int64_t begin,
                                  std::int64_t end, BackgroundMethod method,
                                  DeviceSpan<double> parameters) = 0;

  // In place: row r times float(1 / divisor[r]); rows whose divisor is not > 0 become 0.
  virtual void divide_rows(MatrixView spectra, DeviceSpan<const double> divisor) = 0;

  // out[r, j] = linear interpolation of row r of `in` (on axis `from`) at to.offset +
  // j * to.dispersion, position computed in float64; positions up to half a channel outside take
  // the end value. One read of `in`, one write of `out`.
  virtual void resample(ConstMatrixView in, AxisPoints from, MatrixView out, AxisPoints to) = 0;
};

}  // namespace whiteline::core
