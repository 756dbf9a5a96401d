// Embeddings as they come; and embeddings whose JSON is the input, around fixed tensors.
#include "fuzz/sealed.hpp"
#include "io/umap_model.hpp"

namespace {

using namespace whiteline;

fuzz::SealedKind embedding(std::string_view) {
  return {"whiteline-umap",
          "umap",
          "1",
          {{"embedding", io::Element::f32, {3, 2}}, {"spectra", io::Element::f32, {3, 4}}}};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::parse_sealed(io::parse_umap_model, embedding, data, size);
}
