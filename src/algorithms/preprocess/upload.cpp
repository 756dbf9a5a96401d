#include "algorithms/preprocess/upload.hpp"

#include <fmt/format.h>

#include <cstddef>

#include "core/buffer.hpp"
#include "core/finite.hpp"

namespace whiteline::preprocess {

namespace {

HostView some_cols(const HostView& host, ChannelRange range) {
  HostView part = host;
  part.data = static_cast<const std::byte*>(host.data) +
              range.begin * host.col_stride * static_cast<std::int64_t>(size_of(host.type));
  part.cols = range.size();
  return part;
}

}  // namespace

Matrix upload(const Context& ctx, const HostView& spectra, ChannelRange range) {
  Matrix matrix = Matrix::from_host(ctx, some_cols(spectra, range));
  const std::vector<std::int32_t> channels = core::first_non_finite(ctx, matrix.view());
  for (std::size_t row = 0; row < channels.size(); ++row)
    if (channels[row] >= 0)
      throw InvalidArgument(
          fmt::format("cannot prepare spectrum {} (channel {} is NaN or infinite) repair or leave "
                      "out the spectrum",
                      row, range.begin + channels[row]));
  return matrix;
}

}  // namespace whiteline::preprocess
