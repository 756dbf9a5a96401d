#include "io/generator.hpp"

#include "io/atomic_file.hpp"
#include "io/guarded.hpp"
#include "io/input_file.hpp"
#include "io/network_tensors.hpp"

namespace whiteline {

namespace io {

namespace {

constexpr SealedFormat generator_format{"whiteline-generator", "generator", "1", "1"};

Json to_json(const std::optional<EnergyAxis>& energy) {
  if (!energy) return {};
  return {{"offset", energy->offset}, {"dispersion", energy->dispersion}, {"size", energy->size}};
}

std::optional<EnergyAxis> axis_of(const Json& json) {
  if (json.is_null()) return std::nullopt;
  const EnergyAxis axis{json.at("offset").get<double>(), json.at("dispersion").get<double>(),
                        whole<std::int64_t>(json.at("size"))};
  require(std::isfinite(axis.offset) && std::isfinite(axis.dispersion) && axis.dispersion > 0.0,
          "cannot use the energy axis (its dispersion is not above 0) correct it");
  return axis;
}

Json description(const Generator& generator) {
  return {{"class_name", generator.class_name},
          {"energy", to_json(generator.energy)},
          {"scale", generator.scale},
          {"network", parse_json(generator.network.to_json())},
          {"provenance", parse_json(generator.provenance)}};
}

}  // namespace

Generator parse_generator(Cursor file) {
  const Sealed sealed = parse_sealed(file, generator_format);
  return described_by(file, generator_format, [&] {
    const Json json = parse_json(sealed.description);
    Generator generator;
    generator.class_name = json.at("class_name").get<std::string>();
    generator.energy = axis_of(json.at("energy"));
    generator.scale = json.at("scale").get<double>();
    generator.provenance = json.at("provenance").dump();
    generator.network = nn::Network::from_json(json.at("network").dump());
    generator.weights = weights_of(file, sealed.contents, generator.network);
    check(generator);
    return generator;
  });
}

}  // namespace io

Generator read_generator(const std::filesystem::path& path) {
  return io::guarded(path, [&] {
    io::InputFile file(path);
    return io::parse_generator(file.cursor());
  });
}

void write_generator(const std::filesystem::path& path, const Generator& generator,
                     Overwrite overwrite) {
  check(generator);
  const std::string text =
      io::description_text("generator", [&] { return io::description(generator); });
  io::AtomicFile file(path, overwrite);
  io::write_sealed(file, io::generator_format, io::generator_format.last_version, text,
                   io::tensors_of(generator.network, generator.weights));
  file.commit();
}

}  // namespace whiteline
