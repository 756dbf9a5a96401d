// Embeddings and their parameters, as they come from a caller or a file.
#pragma once

#include <whiteline/umap.hpp>

namespace whiteline::core {

// Throws InvalidArgument for parameters outside their ranges.
void check_umap(const UmapParams& params);

// Throws InvalidArgument unless 0 <= min_dist <= spread and 0 < spread.
void check_curve(double min_dist, double spread);

// Throws InvalidArgument unless parameters are in range, arrays have the sizes that rows, channels
// and n_components say, spectra are finite, and each row of the embedding is finite or NaN
// throughout.
void check_whole(const UmapModel& model);

}  // namespace whiteline::core
