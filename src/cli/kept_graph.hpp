// Neighbours that runs share.
#pragma once

#include <whiteline/neighbors.hpp>

#include <filesystem>

#include "cli/run_record.hpp"

namespace whiteline::cli {

// What --graph names: the neighbours in the file where it is there, else those of x, which are left
// in it.
KnnGraph kept_graph(const Context& ctx, const std::filesystem::path& file, const KnnParams& params,
                    const Matrix& x, RunRecord& record);

}  // namespace whiteline::cli
