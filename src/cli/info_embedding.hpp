// What `whiteline info` says of embeddings and of graphs of neighbours.
#pragma once

#include <filesystem>

#include "cli/console.hpp"

namespace whiteline::cli {

// They print for people and return the same for machines. They throw ReadError.
Json describe_embedding_file(Console& console, const std::filesystem::path& path);
Json describe_graph_file(Console& console, const std::filesystem::path& path);

}  // namespace whiteline::cli
