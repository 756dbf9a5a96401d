// Neighbours in a safetensors file (tensors.hpp): metadata `format` = "whiteline-knn-graph",
// `version` = "1", `graph` = JSON; tensors `distances` and `indices`, rows x k.
#pragma once

#include <whiteline/neighbors.hpp>

#include "io/cursor.hpp"

namespace whiteline::io {

class AtomicFile;

// Throws FormatError unless the file is a whole graph.
WHITELINE_EXPORT KnnGraph parse_knn_graph(Cursor file);

// Throws InvalidArgument for a graph of queries and one that does not hang together. The same graph
// gives the same bytes.
void write_knn_graph(AtomicFile& file, const KnnGraph& graph);

}  // namespace whiteline::io
