// Some of many raw spectra, prepared for a classifier.
#pragma once

#include <whiteline/preprocess.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace whiteline::preprocess {

enum class OnInvalid { refuse, mark };

struct PreparedTile {
  Matrix spectra;
  std::vector<std::int64_t> invalid;  // a row: its first channel that is NaN or infinite, else -1;
                                      // such rows are zeros. Empty: none is
};

// Throws InvalidArgument for the first NaN or infinity, if there is one; the rows are first, ... of
// all.
void refuse_invalid(const HostView& rows, std::int64_t first);

// `tile` is rows first, ... of all. Throws as Pipeline::apply; for `refuse` also for the first NaN
// or infinity, of which it tells the row among all.
PreparedTile prepare_tile(const Context& ctx, const Pipeline& pipeline, const HostView& tile,
                          std::int64_t first, const std::optional<EnergyAxis>& energy,
                          OnInvalid on_invalid);

}  // namespace whiteline::preprocess
