// Numbers on the device (Matrix, MatrixView) and numbers on the host (HostView). The two never
// convert into each other; from_host and copy_to are the only crossings.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>

#include <whiteline/context.hpp>

namespace whiteline {

enum class NumberType : std::uint8_t { u8, i8, u16, i16, u32, i32, f32, f64 };

constexpr std::size_t size_of(NumberType type) {
  constexpr std::size_t sizes[] = {1, 1, 2, 2, 4, 4, 4, 8};
  return sizes[static_cast<int>(type)];
}

template <class T>
constexpr NumberType number_type_of() {
  if constexpr (std::is_same_v<T, std::uint8_t>) return NumberType::u8;
  if constexpr (std::is_same_v<T, std::int8_t>) return NumberType::i8;
  if constexpr (std::is_same_v<T, std::uint16_t>) return NumberType::u16;
  if constexpr (std::is_same_v<T, std::int16_t>) return NumberType::i16;
  if constexpr (std::is_same_v<T, std::uint32_t>) return NumberType::u32;
  if constexpr (std::is_same_v<T, std::int32_t>) return NumberType::i32;
  if constexpr (std::is_same_v<T, float>) return NumberType::f32;
  if constexpr (std::is_same_v<T, double>) return NumberType::f64;
}

// A rows x cols table of numbers in host memory, owned by the caller. Element (r, c) lies
// r * row_stride + c * col_stride elements after `data`; strides may be any number, so an
// energy-slowest spectrum image passes as it lies. Numbers become float32 on the way in.
struct HostView {
  const void* data = nullptr;
  NumberType type = NumberType::f32;
  std::int64_t rows = 0, cols = 0;
  std::int64_t row_stride = 0, col_stride = 1;  // in elements

  HostView() = default;
  template <class T>
  HostView(const T* data, std::int64_t rows, std::int64_t cols, std::int64_t row_stride,
           std::int64_t col_stride = 1)
      : data(data),
        type(number_type_of<T>()),
        rows(rows),
        cols(cols),
        row_stride(row_stride),
        col_stride(col_stride) {}
  template <class T>
  HostView(const T* data, std::int64_t rows, std::int64_t cols)
      : HostView(data, rows, cols, cols, 1) {}

  WHITELINE_EXPORT HostView some_rows(std::int64_t first, std::int64_t count) const;
};

// A rows x cols table in device memory: element (r, c) lies at data[r * stride + c].
template <class T>
struct BasicMatrixView {
  T* data = nullptr;
  std::int64_t rows = 0, cols = 0;
  std::int64_t stride = 0;  // elements from one row to the next, >= cols

  constexpr BasicMatrixView() = default;
  constexpr BasicMatrixView(T* data, std::int64_t rows, std::int64_t cols, std::int64_t stride)
      : data(data), rows(rows), cols(cols), stride(stride) {}
  template <class U>
  requires(std::is_same_v<T, const U>) constexpr BasicMatrixView(const BasicMatrixView<U>& other)
      : data(other.data), rows(other.rows), cols(other.cols), stride(other.stride) {}

  constexpr BasicMatrixView some_rows(std::int64_t first, std::int64_t count) const {
    return {data + first * stride, count, cols, stride};
  }
  constexpr BasicMatrixView some_cols(std::int64_t first, std::int64_t count) const {
    return {data + first, rows, count, stride};
  }
};
using MatrixView = BasicMatrixView<float>;
using ConstMatrixView = BasicMatrixView<const float>;

// Owns a float32 table on the device of its Context. Rows start at multiples of 16 elements.
// Move-only; the memory goes back to the queue it came from.
class WHITELINE_EXPORT Matrix {
 public:
  Matrix() = default;
  Matrix(const Context& ctx, std::int64_t rows, std::int64_t cols);  // values undefined
  static Matrix from_host(const Context& ctx, const HostView& host);
  ~Matrix();
  Matrix(Matrix&& other) noexcept;
  Matrix& operator=(Matrix&& other) noexcept;

  // Waits, then writes rows * cols numbers, rows one after another without gaps.
  void copy_to(std::span<float> host) const;

  MatrixView view() { return view_; }
  ConstMatrixView view() const { return view_; }
  std::int64_t rows() const { return view_.rows; }
  std::int64_t cols() const { return view_.cols; }

 private:
  std::shared_ptr<core::Queue> queue_;
  MatrixView view_;
};

}  // namespace whiteline
