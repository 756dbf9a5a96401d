#include "io/atomic_file.hpp"
#include "io/guarded.hpp"
#include "io/input_file.hpp"
#include "io/libsvm.hpp"
#include "io/model.hpp"
#include "io/model_parts.hpp"

namespace whiteline {

namespace io {

namespace {

std::string tensor_name(const nn::Parameter& parameter) {
  return fmt::format("{}.{}", parameter.node, nn::name(parameter.role));
}

}  // namespace

nn::Model parse_network(const Cursor& file, const Sealed& sealed) {
  const Json json = parse_json(sealed.description);
  nn::Model model;
  read_shared(json, model);
  model.network = nn::Network::from_json(json.at("network").dump());
  for (const nn::Parameter& parameter : model.network.parameters())
    model.weights.values.push_back(
        numbers_of<float>(file, sealed.contents, tensor_name(parameter)));
  nn::check(model);
  return model;
}

void write_model(AtomicFile& file, const nn::Model& model) {
  const std::string text = description_text("model", [&] {
    Json json = shared_description("network", model);
    json["network"] = parse_json(model.network.to_json());
    return json;
  });
  std::vector<Tensor> tensors;
  for (std::size_t p = 0; p < model.weights.values.size(); ++p) {
    const nn::Parameter& parameter = model.network.parameters()[p];
    tensors.push_back(tensor_of(tensor_name(parameter), model.weights.values[p],
                                {std::uint64_t(parameter.rows), std::uint64_t(parameter.columns)}));
  }
  write_sealed(file, model_format, network_version, text, tensors);
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
