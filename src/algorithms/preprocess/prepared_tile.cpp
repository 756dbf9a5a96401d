#include "algorithms/preprocess/prepared_tile.hpp"

#include <algorithm>
#include <cmath>

#include "core/finite.hpp"

namespace whiteline::preprocess {

namespace {

// Row -> first channel that is NaN or infinite, else -1; empty when the numbers are integers.
template <class T>
void scan(const HostView& host, std::vector<std::int64_t>& first) {
  const T* data = static_cast<const T*>(host.data);
  first.assign(std::size_t(host.rows), -1);
  for (std::int64_t r = 0; r < host.rows; ++r)
    for (std::int64_t c = 0; c < host.cols && first[std::size_t(r)] < 0; ++c)
      if (!std::isfinite(static_cast<float>(data[r * host.row_stride + c * host.col_stride])))
        first[std::size_t(r)] = c;
}

std::vector<std::int64_t> invalid_channels(const HostView& host) {
  std::vector<std::int64_t> first;
  if (host.type == NumberType::f32) scan<float>(host, first);
  if (host.type == NumberType::f64) scan<double>(host, first);
  return first;
}

// The rows as float32, those with a channel in `invalid` as zeros.
std::vector<float> without_invalid(const Context& ctx, const HostView& host,
                                   const std::vector<std::int64_t>& invalid) {
  std::vector<float> copy(std::size_t(host.rows * host.cols));
  Matrix::from_host(ctx, host).copy_to(copy);
  for (std::size_t r = 0; r < invalid.size(); ++r)
    if (invalid[r] >= 0) std::fill_n(copy.begin() + std::int64_t(r) * host.cols, host.cols, 0.0f);
  return copy;
}

}  // namespace

void refuse_invalid(const HostView& rows, std::int64_t first) {
  const std::vector<std::int64_t> invalid = invalid_channels(rows);
  for (std::size_t r = 0; r < invalid.size(); ++r)
    if (invalid[r] >= 0) core::throw_non_finite(first + std::int64_t(r), invalid[r]);
}

PreparedTile prepare_tile(const Context& ctx, const Pipeline& pipeline, const HostView& tile,
                          std::int64_t first, const std::optional<EnergyAxis>& energy,
                          OnInvalid on_invalid) {
  if (on_invalid == OnInvalid::refuse)
    return {pipeline.apply(ctx, tile, energy, first).spectra, {}};
  PreparedTile prepared;
  prepared.invalid = invalid_channels(tile);
  const bool clean = std::all_of(prepared.invalid.begin(), prepared.invalid.end(),
                                 [](std::int64_t channel) { return channel < 0; });
  const std::vector<float> copy =
      clean ? std::vector<float>() : without_invalid(ctx, tile, prepared.invalid);
  const HostView repaired{copy.data(), tile.rows, tile.cols};
  prepared.spectra = pipeline.apply(ctx, clean ? tile : repaired, energy).spectra;
  return prepared;
}

}  // namespace whiteline::preprocess
