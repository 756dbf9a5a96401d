// Models as they come; and models whose JSON is the input, around fixed tensors.
#include "fuzz/sealed.hpp"
#include "io/model.hpp"

namespace {

using namespace whiteline;

// A text that names knots is of the version that has them.
fuzz::SealedKind model_of(std::string_view text) {
  const bool isotonic = text.find("isotonic_knots") != std::string_view::npos;
  using io::Element;
  return {"whiteline-model",
          "model",
          isotonic ? "2" : "1",
          {{"coefficients", Element::f64, {1, 2}},
           isotonic ? fuzz::SealedKind::Zeros{"isotonic", Element::f64, {3, 2}}
                    : fuzz::SealedKind::Zeros{"platt", Element::f64, {1, 2}},
           {"rho", Element::f64, {1}},
           {"support_vectors", Element::f32, {2, 3}},
           {"mean", Element::f32, {3}}}};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::parse_sealed(io::parse_any_model, model_of, data, size);
}
