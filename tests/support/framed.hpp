// Device tables that lie between sentinels, which must stay untouched; their row stride is larger
// than their columns.
#pragma once

#include <gtest/gtest.h>
#include <whiteline/matrix.hpp>

#include <cstdint>
#include <vector>

namespace whiteline::test {

constexpr std::int64_t margin = 3;  // sentinel columns on both sides, and one row above and below
constexpr float sentinel = -12345.0f;

inline std::size_t at(std::int64_t index) { return static_cast<std::size_t>(index); }

struct Table {
  std::int64_t rows = 0, cols = 0;
  std::vector<float> values;

  Table(std::int64_t rows, std::int64_t cols, float value = 0.0f)
      : rows(rows), cols(cols), values(at(rows * cols), value) {}
  float& operator()(std::int64_t r, std::int64_t c) { return values[at(r * cols + c)]; }
  float operator()(std::int64_t r, std::int64_t c) const { return values[at(r * cols + c)]; }
  std::vector<float> row(std::int64_t r) const {
    return {values.begin() + r * cols, values.begin() + (r + 1) * cols};
  }
};

// A table on the device with sentinels around it, which take() finds untouched.
class Framed {
 public:
  Framed(const Context& ctx, const Table& inside) : rows_(inside.rows), cols_(inside.cols) {
    Table all(rows_ + 2, cols_ + 2 * margin, sentinel);
    for (std::int64_t r = 0; r < rows_; ++r)
      for (std::int64_t c = 0; c < cols_; ++c) all(r + 1, c + margin) = inside(r, c);
    matrix_ = Matrix::from_host(ctx, HostView(all.values.data(), all.rows, all.cols));
  }
  MatrixView view() { return matrix_.view().some_rows(1, rows_).some_cols(margin, cols_); }

  Table take() const {
    Table all(rows_ + 2, cols_ + 2 * margin), inside(rows_, cols_);
    matrix_.copy_to(all.values);
    for (std::int64_t r = 0; r < all.rows; ++r)
      for (std::int64_t c = 0; c < all.cols; ++c) {
        const bool within = r >= 1 && r <= rows_ && c >= margin && c < margin + cols_;
        if (within)
          inside(r - 1, c - margin) = all(r, c);
        else
          EXPECT_EQ(all(r, c), sentinel) << "sentinel at row " << r << ", column " << c;
      }
    return inside;
  }

 private:
  std::int64_t rows_, cols_;
  Matrix matrix_;
};

}  // namespace whiteline::test
