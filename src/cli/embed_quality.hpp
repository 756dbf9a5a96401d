// How good an embedding is.
#pragma once

#include <whiteline/neighbors.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include "cli/json.hpp"

namespace whiteline::cli {

struct QualityParams {
  Metric metric = Metric::euclidean;  // of the spectra
  std::uint64_t seed = 1;             // of the rows that stand for all, and of folds
  Progress progress;
};

// Into `quality`: trustworthiness and continuity of 15 neighbours, with standard errors where 2000
// rows stand for all; of labelled rows (`labels` may be empty) the accuracy of labels by 15
// neighbours and, of at most 20,000 rows, the silhouette of labels in the embedding. Throws
// InvalidArgument where rows or classes are too few; what was found before stays.
void judge_embedding(const Context& ctx, const QualityParams& params, const Matrix& spectra,
                     const Matrix& positions, const std::vector<std::int32_t>& labels,
                     Json& quality);

// "trustworthiness 0.98, ..." of what there is.
std::string quality_text(const Json& quality);

}  // namespace whiteline::cli
