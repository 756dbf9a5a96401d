#include "cli/generators.hpp"

#include <fmt/format.h>
#include <whiteline/gan_file.hpp>

#include "cli/input.hpp"

namespace whiteline::cli {

std::filesystem::path generator_file(const std::filesystem::path& folder, std::int32_t label) {
  return folder / fmt::format("generator_{}.safetensors", label);
}

Generator read_generator_of(const std::filesystem::path& path, const Dataset& set,
                            std::int32_t label) {
  Generator generator = reading([&] { return read_generator(path); });
  const std::string& wanted = set.class_names.at(std::size_t(label));
  if (generator.class_name != wanted || generator.network.outputs() != set.channels)
    throw InvalidArgument(fmt::format(
        "cannot use {} (it makes {} of {} channels, not {} of {}) give the set it was made of",
        path.string(), generator.class_name, generator.network.outputs(), wanted, set.channels));
  if (generator.energy && set.energy && !generator.energy->matches(*set.energy))
    throw InvalidArgument(
        fmt::format("cannot use {} (its spectra are {}, the set's {}) resample the set",
                    path.string(), describe(*generator.energy), describe(*set.energy)));
  return generator;
}

}  // namespace whiteline::cli
