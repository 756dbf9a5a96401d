#include <fmt/format.h>
#include <whiteline/matrix.hpp>

#include <algorithm>
#include <utility>
#include <vector>

#include "core/backend.hpp"
#include "core/upload.hpp"
#include "core/with_type.hpp"

namespace whiteline {

namespace {

constexpr std::int64_t row_alignment = 16;        // elements
constexpr std::int64_t staging_floats = 1 << 20;  // of one upload

std::int64_t aligned(std::int64_t cols) {
  return (cols + row_alignment - 1) / row_alignment * row_alignment;
}

std::size_t bytes_of(const MatrixView& view) {
  return static_cast<std::size_t>(view.rows) * static_cast<std::size_t>(view.stride) *
         sizeof(float);
}

template <class T>
void convert_rows(const HostView& host, std::int64_t first, std::int64_t count, float* to,
                  std::int64_t stride) {
  const T* data = static_cast<const T*>(host.data);
  // The shorter step goes innermost, so that an energy-slowest image is read in its own order.
  const std::int64_t block = std::abs(host.row_stride) < std::abs(host.col_stride) ? 64 : 1;
  for (std::int64_t r0 = 0; r0 < count; r0 += block) {
    const std::int64_t r1 = std::min(count, r0 + block);
    for (std::int64_t c = 0; c < (block > 1 ? host.cols : 1); ++c)
      for (std::int64_t r = r0; r < r1; ++r) {
        const T* row = data + (first + r) * host.row_stride;
        if (block > 1) {
          to[r * stride + c] = static_cast<float>(row[c * host.col_stride]);
        } else {
          for (std::int64_t k = 0; k < host.cols; ++k)
            to[r * stride + k] = static_cast<float>(row[k * host.col_stride]);
        }
      }
  }
}

void convert(const HostView& host, std::int64_t first, std::int64_t count, float* to,
             std::int64_t stride) {
  core::with_type(host.type,
                  [&](auto zero) { convert_rows<decltype(zero)>(host, first, count, to, stride); });
}

}  // namespace

HostView HostView::some_rows(std::int64_t first, std::int64_t count) const {
  HostView part = *this;
  part.data = static_cast<const std::byte*>(data) +
              first * row_stride * static_cast<std::int64_t>(size_of(type));
  part.rows = count;
  return part;
}

Matrix::Matrix(const Context& ctx, std::int64_t rows, std::int64_t cols)
    : queue_(ctx.queue().shared()) {
  if (rows < 0 || cols < 0)
    throw InvalidArgument(fmt::format("a matrix cannot be {} x {} (negative size)", rows, cols));
  const MatrixView shape{nullptr, rows, cols, aligned(cols)};
  view_ = shape;
  if (rows > 0 && cols > 0) view_.data = static_cast<float*>(queue_->allocate(bytes_of(shape)));
}

Matrix Matrix::from_host(const Context& ctx, const HostView& host) {
  Matrix matrix(ctx, host.rows, host.cols);
  std::vector<float> staging;
  core::upload(*matrix.queue_, host, matrix.view_, staging);
  return matrix;
}

Matrix::~Matrix() {
  if (view_.data) queue_->release(view_.data, bytes_of(view_));
}

Matrix::Matrix(Matrix&& other) noexcept
    : queue_(std::move(other.queue_)), view_(std::exchange(other.view_, {})) {}

Matrix& Matrix::operator=(Matrix&& other) noexcept {
  std::swap(queue_, other.queue_);
  std::swap(view_, other.view_);
  return *this;
}

void Matrix::copy_to(std::span<float> host) const {
  if (std::int64_t(host.size()) != view_.rows * view_.cols)
    throw InvalidArgument(fmt::format("cannot copy a {} x {} matrix into {} numbers", view_.rows,
                                      view_.cols, host.size()));
  if (!view_.data) return;
  if (view_.stride == view_.cols) {
    queue_->download(host.data(), view_.data, bytes_of(view_));
    return;
  }
  const std::int64_t rows_at_once =
      std::clamp<std::int64_t>(staging_floats / view_.stride, 1, view_.rows);
  std::vector<float> staging(static_cast<std::size_t>(rows_at_once * view_.stride));
  for (std::int64_t first = 0; first < view_.rows; first += rows_at_once) {
    const std::int64_t count = std::min(rows_at_once, view_.rows - first);
    queue_->download(staging.data(), view_.data + first * view_.stride,
                     static_cast<std::size_t>(count * view_.stride) * sizeof(float));
    for (std::int64_t r = 0; r < count; ++r)
      std::copy_n(staging.data() + r * view_.stride, view_.cols,
                  host.data() + (first + r) * view_.cols);
  }
}

namespace core {

void upload(Queue& queue, const HostView& host, MatrixView to, std::vector<float>& staging) {
  require(host.data || host.rows == 0 || host.cols == 0, "the host data are a null pointer");
  if (host.rows == 0 || host.cols == 0 || queue.load(host, to)) return;
  const std::int64_t rows_at_once =
      std::clamp<std::int64_t>(staging_floats / to.stride, 1, host.rows);
  if (std::int64_t(staging.size()) < rows_at_once * to.stride)
    staging.assign(static_cast<std::size_t>(rows_at_once * to.stride), 0.0f);
  for (std::int64_t first = 0; first < host.rows; first += rows_at_once) {
    const std::int64_t count = std::min(rows_at_once, host.rows - first);
    convert(host, first, count, staging.data(), to.stride);
    queue.upload(to.data + first * to.stride, staging.data(),
                 static_cast<std::size_t>(count * to.stride) * sizeof(float));
  }
}

ConstMatrixView in_place(const Queue& queue, const HostView& host) {
  const bool plain =
      host.type == NumberType::f32 && host.col_stride == 1 && host.row_stride >= host.cols;
  if (!plain || queue.device().name != "cpu") return {};
  return {static_cast<const float*>(host.data), host.rows, host.cols, host.row_stride};
}

}  // namespace core

}  // namespace whiteline
