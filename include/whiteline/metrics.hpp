// How good a labelling is.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <whiteline/error.hpp>

namespace whiteline {

// Share of equal labels among those rows whose truth is not no_label (-1); NaN when there is none.
WHITELINE_EXPORT double accuracy(std::span<const std::int32_t> truth,
                                 std::span<const std::int32_t> predicted);

// counts[t * classes + p]: rows of true class t labelled p, both in 0 .. classes - 1; others are
// left out.
WHITELINE_EXPORT std::vector<std::int64_t> confusion_matrix(std::span<const std::int32_t> truth,
                                                            std::span<const std::int32_t> predicted,
                                                            std::int32_t classes);

}  // namespace whiteline
