// Graphs of neighbours as they come; and graphs whose JSON is the input, around fixed tensors.
#include "fuzz/sealed.hpp"
#include "io/knn_graph.hpp"

namespace {

using namespace whiteline;

fuzz::SealedKind graph(std::string_view) {
  return {"whiteline-knn-graph",
          "graph",
          "1",
          {{"distances", io::Element::f32, {2, 1}}, {"indices", io::Element::i32, {2, 1}}}};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::parse_sealed(io::parse_knn_graph, graph, data, size);
}
