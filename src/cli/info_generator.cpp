#include "cli/info_generator.hpp"

#include <fmt/format.h>
#include <whiteline/gan_file.hpp>

#include "cli/info_model.hpp"
#include "cli/input.hpp"

namespace whiteline::cli {

Json describe_generator_file(Console& console, const std::filesystem::path& path) {
  const Generator generator = reading([&] { return read_generator(path); });
  const auto bytes = std::filesystem::file_size(path);
  const nn::Network& network = generator.network;
  console.result(fmt::format("{}: generator of spectra, {}", path.string(), format_bytes(bytes)));
  print_line(console, "class", generator.class_name);
  print_line(console, "energy",
             generator.energy ? describe(*generator.energy)
                              : fmt::format("unknown, {} channels", network.outputs()));
  print_line(console, "network",
             fmt::format("{} layers, {} parameters, of {} random numbers", network.nodes().size(),
                         network.parameter_count(), network.channels()));
  print_line(console, "made", generator.provenance);
  return {{"path", path.string()},
          {"format", "whiteline generator"},
          {"bytes", bytes},
          {"class", generator.class_name},
          {"energy", to_json(generator.energy)},
          {"channels", network.outputs()},
          {"latent", network.channels()},
          {"parameters", network.parameter_count()},
          {"scale", generator.scale},
          {"provenance", parse_json(generator.provenance)}};
}

}  // namespace whiteline::cli
