// LIBSVM's texts: models where the input begins like one, else labelled sets.
#include "fuzz/parse.hpp"
#include "io/libsvm.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace whiteline;
  const auto bytes = fuzz::bytes_of(data, size);
  if (!io::is_libsvm_model(bytes)) return fuzz::parse(io::read_libsvm, bytes);
  try {
    const SvmModel model = io::parse_libsvm_model({"fuzz", bytes});
    const auto pairs = std::size_t(model.pairs());
    if (model.rho.size() != pairs || model.class_names.size() != model.classes.size() ||
        model.coefficients.size() != pairs * std::size_t(model.support_vector_count()))
      std::abort();
  } catch (const Error&) {
  }
  return 0;
}
