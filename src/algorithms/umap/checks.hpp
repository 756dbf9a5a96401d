// What is refused at the door.
#pragma once

#include <whiteline/umap.hpp>

namespace whiteline::umap {

// A graph that is damaged, or holds fewer neighbours or another metric than asked for.
void check(const UmapParams& params, const KnnGraph& neighbors);

// A target that is not one value a row.
void check(const UmapParams& params, const UmapTarget& target, std::int64_t rows);

}  // namespace whiteline::umap
