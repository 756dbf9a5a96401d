// Generators as they come; and generators whose JSON is the input, around fixed tensors.
#include "fuzz/sealed.hpp"
#include "io/generator.hpp"

namespace {

using namespace whiteline;

fuzz::SealedKind generator(std::string_view) {
  return {"whiteline-generator",
          "generator",
          "1",
          {{"1.weights", io::Element::f32, {2, 3}}, {"1.bias", io::Element::f32, {1, 3}}}};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::parse_sealed(io::parse_generator, generator, data, size);
}
