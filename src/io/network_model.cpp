#include "io/atomic_file.hpp"
#include "io/guarded.hpp"
#include "io/input_file.hpp"
#include "io/libsvm.hpp"
#include "io/model.hpp"
#include "io/model_parts.hpp"
#include "io/network_tensors.hpp"

namespace whiteline {

namespace io {

nn::Model parse_network(const Cursor& file, const Sealed& sealed) {
  const Json json = parse_json(sealed.description);
  nn::Model model;
  read_shared(json, model);
  model.network = nn::Network::from_json(json.at("network").dump());
  model.weights = weights_of(file, sealed.contents, model.network);
  nn::check(model);
  return model;
}

void write_model(AtomicFile& file, const nn::Model& model) {
  const std::string text = description_text("model", [&] {
    Json json = shared_description("network", model);
    json["network"] = parse_json(model.network.to_json());
    return json;
  });
  write_sealed(file, model_format, network_version, text, tensors_of(model.network, model.weights));
}

}  // namespace io

AnyModel read_any_model(const std::filesystem::path& path) {
  return io::guarded(path, [&]() -> AnyModel {
    io::InputFile file(path);
    if (io::is_libsvm_model(file.head())) return io::parse_libsvm_model(file.cursor());
    return io::parse_any_model(file.cursor());
  });
}

void write_model(const std::filesystem::path& path, const nn::Model& model, Overwrite overwrite) {
  nn::check(model);
  io::AtomicFile file(path, overwrite);
  io::write_model(file, model);
  file.commit();
}

}  // namespace whiteline
