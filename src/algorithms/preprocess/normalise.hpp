// Spectra divided by their norms.
#pragma once

#include <whiteline/preprocess.hpp>

namespace whiteline::preprocess {

// Row i of `out` = row i of `in` divided by the norm of row i of `window` (0 where that is not
// above 0); `dispersion`, eV a channel, counts for areas only. `kind` is not `none`; out = in is
// fine.
void divide_by_norms(const Context& ctx, Normalise::Kind kind, double dispersion,
                     ConstMatrixView window, ConstMatrixView in, MatrixView out);

}  // namespace whiteline::preprocess
