// Which spectra hold a signal, for images that memory does not hold at once: the parts of
// signal_mask().
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include <whiteline/matrix.hpp>

namespace whiteline {

// The sum of each row's counts, made float32 and added up in double from the first channel on.
// Throws InvalidArgument where a count is NaN or infinite; it calls row r pixel first_pixel + r.
WHITELINE_EXPORT void sums_of_counts(const HostView& spectra, std::int64_t first_pixel,
                                     std::span<double> sums);

// The least sum of a spectrum with signal: `threshold`, in (0, 1), times the 99th percentile of all
// sums; infinity where that is not above 0. `visit_all` calls its argument with all `count` sums in
// any pieces and any order, the same each time; it is itself called a few times, so that sums can
// be read from a file. Throws InvalidArgument for another threshold.
using SumVisitor = std::function<void(std::span<const double>)>;
WHITELINE_EXPORT double signal_level(const std::function<void(const SumVisitor&)>& visit_all,
                                     std::int64_t count, double threshold);

}  // namespace whiteline
