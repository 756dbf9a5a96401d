// Spectra with NaN or infinity, found and refused.
#pragma once

#include <whiteline/matrix.hpp>

#include <cstdint>
#include <vector>

namespace whiteline::core {

// The first column of each row that is NaN or infinite, else -1. Waits.
std::vector<std::int32_t> first_non_finite(const Context& ctx, ConstMatrixView x);

// Throws InvalidArgument.
[[noreturn]] void throw_non_finite(std::int64_t row, std::int64_t channel);

// Throws InvalidArgument for the first row that holds NaN or infinity. Waits.
void refuse_non_finite(const Context& ctx, ConstMatrixView x);

}  // namespace whiteline::core
