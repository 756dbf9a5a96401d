// Rows of a matrix, gathered on its device.
#pragma once

#include <whiteline/matrix.hpp>

#include <cstdint>
#include <span>

namespace whiteline::embedding_metrics {

Matrix some_rows(const Context& ctx, const Matrix& x, std::span<const std::int64_t> rows);

}  // namespace whiteline::embedding_metrics
